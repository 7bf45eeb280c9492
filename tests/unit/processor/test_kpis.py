"""Figures by period: what a period adds up, who is counted in it, and with which one it is compared."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from saleslake_processor.contracts.kpis import GRAINS, UNITS
from tests.property.memory_lake import Event
from tests.unit.processor.derived import come_back, event, line, taken
from tests.unit.processor.kpi_figures import Figures, figures, order, table

JANUARY, FEBRUARY, MARCH = date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)

TWO_YEARS = [
    order(1, date(2024, 1, 20), "a", "100"),
    order(2, date(2024, 1, 25), "b", "50"),
    order(3, date(2025, 1, 2), "a", "30"),
    order(4, date(2025, 1, 31), "c", "60", discount_rate="0.5"),
    order(5, date(2025, 3, 1), None, "7"),
]


@pytest.fixture(scope="module")
def two_years() -> Figures:
    return figures(*TWO_YEARS, fiscal_year_start=4)


_OF_SALES = {
    kpi for kpi in UNITS if kpi not in ("win_rate", "pipeline_value", "signed_amount", "booked_amount")
}


def test_a_month_adds_up_its_days(two_years: Figures):
    values = {kpi: two_years["month", JANUARY, kpi]["value"] for kpi in _OF_SALES}
    assert values == {
        "net_sales": 60,
        "sales": 60,
        "gross_sales": 90,
        "margin": 0,
        "margin_rate": None,
        "orders": 2,
        "average_order": 30,
        "units_per_order": 1,
        "customers": 2,
        "new_customers": 1,
        "repeat_rate": Decimal("0.5"),
        "return_rate": 0,
        "discount_rate": Decimal("0.3333"),
    }


def test_periods_without_a_sale_are_there(two_years: Figures):
    months = [period for grain, period, kpi in two_years if (grain, kpi) == ("month", "net_sales")]
    assert sorted(months) == [date(2024, month, 1) for month in range(1, 13)] + [JANUARY, FEBRUARY, MARCH]
    empty = {kpi: two_years["month", FEBRUARY, kpi]["value"] for kpi in ("net_sales", "orders", "customers")}
    assert set(empty.values()) == {0}
    assert two_years["month", FEBRUARY, "average_order"]["value"] is None
    assert two_years["day", date(2024, 2, 29), "net_sales"]["value"] == 0


def test_days_tell_what_adds_up_and_nothing_else(two_years: Figures):
    of_days = {kpi for grain, _, kpi in two_years if grain == "day"}
    assert of_days == {"net_sales", "sales", "gross_sales", "margin", "orders", "new_customers"}


def test_weeks_begin_on_monday(two_years: Figures):
    weeks = {period for grain, period, _ in two_years if grain == "week"}
    assert {week.isoweekday() for week in weeks} == {1}
    # Of 25 January 2024, and of the two days of January 2025.
    assert two_years["week", date(2024, 1, 22), "net_sales"]["value"] == 50
    assert two_years["week", date(2024, 12, 30), "net_sales"]["value"] == 30


@pytest.mark.parametrize(
    ("grain", "period", "net", "customers"),
    [
        ("quarter", JANUARY, 67, 2),
        ("fiscal_quarter", JANUARY, 67, 2),
        ("year_to_date", date(2024, 12, 1), 150, 2),
        ("year_to_date", JANUARY, 60, 2),
        ("year_to_date", MARCH, 67, 2),
        # From April 2024 on.
        ("fiscal_year_to_date", date(2024, 3, 1), 150, 2),
        ("fiscal_year_to_date", date(2024, 4, 1), 0, 0),
        ("fiscal_year_to_date", MARCH, 67, 2),
        ("rolling_12_months", date(2024, 12, 1), 150, 2),
        ("rolling_12_months", JANUARY, 60, 2),
        ("rolling_12_months", MARCH, 67, 2),
    ],
)
def test_longer_periods(two_years: Figures, grain: str, period: date, net: int, customers: int):
    found = [two_years[grain, period, kpi]["value"] for kpi in ("net_sales", "customers")]
    assert found == [net, customers]


def test_the_last_twelve_months_are_told_once_there_are_as_many(two_years: Figures):
    months = sorted(period for grain, period, _ in two_years if grain == "rolling_12_months")
    assert months[0] == date(2024, 12, 1)


@pytest.mark.parametrize(
    ("start", "months"), [(4, (1, 4, 7, 10)), (2, (2, 5, 8, 11)), (12, (3, 6, 9, 12)), (1, (1, 4, 7, 10))]
)
def test_fiscal_quarters_begin_with_the_fiscal_year(start: int, months: tuple[int, ...]):
    found = figures(order(1, date(2023, 12, 31)), order(2, date(2025, 1, 1)), fiscal_year_start=start)
    assert {period.month for grain, period, _ in found if grain == "fiscal_quarter"} == set(months)


def test_a_period_stands_beside_the_one_before_and_that_of_a_year_before(two_years: Figures):
    row = two_years["month", JANUARY, "net_sales"]
    assert (row["previous"], row["previous_change_rate"]) == (0, None)
    assert (row["year_before"], row["year_before_change_rate"]) == (150, -0.6)
    first = two_years["month", date(2024, 1, 1), "net_sales"]
    assert (first["previous"], first["year_before"]) == (None, None)


@pytest.mark.parametrize(
    ("grain", "period", "previous", "year_before"),
    [
        ("day", date(2025, 1, 2), 0, None),
        ("day", date(2025, 1, 25), 0, 50),
        ("week", date(2025, 1, 20), 0, 50),
        ("quarter", JANUARY, 0, 150),
        ("fiscal_quarter", JANUARY, 0, 150),
        ("year_to_date", MARCH, 150, 150),
        ("fiscal_year_to_date", MARCH, 150, 150),
        ("rolling_12_months", MARCH, 60, None),
    ],
)
def test_with_which_period_one_is_compared(two_years: Figures, grain, period, previous, year_before):
    row = two_years[grain, period, "net_sales"]
    assert (row["previous"], row["year_before"]) == (previous, year_before)


def test_a_leap_day_is_compared_with_the_last_of_february():
    found = figures(order(1, date(2023, 2, 28), price="8"), order(2, date(2024, 2, 29)))
    assert found["day", date(2024, 2, 29), "net_sales"]["year_before"] == 8


def test_what_is_over_is_complete(two_years: Figures):
    """The last sale is of 1 March 2025, a Saturday."""
    over = {
        grain: {period for (at, period, _), row in two_years.items() if at == grain and row["is_complete"]}
        for grain in GRAINS
    }
    assert max(over["day"]) == MARCH
    assert max(over["week"]) == date(2025, 2, 17)
    assert max(over["month"]) == max(over["year_to_date"]) == max(over["rolling_12_months"]) == FEBRUARY
    assert max(over["quarter"]) == date(2024, 10, 1)


def test_an_order_of_several_days_counts_once_in_a_period():
    lines = [
        line(f"l{day}", order_id="o", order_date=date(2025, 1, 1) + timedelta(days=day)) for day in (0, 5, 40)
    ]
    found = figures(*lines, order(9, date(2025, 12, 5)), order(10, date(2026, 2, 27)))
    assert [found["month", month, "orders"]["value"] for month in (JANUARY, FEBRUARY)] == [1, 1]
    assert found["quarter", JANUARY, "orders"]["value"] == 1
    assert found["year_to_date", FEBRUARY, "orders"]["value"] == 1
    # It leaves twelve months after its last line, not after its first.
    rolling = {
        period: row["value"] for (grain, period, kpi), row in found.items() if (grain, kpi) == _ROLLING
    }
    assert rolling == {date(2025, 12, 1): 2, date(2026, 1, 1): 2, date(2026, 2, 1): 2}


_ROLLING = ("rolling_12_months", "orders")


def test_returns_lower_net_and_tell_their_rate():
    found = figures(
        order(1, JANUARY, quantity="4", product_id="p"),
        come_back("r", order_line_id="l1", quantity="1", return_date=date(2025, 1, 9)),
    )
    assert found["month", JANUARY, "return_rate"]["value"] == Decimal("0.25")
    assert found["month", JANUARY, "average_order"]["value"] == 30


def test_margin_is_a_part_of_what_is_costed():
    found = figures(
        event("product", "p", unit_cost="6"),
        order(1, JANUARY),
        order(2, JANUARY, product_id="of unknown cost", price="90"),
    )
    assert found["month", JANUARY, "margin"]["value"] == 4
    assert found["month", JANUARY, "margin_rate"]["value"] == Decimal("0.4")


def test_cancelled_lines_are_in_no_figure():
    found = figures(order(1, JANUARY, "a"), order(2, FEBRUARY, "b", status="cancelled"))
    assert {period for grain, period, _ in found if grain == "month"} == {JANUARY}
    assert found["month", JANUARY, "customers"]["value"] == 1


def test_who_only_brought_back_is_no_customer():
    back = come_back("r", product_id="p", customer_id="b", return_amount="1", return_date=JANUARY)
    assert figures(order(1, JANUARY, "a"), back)["month", JANUARY, "customers"]["value"] == 1


def test_quotients_are_rounded_half_away_from_zero():
    lost = come_back("r", return_amount="80.01", quantity="1", return_date=JANUARY)
    found = figures(*(order(number, JANUARY) for number in range(8)), lost)
    # A cent less than nothing, by eight orders.
    assert found["month", JANUARY, "average_order"]["value"] == Decimal("-0.0013")


def chance(
    name: str, status: str, worth: str | None, opens: date | None, closes: date | None = None
) -> Event:
    """An opportunity by the day of its attribution."""
    worth_of = {} if worth is None else {"opportunity_amount": worth}
    return event("opportunity", name, status=status, attribution_date=opens, close_date=closes, **worth_of)


TEAM = [
    chance("a", "signed", "100", date(2025, 1, 5), date(2025, 2, 3)),
    chance("b", "lost", "40", None, date(2025, 2, 20)) | {"engage_date": date(2025, 1, 20)},
    chance("c", "lost", "5", MARCH, date(2025, 2, 28)),
    chance("d", "negotiation", "7", date(2025, 3, 2)),
    chance("e", "signed", "9", date(2025, 3, 3)),
    chance("f", "never_touched", "1", None),
    chance("g", "never_touched", None, date(2025, 3, 31)),
]


@pytest.mark.parametrize(
    ("month", "pipeline", "signed", "win_rate"),
    [
        (JANUARY, 140, 0, None),
        # The third closed before it began: it is never open.
        (FEBRUARY, 0, 100, Decimal("0.3333")),
        # A signed one without a day is signed when it came up.
        (MARCH, 7, 9, 1),
    ],
)
def test_what_the_sales_team_worked_on(month: date, pipeline: int, signed: int, win_rate: Decimal | None):
    found = figures(*TEAM)
    values = [found["month", month, kpi]["value"] for kpi in ("pipeline_value", "signed_amount", "win_rate")]
    assert values == [pipeline, signed, win_rate]


def test_a_company_without_sales_has_no_figures_of_sales_and_is_complete_by_its_last_day():
    found = figures(*TEAM)
    assert {kpi for _, _, kpi in found} == {"pipeline_value", "signed_amount", "win_rate"}
    assert found["month", MARCH, "signed_amount"]["is_complete"]
    assert found["year_to_date", MARCH, "win_rate"]["value"] == Decimal("0.5")
    assert found["year_to_date", MARCH, "pipeline_value"]["value"] == 7


def test_bookings_are_of_months():
    found = figures(
        event("booking", "a", month=date(2025, 1, 15), booked_amount="3"),
        event("booking", "b", month=date(2025, 3, 1), booked_amount="4"),
    )
    assert {grain for grain, _, _ in found} == {*GRAINS} - {"day", "week", "rolling_12_months"}
    assert [found["month", month, "booked_amount"]["value"] for month in (JANUARY, FEBRUARY, MARCH)] == [
        3,
        0,
        4,
    ]
    assert found["quarter", JANUARY, "booked_amount"]["value"] == 7
    assert found["month", MARCH, "booked_amount"]["is_complete"]


def test_the_order_of_rows_does_not_matter():
    lake = taken(*TWO_YEARS, *TEAM)
    assert table(lake).equals(table(lake, shuffled=True))
