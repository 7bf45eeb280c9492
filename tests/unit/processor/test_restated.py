"""Which figures of which months are other ones than before, and by which batches."""

from datetime import date

import polars as pl

from saleslake_processor.derive.causes import causes
from saleslake_processor.derive.difference import Difference, gained
from saleslake_processor.derive.restated import restated
from tests.property.memory_lake import Event, MemoryLake, source_of
from tests.unit.processor.derived import come_back, event, line, rate, taken

JANUARY, FEBRUARY, MARCH = (date(2026, month, 5) for month in (1, 2, 3))

Told = dict[tuple[int, str], tuple[int, int, str]]


def lazy(frames: dict[str, pl.DataFrame]) -> dict[str, pl.LazyFrame]:
    return {name: frame.lazy() for name, frame in frames.items()}


def told(lake: MemoryLake, batches: dict[str, list[Event]], again: tuple[str, ...] = ()) -> Told:
    """Old and new value and batches by month and figure, where one run takes in the batches."""
    before = lazy(dict(lake.state))
    added: dict[str, list[pl.DataFrame]] = {}
    for batch, events in batches.items():
        for name, rows in lake.append(events, batch).items():
            added.setdefault(name, []).append(rows)
    came = {name: pl.concat(rows) for name, rows in added.items()}
    lake.bring_forward(came)
    difference = gained(lazy(came))
    if again:
        named = pl.DataFrame({"source": [source_of(batch) for batch in again], "batch": [*again]})
        difference = Difference(difference.added, difference.lost, named)
    after = lazy(lake.state)
    found = causes(restated(before, after), before, after, difference)
    return {
        (row["month"].month, row["kpi"]): (int(row["old"]), int(row["new"]), row["batches"])
        for row in found.to_dicts()
    }


def shop(*events: Event) -> MemoryLake:
    """A line of January, of February, and of March, which is open."""
    return taken(
        line("a", order_id="o1", order_date=JANUARY),
        line("b", order_id="o2", order_date=FEBRUARY),
        line("c", order_id="o3", order_date=MARCH),
        event("product", "p", unit_cost="4", category_id="k"),
        *events,
    )


def again(identifier: str, version: int = 1, **fields: object) -> Event:
    return line(identifier, **fields) | {"version": version}


def test_a_first_load_restates_nothing():
    assert told(MemoryLake(), {"a": [line("a", order_date=JANUARY), line("b", order_date=MARCH)]}) == {}


def test_what_changes_in_the_open_month_restates_nothing():
    events = [again("c", order_id="o3", order_date=MARCH, unit_price="11"), line("d", order_date=MARCH)]
    assert told(shop(), {"b": events}) == {}


def test_a_month_is_closed_once_its_last_day_was_sold_on():
    lake = taken(line("a", order_date=date(2026, 1, 30)))
    assert told(lake, {"b": [line("b", order_date=date(2026, 1, 31))]}) == {}
    assert told(lake, {"c": [line("c", order_date=date(2026, 1, 31))]})[1, "lines"] == (2, 3, "test/c")


def test_a_corrected_price_is_told_of_what_it_changes_and_of_nothing_else():
    found = told(shop(), {"b": [again("a", order_id="o1", order_date=JANUARY, unit_price="11")]})
    figures = ("gross_amount", "sales_amount", "net_amount", "total_amount")
    assert found == {
        **{(1, name): (10, 11, "other/b") for name in figures},
        (1, "margin_amount"): (6, 7, "other/b"),
    }


def test_batches_are_told_of_the_figures_that_they_change():
    found = told(
        shop(),
        {
            "b": [again("a", order_id="o1", order_date=FEBRUARY)],
            "c": [line("d", order_id="o4", order_date=JANUARY, unit_price="7", quantity="2")],
            "d": [come_back("r", order_line_id="b", return_date=MARCH)],
            "e": [line("e", order_id="o5", order_date=MARCH)],
        },
    )
    # One line left January and one came: there are as many as before.
    assert (1, "lines") not in found
    assert found[1, "units"] == (1, 2, "other/b, test/c")
    assert found[1, "sales_amount"] == (10, 14, "other/b, test/c")
    assert found[2, "orders"] == (1, 2, "other/b")
    assert found[2, "returned_amount"] == (0, 10, "other/d")
    assert (2, "net_amount") not in found
    # March is open: neither its new line nor the refund in it is a restatement.
    assert {month for month, _ in found} == {1, 2}


def test_an_order_s_header_and_a_line_that_is_deleted_are_causes():
    found = told(shop(), {"b": [event("order", "o1", order_date=JANUARY, freight_amount="3")]})
    assert found == {(1, "freight_amount"): (0, 3, "other/b"), (1, "total_amount"): (10, 13, "other/b")}
    found = told(shop(), {"b": [again("a", order_id="o1", order_date=JANUARY, deleted=True)]})
    assert found[1, "orders"] == (1, 0, "other/b")


def test_a_line_that_comes_back_is_the_cause_of_what_its_stray_return_no_longer_gives():
    lake = shop(line("d", order_id="o4", order_date=JANUARY, deleted=True))
    told(lake, {"b": [come_back("r", order_line_id="d", return_date=JANUARY, return_amount="10")]})
    found = told(lake, {"c": [again("d", order_id="o4", order_date=JANUARY)]})
    # A stray return has no known cost; beside its line it has.
    assert found[1, "uncosted_amount"] == (-10, 0, "test/c")
    assert {batches for _, _, batches in found.values()} == {"test/c"}


def test_a_product_whose_cost_changes_is_the_cause_and_one_that_is_renamed_is_not():
    found = told(
        shop(),
        {
            "b": [event("product", "p", unit_cost="5", category_id="k") | {"version": 1}],
            "c": [event("product", "q", unit_cost="5"), event("category", "k", name="Tea")],
        },
    )
    assert found[1, "cost_amount"] == (4, 5, "other/b")
    assert {batches for _, _, batches in found.values()} == {"other/b"}


def test_an_exchange_rate_that_is_corrected_is_the_cause():
    lake = shop(
        line("f", order_id="o9", order_date=JANUARY, currency="CHF", unit_cost="1"), rate("2", JANUARY)
    )
    found = told(lake, {"b": [rate("3", JANUARY) | {"version": 1}], "c": [rate("5", FEBRUARY, of="USD")]})
    assert found[1, "sales_amount"] == (30, 40, "other/b, test/c")


def test_a_batch_that_was_staged_again_is_told_as_such():
    found = told(shop(), {"b": [line("d", order_date=JANUARY)]}, again=("b",))
    assert found[1, "lines"] == (1, 2, "other/b (staged again)")


def test_figures_that_no_row_accounts_for_have_no_batches():
    """As where other code makes other figures of the same rows."""
    lake = shop()
    before = lazy(dict(lake.state))
    one = pl.lit(1).cast(pl.Decimal(18, 4))
    after = {
        name: frame.with_columns((pl.col("tax_amount") + one).cast(pl.Decimal(18, 4)))
        if name in ("sums/month", "fact_sales/2026-01")
        else frame
        for name, frame in before.items()
    }
    nothing = gained({name: frame.clear().lazy() for name, frame in lake.log.items()})
    rows = causes(restated(before, after), before, after, nothing)
    assert rows.filter(pl.col("month") == date(2026, 1, 1))["batches"].to_list() == [""]
