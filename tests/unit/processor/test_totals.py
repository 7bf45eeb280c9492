"""Control totals: what is told of figures that do not tie, and that no mart is left out."""

from collections.abc import Callable

import polars as pl
import pytest

from saleslake_processor.contracts.marts import Measures
from saleslake_processor.derive.sums import AMOUNTS, MEASURES, SUMS
from saleslake_processor.marts.graph import MARTS
from saleslake_processor.totals import hops
from saleslake_processor.totals.figures import held
from saleslake_processor.totals.tie import Hop, UntiedError, tied
from tests.unit.processor.derived import DAY, come_back, event, line, taken
from tests.unit.processor.gold import built, given

TRADE = [
    line("a", customer_id="c", store_id="s", quantity="2"),
    line("b", order_id="o2", product_id="q", status="cancelled"),
    come_back("r", order_line_id="a", quantity="1"),
    come_back("lost", product_id="p", quantity="1"),
    event("product", "p", list_price="12", unit_cost="4"),
    event("opportunity", "u", status="signed", close_date=DAY, opportunity_amount="5", currency="CHF"),
    event("booking", "w", account_id="x", month=DAY, booked_amount="5"),
]
HOP = Hop("a", "b", ("company", "month"), ("rows", "net"), ("company", "month", "store"))


def cells(*rows: tuple[str | None, int, int, int, str]) -> pl.LazyFrame:
    schema = dict(
        zip(
            ["company", "month", "store", "rows", "net"], [pl.String, *[pl.Int64] * 3, pl.String], strict=True
        )
    )
    return pl.LazyFrame(rows, schema=schema, orient="row").with_columns(pl.col("net").cast(pl.Decimal(18, 4)))


def told(left: pl.LazyFrame, right: pl.LazyFrame, hop: Hop = HOP) -> list[str]:
    try:
        tied([hop], {"a": left, "b": right})
    except UntiedError as error:
        return error.lines()
    return []


def test_figures_that_tie_raise_nothing_whatever_the_rows_are():
    left = cells(("acme", 1, 1, 1, "2.5"), ("acme", 1, 1, 1, "2.5"), ("bolt", 1, 1, 1, "0"))
    assert told(left, cells(("acme", 1, 1, 2, "5"), ("bolt", 1, 1, 1, "0"))) == []


def test_what_differs_is_told_by_company_and_measure_with_the_first_cells():
    left = cells(("acme", 1, 1, 1, "5"), ("acme", 2, 1, 1, "5"), ("bolt", 1, 1, 1, "1"))
    right = cells(
        ("acme", 1, 1, 1, "5"), ("acme", 2, 1, 1, "4"), ("acme", 2, 2, 1, "2"), ("bolt", 1, 1, 1, "1")
    )
    assert told(left, right) == [
        "a -> b, company acme, rows: 2 in a, 3 in b, difference 1; first at month=2 store=2: 0, 1",
        "a -> b, company acme, net: 10.0000 in a, 11.0000 in b, difference 1.0000; "
        "first at month=2 store=1: 5.0000, 4.0000; month=2 store=2: 0.0000, 2.0000",
    ]


def test_what_moved_from_month_to_month_is_no_tie_though_the_total_is_the_same():
    [line] = told(
        cells(("acme", 1, 1, 1, "5"), ("acme", 2, 1, 1, "0")),
        cells(("acme", 1, 1, 1, "0"), ("acme", 2, 1, 1, "5")),
    )
    assert (
        "net: 5.0000 in a, 5.0000 in b, difference 0.0000; first at month=1 store=1: 5.0000, 0.0000" in line
    )


def test_a_side_without_rows_is_0():
    assert len(told(cells(("acme", 1, 1, 1, "5")), cells())) == 2
    assert told(cells(), cells()) == []


def test_few_of_many_gaps_are_told():
    many = cells(*((f"c{number}", 1, 1, 1, "1") for number in range(9)))
    lines = told(many, cells())
    assert len(lines) == 6
    assert lines[-1] == "and 13 figures more"


@pytest.mark.parametrize("mart", [mart.name for mart in MARTS if issubclass(mart.contract, Measures)])
def test_every_mart_of_measures_is_held_to_sums(mart: str):
    assert mart in hops.ADDITIVE


def test_every_measure_of_every_table_of_sums_is_held_to_the_facts():
    for name in SUMS:
        [hop] = [hop for hop in hops.FACTS_TO_SUMS if hop.right == f"sums/{name}"]
        assert {*hop.measures, "orders"} == {*MEASURES}


def test_every_table_is_read_back():
    assert [hop.left for hop in hops.TO_FILES] == [mart.name for mart in MARTS]
    assert {hop.left for hop in hops.TO_FILES if "net_amount" in hop.measures} >= {
        *hops.ADDITIVE,
        "fact_sales",
    }


