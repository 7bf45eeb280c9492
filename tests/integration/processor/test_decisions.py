"""What a person decides is obeyed at once, and by a rebuild; and the account of rows and money says it."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from saleslake.lake import Lake
from saleslake.profiles import Source
from saleslake_processor import decisions, ledger, log_view, quarantine, whatif
from saleslake_processor.decide import CannotDecideError, held_back, on_batches, on_rows
from saleslake_processor.process import bring_forward, pending, take_in
from saleslake_processor.verify import verify
from tests.integration.processor.shop import (
    ENTITIES,
    SETTINGS,
    START,
    gold,
    later,
    line,
    net,
    passed,
    source,
    write,
)

STRICT: dict[str, Any] = {"refused_limit": 0.2}
DATED = {**ENTITIES["order_line"], "fields": {**ENTITIES["order_line"]["fields"], "ship_date": "shipped"}}
WITH_SHIPPING = {**ENTITIES, "order_line": DATED}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def decide(lake: Lake, action: Any, about: pl.DataFrame | list[str], shop: Source) -> None:
    """Decide as a person would, and let a pass obey."""
    said = (START, "Ada", "for the test")
    if isinstance(about, pl.DataFrame):
        decisions.record(lake, on_rows(lake, shop, action, about, *said))
    else:
        decisions.record(lake, on_batches(lake, shop, action, about, *said))
    passed(lake, shop)
    assert pending(lake) == []
    proven(lake, shop)


def proven(lake: Lake, *shops: Source) -> None:
    assert [str(each) for each in verify(lake, shops, SETTINGS).found] == []


def counts(lake: Lake, *names: str) -> tuple[Any, ...]:
    return gold(lake, "batch_ledger").select(pl.col(names).sum()).row(0)


def refused(lake: Lake) -> pl.DataFrame:
    return quarantine.scan(lake).collect()


@pytest.mark.slow
def test_a_released_row_is_taken_in_without_what_it_was_refused_for(lake: Lake):
    shop = source(entities=WITH_SHIPPING)
    write(lake, {"lines": [line("a-1", shipped="soon"), line("b-1", shipped="2026-02-01")]})
    passed(lake, shop)
    assert net(lake) == {"b-1": Decimal(20)}
    assert counts(lake, "seen", "new", "quarantined") == (2, 1, 1)
    assert counts(lake, "said_amount", "kept_amount", "refused_amount") == (40, 20, 20)
    decide(lake, "release", refused(lake), shop)
    assert net(lake) == {"a-1": Decimal(20), "b-1": Decimal(20)}
    assert gold(lake, "fact_sales").sort("order_id")["ship_date"].to_list()[0] is None
    assert counts(lake, "seen", "new", "quarantined") == (2, 2, 0)
    assert counts(lake, "said_amount", "kept_amount", "refused_amount") == (40, 40, 0)
    assert refused(lake).is_empty()


def test_a_row_that_cannot_do_without_is_not_released(lake: Lake):
    write(lake, {"lines": [line("a-1", quantity="some")]})
    passed(lake)
    with pytest.raises(CannotDecideError, match="order line cannot be without quantity"):
        on_rows(lake, source(), "release", refused(lake), START, "Ada", "")


@pytest.mark.slow
def test_a_dropped_row_stays_counted(lake: Lake):
    write(lake, {"lines": [line("a-1", quantity="some"), line("b-1")]})
    passed(lake)
    decide(lake, "drop", refused(lake), source())
    assert counts(lake, "seen", "new", "quarantined", "dropped") == (2, 1, 0, 1)
    assert refused(lake)["dropped"].to_list() == [True]
    [found] = gold(lake, "data_quality").filter(pl.col("check") == "quantity|unreadable").to_dicts()
    assert (found["rows"], found["dropped"]) == (1, 1)


@pytest.mark.slow
def test_what_a_later_batch_told_well_is_mended(lake: Lake):
    write(lake, {"lines": [line("a-1", quantity="some"), line("b-1", quantity="some")]})
    write(lake, {"lines": [line("a-1")]}, at=later(1))
    passed(lake)
    told = quarantine.told(refused(lake), log_view.scan_all(lake)).sort("id")
    assert told["status"].to_list() == ["mended", "open"]


@pytest.mark.slow
def test_a_batch_with_too_many_refused_rows_is_held_back_whole(lake: Lake):
    shop = source(**STRICT)
    good = write(lake, {"lines": [line("a-1")]})
    bad = write(lake, {"lines": [line("a-1", price="9"), line("b-1", quantity="some")]}, at=later(1))
    passed(lake, shop)
    assert net(lake) == {"a-1": Decimal(20)}
    assert counts(lake, "seen", "new", "quarantined", "held") == (3, 1, 0, 2)
    [held] = held_back(lake).to_dicts()
    assert held["batch"] == bad.batch
    assert held["held_for"] == "1 of 2 rows are refused, above the limit of 20.00%"
    assert not passed(lake, shop).published
    proven(lake, shop)
    with pytest.raises(CannotDecideError, match="is held"):
        on_rows(lake, shop, "drop", refused(lake), START, "Ada", "")
    decide(lake, "release batch", [bad.batch], shop)
    assert net(lake) == {"a-1": Decimal(18)}
    assert counts(lake, "seen", "new", "updated", "quarantined", "held") == (3, 1, 1, 1, 0)
    assert held_back(lake).is_empty()
    assert good.batch < bad.batch


@pytest.mark.slow
def test_a_batch_that_was_given_up_counts_as_dropped(lake: Lake):
    shop = source(**STRICT)
    write(lake, {"lines": [line("a-1")]})
    bad = write(lake, {"lines": [line("a-1", price="9"), line("b-1", quantity="some")]}, at=later(1))
    passed(lake, shop)
    decide(lake, "drop batch", [bad.batch], shop)
    assert net(lake) == {"a-1": Decimal(20)}
    assert counts(lake, "seen", "new", "dropped", "held") == (3, 1, 2, 0)
    assert held_back(lake).is_empty()
    assert quarantine.told(refused(lake), log_view.scan_all(lake))["status"].to_list() == ["dropped"]


@pytest.mark.slow
def test_a_changed_profile_makes_its_batches_stale_until_they_are_staged_again(lake: Lake):
    write(lake, {"lines": [line("a-1"), line("b-1", kind="gift")]})
    write(lake, {"lines": [line("c-1", kind="gift"), line("d-1", quantity="some")]}, at=later(1))
    passed(lake)
    without = {**ENTITIES["order_line"], "where": {"kind": {"not": ["note", "gift"]}}}
    shop = source(entities={**ENTITIES, "order_line": without})
    stale = ledger.stale(lake, {"shop": ledger.stamp(shop.mapping_hash)})
    assert stale.height == 2
    passed(lake, shop)
    assert sorted(net(lake)) == ["a-1", "b-1", "c-1"]
    with pytest.raises(CannotDecideError, match="saleslake restage shop"):
        on_rows(lake, shop, "drop", refused(lake), START, "Ada", "")
    decide(lake, "restage", stale["batch"].to_list(), shop)
    assert sorted(net(lake)) == ["a-1"]
    assert counts(lake, "seen", "new", "ignored", "quarantined") == (4, 1, 2, 1)
    assert ledger.stale(lake, {"shop": ledger.stamp(shop.mapping_hash)}).is_empty()


@pytest.mark.slow
def test_other_keys_leave_nothing_of_the_old_ones(lake: Lake):
    write(lake, {"lines": [line("a-1"), line("b-1")], "products": [{"id": "p", "name": "Tea", "price": "1"}]})
    passed(lake)
    prefixed = {"columns": "id", "prefix": "x"}
    entities = {**ENTITIES, "order_line": {**ENTITIES["order_line"], "key": prefixed}}
    entities["product"] = {**ENTITIES["product"], "key": prefixed}
    shop = source(entities=entities)
    stale = ledger.stale(lake, {"shop": ledger.stamp(shop.mapping_hash)})
    decide(lake, "restage", stale["batch"].to_list(), shop)
    assert set(net(lake)) == {"x|a-1", "x|b-1"}
    # Lines still say `p`, which is a member that nobody told of.
    assert sorted(gold(lake, "dim_product")["product_id"]) == ["", "p", "x|p"]


@pytest.mark.slow
def test_a_released_row_is_not_deleted_by_the_snapshots_that_came_since(lake: Lake):
    shop = source(snapshot="table", entities=WITH_SHIPPING)
    write(lake, {"lines": [line("a-1", shipped="soon"), line("b-1", shipped=None)]})
    write(lake, {"lines": [line("b-1", shipped=None)]}, at=later(1))
    passed(lake, shop)
    decide(lake, "release", refused(lake), shop)
    assert set(net(lake)) == {"b-1"}, "the later snapshot no longer has it"


@pytest.mark.slow
def test_what_a_step_would_change_is_told_and_nothing_is_written(lake: Lake):
    shop = source(entities=WITH_SHIPPING)
    write(lake, {"lines": [line("a-1", shipped="soon"), line("b-1", shipped=None)]})
    passed(lake, shop)
    files = {path: path.stat().st_mtime_ns for path in lake.root.rglob("*") if path.is_file()}
    decision = on_rows(lake, shop, "release", refused(lake), START, "Ada", "")

    def step(at: Lake) -> None:
        decisions.record(at, decision)
        take_in(at, [shop])

    told = whatif.changed_by(lake, SETTINGS, step, dry_run=True)
    [of_facts] = told.filter(pl.col("table") == "fact_sales").to_dicts()
    assert {name: of_facts[name] for name in ("month", "changed", "rows_before", "rows_after")} == {
        "month": "2026-01", "changed": 1, "rows_before": 1, "rows_after": 2
    }  # fmt: skip
    assert (of_facts["amount"], of_facts["before"], of_facts["after"]) == ("net_amount", 20, 40)
    assert files == {path: path.stat().st_mtime_ns for path in lake.root.rglob("*") if path.is_file()}
    done = whatif.changed_by(lake, SETTINGS, step)
    assert done.equals(told)
    assert net(lake) == {"a-1": Decimal(20), "b-1": Decimal(20)}


def test_columns_that_appear_and_vanish_are_told(lake: Lake):
    write(lake, {"lines": [line("a-1")]})
    row = line("b-1") | {"colour": "red"}
    del row["status"]
    write(lake, {"lines": [row]}, at=later(1))
    write(lake, {"lines": [row]}, at=later(2))
    passed(lake)
    found = gold(lake, "data_quality").filter(pl.col("check").str.starts_with("column_"))
    assert found.select("check", "field").rows() == [
        ("column_appeared", "colour"),
        ("column_vanished", "status"),
    ]
    assert found["batch"].n_unique() == 1
    passed(lake, source(drift="ignore"))


@pytest.mark.slow
def test_drift_holds_a_batch_back_where_the_profile_says_so(lake: Lake):
    shop = source(drift="hold")
    write(lake, {"lines": [line("a-1")]})
    bad = write(lake, {"lines": [line("b-1") | {"colour": "red"}]}, at=later(1))
    passed(lake, shop)
    assert held_back(lake)["held_for"].to_list() == ["lines: column colour has appeared"]
    decide(lake, "release batch", [bad.batch], shop)
    assert set(net(lake)) == {"a-1", "b-1"}


@pytest.mark.slow
@pytest.mark.parametrize(("action", "taken", "held"), [("release batch", "abc", 0), ("drop batch", "a", 1)])
def test_drift_holds_every_batch_back_until_one_like_it_is_taken_in(
    lake: Lake, action: str, taken: str, held: int
):
    shop = source(drift="hold")
    write(lake, {"lines": [line("a-1")]})
    bad = write(lake, {"lines": [line("b-1") | {"colour": "red"}]}, at=later(1))
    write(lake, {"lines": [line("c-1") | {"colour": "red"}]}, at=later(2))
    passed(lake, shop)
    assert set(net(lake)) == {"a-1"}
    assert held_back(lake).height == 2
    decide(lake, action, [bad.batch], shop)
    assert set(net(lake)) == {f"{name}-1" for name in taken}
    assert held_back(lake).height == held


@pytest.mark.slow
def test_a_batch_without_a_row_is_held_back_as_well(lake: Lake):
    shop = source(drift="hold", snapshot="table")
    write(lake, {"lines": [line("a-1")]})
    empty = write(lake, {"lines": []}, at=later(1))
    passed(lake, shop)
    assert set(net(lake)) == {"a-1"}
    assert held_back(lake)["batch"].to_list() == [empty.batch]
    held = gold(lake, "data_quality").filter(check="held_back")
    assert held.select("batch", "rows").rows() == [(empty.batch, 0)]
    decide(lake, "release batch", [empty.batch], shop)
    assert net(lake) == {}
    assert gold(lake, "data_quality").filter(check="held_back").is_empty()


@pytest.mark.slow
@pytest.mark.parametrize("policy", [STRICT, {"drift": "hold"}])
def test_what_has_batches_held_back_makes_those_of_before_stale(lake: Lake, policy: dict[str, Any]):
    batches = [
        write(lake, {"lines": [line("a-1"), line("b-1", quantity="some")]}),
        write(lake, {"lines": [line("c-1") | {"colour": "red"}]}, at=later(1)),
    ]
    passed(lake)
    shop = source(**policy)
    # Else the batch would be held back by a decision that gives one row of it up.
    with pytest.raises(CannotDecideError, match="saleslake restage shop"):
        on_rows(lake, shop, "drop", refused(lake), START, "Ada", "")
    decide(lake, "restage", [commit.batch for commit in batches], shop)
    assert held_back(lake).height == 1


@pytest.mark.slow
def test_what_waits_is_taken_out_of_what_it_was_counted_as_when_it_was_staged_last(lake: Lake):
    lines = {**ENTITIES["order_line"], "version_from": "changed"}
    one, two = (source(name, entities={"order_line": lines}) for name in ("one", "two"))
    first = write(lake, {"lines": [line("a-1", day=None, changed="2026-01-02", quantity="3")]}, name="one")
    write(lake, {"lines": [line("a-1", day=None, changed="2026-01-01")]}, name="two")
    passed(lake, two)
    passed(lake, one, two)
    decisions.record(lake, on_batches(lake, one, "restage", [first.batch], START, "Ada", ""))
    passed(lake, one, two)
    ledger_of = gold(lake, "batch_ledger").sort("source")
    assert ledger_of.select("source", "new", "updated", "waiting").rows() == [
        ("one", 0, 0, 1),
        ("two", 1, 0, 0),
    ]


@pytest.mark.slow
def test_a_restaging_that_was_cut_short_is_completed_and_counts_only_then(lake: Lake, monkeypatch: Any):
    write(lake, {"lines": [line("a-1"), line("b-1", kind="gift")]})
    passed(lake)
    without = {**ENTITIES["order_line"], "where": {"kind": {"not": ["note", "gift"]}}}
    shop = source(entities={**ENTITIES, "order_line": without})
    [batch] = [batch for batch, _ in ledger.taken_in(lake)]
    decisions.record(lake, on_batches(lake, shop, "restage", [batch], START, "Ada", ""))
    with monkeypatch.context() as patch:
        patch.setattr("saleslake_processor.ingest._ledger", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            take_in(lake, [shop])
    bring_forward(lake, SETTINGS)
    assert sorted(net(lake)) == ["a-1", "b-1"]
    passed(lake, shop)
    assert sorted(net(lake)) == ["a-1"]
    proven(lake, shop)
