"""Natural ids are composed so that no two things share one, and keys follow from ids alone."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleslake_processor import keys
from saleslake_processor.keys import KeyCollisionError

part = st.none() | st.text(alphabet=r"a|\#1 ", min_size=1, max_size=4)


def composed(parts, prefix=""):
    frame = pl.DataFrame({str(place): [value] for place, value in enumerate(parts)}).cast(pl.String)
    return frame.select(keys.natural_id([pl.col(name) for name in frame.columns], prefix).alias("id")).item()


@given(st.integers(1, 3).flatmap(lambda size: st.tuples(*[st.tuples(*[part] * size)] * 2)))
def test_different_parts_give_different_ids(pair):
    one, other = pair
    assert (composed(one) == composed(other)) == (one == other)


@given(st.lists(part, min_size=1, max_size=3))
def test_an_id_is_missing_where_all_its_parts_are(parts):
    assert (composed(parts, "sub") is None) == all(each is None for each in parts)


def test_an_id_of_one_column_is_what_stands_in_it():
    assert composed(["a|b"]) == "a|b"


def key(company, entity, identifier):
    return pl.select(keys.key(company, entity, pl.lit(identifier, pl.String))).item()


def test_keys_do_not_change_from_release_to_release():
    assert key("acme", "product", "P-1") == -8599024257166645503


def test_a_key_tells_company_entity_and_id_apart():
    names = ["a", "ab", "b"]
    found = {key(company, entity, each) for company in names for entity in names for each in names}
    assert len(found) == len(names) ** 3
    assert keys.UNKNOWN not in found


def test_nothing_has_no_key():
    assert key("acme", "product", None) is None


def test_keys_by_column_are_those_by_name():
    frame = pl.DataFrame({"company": ["acme"], "id": ["P-1"]})
    by_column = frame.select(keys.key(pl.col("company"), "product", pl.col("id"))).item()
    assert by_column == key("acme", "product", "P-1")


def test_two_ids_of_one_key_are_found():
    members = pl.DataFrame({"k": [7, 7, 8], "company": ["a", "a", "a"], "id": ["x", "x", "y"]})
    keys.check_collisions(members, "k", ["company", "id"])
    with pytest.raises(KeyCollisionError, match="k: "):
        keys.check_collisions(members.with_columns(id=pl.Series(["x", "z", "y"])), "k", ["company", "id"])


def test_the_key_of_the_unknown_member_belongs_to_it_alone():
    with pytest.raises(KeyCollisionError):
        keys.check_collisions(pl.DataFrame({"k": [keys.UNKNOWN], "id": ["x"]}), "k", ["id"])
