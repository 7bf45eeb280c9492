"""What a new version does to what is known."""

import polars as pl
import pytest

from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.keys import KeyCollisionError
from saleslake_processor.log_view import SCHEMAS
from saleslake_processor.versions import current, judged, winners
from tests.property.memory_lake import rows
from tests.unit.processor.derived import Row, event, line

PRODUCT = ENTITIES["product"]


def product(name: str, version: int = 0, **fields) -> Row:
    return event("product", "p", name=name, **fields) | {"version": version}


def gone(version: int) -> Row:
    return product("A", version, deleted=True)


def outcomes(known: list[Row], *incoming: Row, entity: str = "product") -> list[str]:
    """Outcomes of the incoming versions, which come as one batch after the known ones, in their order."""
    log = rows(known, "a")[entity]
    batch = rows(list(incoming), "b")[entity]
    return judged(batch, log, ENTITIES[entity]).sort("row")["outcome"].to_list()


@pytest.mark.parametrize(
    ("known", "incoming", "outcome"),
    [
        ([], product("A"), "new"),
        ([product("A")], product("B", 1), "updated"),
        ([product("A")], product("A", 1), "unchanged"),
        ([product("A")], product("B"), "updated"),
        ([product("A", 1)], product("B"), "superseded"),
        ([product("A", 1)], product("A"), "duplicate"),
        ([product("A")], gone(1), "deleted"),
        ([product("A", 1)], gone(0), "superseded"),
        ([product("A"), gone(1)], gone(2), "unchanged"),
        ([product("A"), gone(2)], gone(1), "duplicate"),
        ([product("A"), gone(1)], product("A", 2), "new"),
        ([product("A"), gone(1)], product("B", 2), "new"),
        ([product("A"), gone(2)], product("A", 1), "superseded"),
        ([product("A"), product("B", 2)], product("A", 1), "superseded"),
        ([product("A"), product("B", 2)], product("A", 3), "updated"),
        ([], gone(0), "deleted"),
    ],
)
def test_outcome(known, incoming, outcome):
    assert outcomes(known, incoming) == [outcome]


def test_of_several_versions_in_one_batch_the_last_one_counts():
    assert outcomes([], product("A"), product("B")) == ["superseded", "new"]
    assert outcomes([], product("B", 1), product("A")) == ["new", "superseded"]
    assert outcomes([], product("A"), product("A")) == ["repeated", "new"]
    assert outcomes([product("A")], product("B", 1), product("A", 2)) == ["superseded", "unchanged"]


def test_what_a_batch_says_of_two_instants_are_two_versions():
    assert outcomes([], product("A"), product("A", 1)) == ["duplicate", "new"]


def test_keys_are_judged_apart():
    assert outcomes([product("A")], product("B", 1), event("product", "q", name="A")) == ["updated", "new"]


def test_a_value_that_appears_or_vanishes_is_a_change():
    assert outcomes([product("A")], product("A", 1, list_price="5")) == ["updated"]
    assert outcomes([product("A", list_price="5")], product("A", 1)) == ["updated"]


@pytest.mark.parametrize("term", [{"tax_rate": "0.2"}, {"prices_include_tax": True}, {"money_places": 0}])
def test_the_terms_of_a_source_are_part_of_what_a_priced_row_says(term):
    assert outcomes([line("a")], line("a") | term, entity="order_line") == ["updated"]


def test_one_raw_row_that_gives_a_key_twice_counts_once():
    said = [product("B"), product("A"), product("B")]
    again = rows(said, "b")["product"].with_columns(row=pl.lit(1, pl.Int64))
    got = judged(again, again.clear(), PRODUCT)
    assert sorted(got.select("name", "outcome").iter_rows()) == [
        ("A", "overruled"),
        ("B", "new"),
        ("B", "repeated"),
    ]


def test_two_ids_under_one_key_are_no_versions_of_one_row():
    here = rows([product("A")], "a")["product"]
    there = rows([event("product", "q", name="B")], "b")["product"].with_columns(here["product_key"])
    with pytest.raises(KeyCollisionError, match=r"product_key: .*'p'.*'q'"):
        judged(there, here, PRODUCT)


def test_every_incoming_row_has_one_outcome_and_keeps_its_columns():
    batch = rows([product("A"), product("A"), product("B", 1), gone(2)], "b")["product"]
    got = judged(batch, batch.clear(), PRODUCT)
    assert got.columns == list(SCHEMAS["product"])
    assert got.height == batch.height
    assert got["outcome"].null_count() == 0


@pytest.mark.parametrize(
    ("later", "than"),
    [
        (
            {"version_at": 2, "batch": "a", "row": 1, "source": "s"},
            {"version_at": 1, "batch": "b", "row": 2, "source": "t"},
        ),
        (
            {"version_at": 1, "batch": "b", "row": 1, "source": "s"},
            {"version_at": 1, "batch": "a", "row": 2, "source": "t"},
        ),
        (
            {"version_at": 1, "batch": "a", "row": 2, "source": "s"},
            {"version_at": 1, "batch": "a", "row": 1, "source": "t"},
        ),
        (
            {"version_at": 1, "batch": "a", "row": 1, "source": "t"},
            {"version_at": 1, "batch": "a", "row": 1, "source": "s"},
        ),
    ],
    ids=["instant", "batch", "row", "source"],
)
def test_the_later_version_wins_in_either_order(later, than):
    frame = pl.LazyFrame(
        [later | {"product_key": 1, "name": "later"}, than | {"product_key": 1, "name": "than"}]
    )
    for versions in (frame, frame.reverse()):
        assert winners(versions, PRODUCT).collect()["name"].to_list() == ["later"]


def test_what_was_deleted_last_is_not_there():
    versions = rows([product("A"), gone(1), event("product", "q")], "a")["product"].lazy()
    assert current(versions, PRODUCT).collect()["product_id"].to_list() == ["q"]
