"""Customers as of now, by year, and from segment to segment."""

from datetime import date
from decimal import Decimal

import polars as pl
from polars.testing import assert_frame_equal

from saleslake_processor.contracts.customers import NAMED
from saleslake_processor.marts import cohorts, customers
from tests.property.memory_lake import Event
from tests.unit.processor.derived import Row, come_back, event, line, taken
from tests.unit.processor.gold import built, given, table


def order(identifier: str, customer: str | None, day: date, price: str = "10", **fields) -> Event:
    """An order of one line."""
    said = {"order_id": identifier, "customer_id": customer, "order_date": day, "unit_price": price}
    return line(f"line of {identifier}", **{**said, **fields})


def some_years() -> list[Event]:
    """Ten customers of three years, some more faithful than others, who return things; one nobody knows."""
    events: list[Event] = [event("customer", "never ordered")]
    for number in range(10):
        for count in range(1 + 3 * number % 7):
            day = date(2023 + (number + count) % 3, 1 + (5 * number + count) % 12, 1 + number)
            events.append(order(f"{number}-{count}", f"c{number}", day, str(10 + number * count)))
    events.append(order("unknown", None, date(2024, 5, 5)))
    events.append(come_back("r1", order_line_id="line of 5-0", return_date=date(2025, 12, 31)))
    for identifier, customer in (("r2", "only returned"), ("r3", "c3")):
        said = {"product_id": "p", "customer_id": customer, "return_amount": "2"}
        events.append(come_back(identifier, return_date=date(2023, 1, 1), **said))
    return events


def told(*events: Event) -> dict[str, Row]:
    """`customer_analysis` by name."""
    return {row["customer"]: row for row in table("customer_analysis", *events)}


def test_a_customer_is_told_by_days_orders_and_net():
    row = told(
        event("customer", "c", name="Ada"),
        order("a", "c", date(2024, 1, 1), "10"),
        order("b", "c", date(2024, 1, 2), "5"),
        line("more of b", order_id="b", customer_id="c", order_date=date(2024, 1, 2), unit_price="5.01"),
        order("d", "c", date(2024, 1, 6), "5"),
        order("e", None, date(2024, 1, 9)),
    )["Ada"]
    assert (row["first_order_date"], row["last_order_date"]) == (date(2024, 1, 1), date(2024, 1, 6))
    # As of 10 January; 2.5 days from one to the next.
    assert (row["recency_days"], row["interval_days"]) == (4, 3)
    assert (row["orders"], row["lines"], row["net_amount"]) == (3, 4, Decimal("25.01"))
    assert row["average_order_amount"] == Decimal("8.3367")
    assert [row[name] for name in ("r_score", "f_score", "m_score")] == [3, 3, 3]


def test_an_average_is_rounded_half_away_from_zero():
    lost = [order(name, "c", date(2024, 1, 1), "0") for name in "abcdefgh"]
    back = come_back("r", product_id="p", customer_id="c", return_amount="0.01", return_date=date(2024, 1, 1))
    # -0.01 / 8 = -0.00125
    assert told(*lost, back)["c"]["average_order_amount"] == Decimal("-0.0013")


def test_who_is_not_known_or_has_no_order_that_counts_has_no_scores():
    rows = told(
        event("customer", "never"),
        order("a", None, date(2024, 1, 1)),
        order("b", "cancelled", date(2024, 1, 1), status="cancelled"),
        come_back("r", product_id="p", customer_id="back", return_amount="2", return_date=date(2024, 1, 3)),
    )
    assert {name: row["segment"] for name, row in rows.items()} == {
        "never": "none",
        "cancelled": "none",
        "back": "none",
        "unknown": "unknown",
    }
    assert {name: row["net_amount"] for name, row in rows.items()} == {
        "never": 0,
        "cancelled": 0,
        "back": -2,
        "unknown": 10,
    }
    none = ("first_order_date", "recency_days", "r_score", "f_score", "m_score", "loyalty_rank")
    assert {row[name] for row in rows.values() for name in none} == {None}
    assert (rows["unknown"]["orders"], rows["unknown"]["average_order_amount"]) == (1, 10)


def test_the_loyalty_list_is_by_net_then_orders_then_id():
    late, early = date(2024, 6, 1), date(2024, 1, 1)
    events = [
        *(order(f"a{number}", "a", late, "50") for number in range(2)),
        *(order(f"b{number}", "b", late, "25") for number in range(4)),
        *(order(f"c{number}", "c", late, "25") for number in range(4)),
        *(order(f"d{number}", "d", late, "99") for number in range(4)),
        *(order(f"small {number}", f"small {number}", early, "1") for number in range(8)),
    ]
    rows = told(*events)
    ranked = {name: row["loyalty_rank"] for name, row in rows.items() if row["loyalty_rank"]}
    assert ranked == {"d": 1, "b": 2, "c": 3, "a": 4}
    assert {rows[name]["segment"] for name in ranked} == {"Champions"}


def years_of(name: str, *events: Event) -> dict[int, Row]:
    tables = built(given(taken(*events)))
    [key] = tables["dim_customer"].filter(customer_id=name)["customer_key"]
    rows = tables["rfm_history"].filter(customer_key=key).sort("year").to_dicts()
    return {row["year"]: row for row in rows}