Frames = dict[str, pl.LazyFrame]


@pytest.fixture(scope="module")
def trade() -> tuple[Frames, Frames]:
    """The state of a shop, and its gold."""
    state = given(taken(*TRADE))
    return state, {name: rows.lazy() for name, rows in built(state).items()}


Told = Callable[..., list[str]]


@pytest.fixture
def published(trade: tuple[Frames, Frames]) -> Told:
    """What is told where a frame of the state, else a table of gold, is altered."""
    state, tables = trade

    def told(name: str = "", change: Callable[[pl.LazyFrame], pl.LazyFrame] = lambda rows: rows) -> list[str]:
        where = state if name in state else tables
        altered = {name: change(where[name])} if name else {}
        try:
            if where is state:
                held({**state, **altered}, tables, tables)
            else:
                held(state, {**tables, **altered}, tables)
        except UntiedError as error:
            return [str(gap) for gap in error.gaps]
        return []

    return told


def plus_one(*columns: str) -> Callable[[pl.LazyFrame], pl.LazyFrame]:
    """One more in the first row."""
    one = (pl.int_range(pl.len()) == 0).cast(pl.Int64)

    def change(rows: pl.LazyFrame) -> pl.LazyFrame:
        schema = rows.collect_schema()
        return rows.with_columns((pl.col(name) + one).cast(schema[name]) for name in columns)

    return change


def measures_in(told: list[str], hop: str) -> set[str]:
    return {gap.split(", ")[2].split(":")[0] for gap in told if gap.startswith(f"{hop}, ")}


def test_what_is_derived_ties(published: Told):
    assert published() == []


@pytest.mark.parametrize("name", SUMS)
def test_a_sum_that_is_not_that_of_the_facts_is_told(published: Told, name: str):
    told = published(f"sums/{name}", plus_one("rows", "counted", "lines", *AMOUNTS))
    assert measures_in(told, f"facts -> sums/{name}") == {"rows", "counted", "lines", *AMOUNTS}
    assert all("difference 1" in gap for gap in told if gap.startswith("facts"))


@pytest.mark.parametrize("name", SUMS)
def test_a_cell_that_got_lost_is_named(published: Told, name: str):
    told = published(f"sums/{name}", lambda rows: rows.slice(1))
    gaps = [gap for gap in told if gap.startswith("facts -> ")]
    assert measures_in(gaps, f"facts -> sums/{name}") >= {"rows"}
    named = [column for column in SUMS[name] if column != "company"]
    assert all(f"first at {named[0]}=" in gap for gap in gaps if named)


@pytest.mark.parametrize(("name", "of"), [("company", "facts"), ("month", "facts by month")])
def test_orders_that_are_counted_twice_are_told(published: Told, name: str, of: str):
    told = published(f"sums/{name}", plus_one("orders"))
    assert [gap.split(":")[0] for gap in told] == [f"orders of {of} -> sums/{name}, company acme, orders"]


@pytest.mark.parametrize("mart", hops.ADDITIVE)
def test_a_mart_that_shows_something_else_is_told(published: Told, mart: str):
    told = published(mart, plus_one("lines", "orders", *AMOUNTS))
    hop = f"counted sums/{hops.ADDITIVE[mart]} -> {mart}"
    assert measures_in(told, hop) == {"lines", "orders", *AMOUNTS}


def test_a_file_that_lost_a_row_is_told(trade: tuple[Frames, Frames]):
    state, tables = trade
    some = {mart: rows for mart, rows in tables.items() if not rows.limit(1).collect().is_empty()}
    assert tables.keys() - some.keys() == {
        *("restatements", "run_results", "fact_targets"),
        *("price_volume_mix", "product_affinity", "customer_recommendations"),
        *("sales_anomalies", "commentary", "fact_stock", "reorder_plan"),
        # What is learnt.
        *("sales_forecast", "forecast_outlook", "forecast_accuracy", "forecast_reasons"),
        *("customer_accuracy", "customer_clusters"),
    }
    for mart, rows in some.items():
        with pytest.raises(UntiedError) as error:
            held(state, tables, {**tables, mart: rows.slice(1)})
        assert "rows" in measures_in(error.value.lines(), f"{mart} -> files of {mart}")


def test_an_opportunity_without_its_row_of_the_fact_is_told(published: Told):
    told = published("fact_opportunities", lambda rows: rows.slice(1))
    assert told[0].startswith("current/opportunity -> fact_opportunities, company acme, rows: 1 in ")
    assert "amounts: 1 in current/opportunity, 0 in fact_opportunities" in told[1]
