"""Keys are what they were: every lake, and every relationship in Power BI, stands on them."""

import polars as pl
import pytest

from saleslake_processor import keys
from saleslake_processor.keys import KeyCollisionError, check_collisions


def key_of(company: str, entity: str, identifier: str | None) -> int | None:
    frame = pl.DataFrame({"id": [identifier]}, schema={"id": pl.String})
    value: int | None = frame.select(keys.key(company, entity, pl.col("id"))).item()
    return value


@pytest.mark.parametrize(
    ("company", "entity", "identifier", "value"),
    [
        ("acme", "product", "p1", -4179272527453297589),
        ("acme", "order_line", "o1|1", -3428717232011503367),
        ("acme", "customer", "Łódź 東京", 7475463222167967550),
        ("contoso", "order", "SO-43659", 2783745034443571898),
        ("acme", "region", "FR|Île-de-France", 4724107421829897043),
    ],
)
def test_a_key_never_changes(company, entity, identifier, value):
    assert key_of(company, entity, identifier) == value


def test_the_hash_is_the_published_one():
    frame = pl.DataFrame({"text": [""]})
    hashed = pl.col("text").nchash.xxh3_64()  # type: ignore[attr-defined]  # as in keys.py
    assert frame.select(hashed).item() == 0x2D06800538D394C2


def test_no_id_has_no_key():
    assert key_of("acme", "product", None) is None


@pytest.mark.parametrize(
    "other", [("acm", "product", "ep"), ("acme", "store", "p"), ("bolt", "product", "p")]
)
def test_company_entity_and_id_all_count(other):
    assert key_of(*other) != key_of("acme", "product", "p")


def test_the_company_may_stand_in_a_column():
    frame = pl.DataFrame({"company": ["acme"], "id": ["p"]})
    assert frame.select(keys.key(pl.col("company"), "product", pl.col("id"))).item() == key_of(
        "acme", "product", "p"
    )


def ids(*parts: str | None, prefix: str = "") -> str | None:
    frame = pl.DataFrame(
        {f"c{n}": [part] for n, part in enumerate(parts)},
        schema_overrides={f"c{n}": pl.String for n in range(len(parts))},
    )
    value: str | None = frame.select(keys.natural_id([pl.col(name) for name in frame.columns], prefix)).item()
    return value


def test_one_part_is_the_id_itself():
    assert ids("a|b\\c") == "a|b\\c"


def test_several_parts_are_joined():
    assert ids("a", "b") == "a|b"
    assert ids("a", "b", prefix="x") == "x|a|b"


def test_different_parts_never_give_the_same_id():
    parts = [("a|b", "c"), ("a", "b|c"), ("a\\", "b"), ("a", "\\b"), ("a\\|b", "c"), ("", "a"), ("a", "")]
    assert len({ids(*each) for each in parts}) == len(parts)


def test_an_id_without_any_part_is_none():
    assert ids(None, None) is None
    assert ids(None, None, prefix="x") is None
    assert ids("a", None) == "a|"


def members(*rows: tuple[int, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"key": pl.Int64, "id": pl.String}, orient="row")


def test_one_id_may_come_often():
    check_collisions(members((1, "a"), (1, "a"), (2, "b")), "key", ["id"])


def test_two_ids_under_one_key_are_told():
    with pytest.raises(KeyCollisionError, match=r"key: \[\(1, 'a'\), \(1, 'b'\)\]"):
        check_collisions(members((1, "a"), (1, "b"), (2, "c")), "key", ["id"])


def test_the_key_of_the_unknown_member_is_taken():
    with pytest.raises(KeyCollisionError):
        check_collisions(members((0, "a")), "key", ["id"])