def test_a_year_is_told_by_the_orders_until_its_end():
    rows = years_of(
        "c",
        order("a", "c", date(2022, 3, 1), "7"),
        order("b", "c", date(2024, 2, 1), "5"),
        order("x", "d", date(2024, 6, 30)),
    )
    assert list(rows) == [2022, 2023, 2024]
    assert [row["as_of"] for row in rows.values()] == [date(2023, 1, 1), date(2024, 1, 1), date(2024, 7, 1)]
    assert [row["orders"] for row in rows.values()] == [1, 0, 1]
    assert [row["net_amount"] for row in rows.values()] == [7, 0, 5]
    assert [row["cumulative_orders"] for row in rows.values()] == [1, 1, 2]
    assert [row["cumulative_net_amount"] for row in rows.values()] == [7, 7, 12]
    assert [row["first_order_date"] for row in rows.values()] == [date(2022, 3, 1)] * 3
    assert [row["recency_days"] for row in rows.values()] == [306, 671, 151]


def test_an_order_of_two_years_is_one_order():
    rows = years_of(
        "c",
        order("a", "c", date(2023, 12, 31)),
        line("rest", order_id="a", customer_id="c", order_date=date(2024, 1, 1)),
    )
    assert [row["orders"] for row in rows.values()] == [1, 1]
    assert [row["cumulative_orders"] for row in rows.values()] == [1, 1]


def test_before_the_first_order_a_customer_is_in_no_segment():
    rows = years_of(
        "c",
        come_back("r", product_id="p", customer_id="c", return_amount="2", return_date=date(2023, 5, 1)),
        order("a", "c", date(2024, 1, 1)),
    )
    assert [(row["segment"], row["r_score"]) for row in rows.values()] == [
        ("none", None),
        ("Need attention", 3),
    ]
    assert [row["cumulative_net_amount"] for row in rows.values()] == [-2, 8]


def test_the_last_year_is_what_is_told_now():
    tables = built(given(taken(*some_years())))
    history = tables["rfm_history"].filter(pl.col("year") == 2025)
    now = tables["customer_analysis"].join(history.select("customer_key"), on="customer_key")
    same = ["customer_key", "recency_days", "r_score", "f_score", "m_score", "segment"]
    assert history.height == 12
    assert_frame_equal(history.select(same), now.select(same), check_row_order=False)
    assert history["cumulative_net_amount"].sum() == now["net_amount"].sum()


def test_flows_between_segments_add_up():
    tables = built(given(taken(*some_years())))
    rows, flows = tables["rfm_history"], tables["segment_migration"]
    of_year = ["year", "segment"]
    there = (
        rows.filter(pl.col("segment").is_in(NAMED)).group_by(of_year).agg(customers=pl.len().cast(pl.Int64))
    )

    def summed(segment: str, years: int = 0) -> pl.DataFrame:
        named = flows.filter(pl.col(segment).is_in(NAMED))
        return named.group_by(pl.col("year") - years, segment=segment).agg(pl.col("customers").sum())

    assert there["year"].unique().len() == 3
    assert_frame_equal(summed("to_segment"), there, check_row_order=False)
    earlier = there.filter(pl.col("year") < 2025)
    assert_frame_equal(summed("from_segment", 1), earlier, check_row_order=False)
    came = (
        flows.filter(pl.col("to_segment").is_in(NAMED), from_segment="none")
        .group_by("year")
        .agg(pl.col("customers").sum())
    )
    first = (
        rows.filter(pl.col("first_order_date").dt.year() == pl.col("year")).group_by("year").len("customers")
    )
    assert dict(came.iter_rows()) == dict(first.iter_rows())
    by_year = [frame.group_by("year").agg(pl.col("net_amount").sum()) for frame in (rows, flows)]
    assert_frame_equal(*by_year, check_row_order=False)


def test_every_table_of_customers_adds_up_to_the_same():
    tables = built(given(taken(*some_years())))
    totals = {
        name: tables[name]["net_amount"].sum()
        for name in (
            "sales_daily",
            "customer_analysis",
            "rfm_history",
            "segment_migration",
            "cohort_retention",
        )
    }
    assert set(totals.values()) == {totals["sales_daily"]}


def test_nothing_changes_when_rows_are_shuffled():
    frames = given(taken(*some_years()))
    tables = built(frames)

    def shuffled(seed: int) -> dict[str, pl.DataFrame]:
        mixed = {
            name: frame.collect().sample(fraction=1, shuffle=True, seed=seed).lazy()
            for name, frame in {**frames, **{n: t.lazy() for n, t in tables.items()}}.items()
        }
        history = customers.rfm_history(mixed).collect()
        mixed["rfm_history"] = history.lazy()
        made = {
            name: getattr(customers, name)(mixed).collect()
            for name in ("customer_analysis", "segment_migration")
        }
        return {**made, "rfm_history": history, "cohort_retention": cohorts.cohort_retention(mixed).collect()}

    for seed in (1, 2):
        for name, rows in shuffled(seed).items():
            columns = tables[name].columns
            assert_frame_equal(rows.select(columns), tables[name], check_row_order=False)
