"""Cohorts of customers and of accounts, and what is in none."""

from datetime import date
from decimal import Decimal

from tests.property.memory_lake import Event
from tests.unit.processor.derived import Row, come_back, event, line
from tests.unit.processor.gold import table

JANUARY, FEBRUARY, MARCH, APRIL = (date(2026, month, 1) for month in (1, 2, 3, 4))


def bought(identifier: str, customer: str | None, month: date, price: str = "10") -> Event:
    day = month.replace(day=15)
    return line(identifier, order_id=identifier, customer_id=customer, order_date=day, unit_price=price)


def booked(identifier: str, account: str | None, month: date, amount: str) -> Event:
    return event("booking", identifier, account_id=account, month=month, booked_amount=amount)


def cohorts(basis: str, *events: Event) -> dict[tuple[date, int], Row]:
    """Rows of a basis by cohort and age."""
    rows = [row for row in table("cohort_retention", *events) if row["basis"] == basis]
    return {(row["cohort_month"], row["age_months"]): row for row in rows}


def test_customers_are_of_the_month_of_their_first_order():
    rows = cohorts(
        "customer",
        bought("1", "a", JANUARY, "10"),
        bought("2", "b", JANUARY, "20"),
        bought("3", "c", JANUARY, "1"),
        bought("4", "a", MARCH, "5"),
        bought("5", "d", MARCH, "7"),
        bought("6", "d", APRIL, "1"),
    )
    assert {
        at: (row["customers"], row["active_customers"], row["net_amount"]) for at, row in rows.items()
    } == {
        (JANUARY, 0): (3, 3, 31),
        (JANUARY, 1): (3, 0, 0),
        (JANUARY, 2): (3, 1, 5),
        (JANUARY, 3): (3, 0, 0),
        (MARCH, 0): (1, 1, 7),
        (MARCH, 1): (1, 1, 1),
    }
    assert [row["retention_rate"] for at, row in sorted(rows.items()) if at[0] == JANUARY] == [1, 0, 1 / 3, 0]
    # 31 / 3 and 36 / 3
    values = [row["value_amount"] for at, row in sorted(rows.items()) if at[0] == JANUARY]
    assert values == [Decimal("10.3333"), Decimal("10.3333"), 12, 12]


def test_a_month_in_which_somebody_only_returned_is_no_active_one():
    back = come_back("r", product_id="p", customer_id="a", return_amount="4", return_date=FEBRUARY)
    rows = cohorts("customer", bought("1", "a", JANUARY), back)
    row = rows[JANUARY, 1]
    assert (row["active_customers"], row["orders"], row["net_amount"], row["value_amount"]) == (0, 0, -4, 6)


def test_what_is_of_nobody_known_or_before_the_first_order_is_apart():
    rows = cohorts(
        "unknown",
        bought("1", None, FEBRUARY, "3"),
        come_back("r", product_id="p", customer_id="a", return_amount="4", return_date=JANUARY),
        bought("2", "a", FEBRUARY),
        booked("w", None, FEBRUARY, "8"),
        booked("x", "k", JANUARY, "-1"),
        booked("y", "k", FEBRUARY, "1"),
    )
    assert {at: (row["net_amount"], row["booked_amount"]) for at, row in rows.items()} == {
        (JANUARY, 0): (-4, -1),
        (FEBRUARY, 0): (3, 8),
    }
    assert {(row["customers"], row["retention_rate"], row["value_amount"]) for row in rows.values()} == {
        (0, None, None)
    }
    assert rows[FEBRUARY, 0]["orders"] == 1


def test_accounts_are_of_the_first_month_that_they_booked_in():
    rows = cohorts(
        "account",
        booked("1", "a", JANUARY, "0"),
        booked("2", "a", FEBRUARY, "5"),
        booked("3", "a", FEBRUARY, "-1"),
        booked("4", "a", APRIL, "-2"),
        booked("5", "b", FEBRUARY, "6"),
    )
    assert list(rows) == [(FEBRUARY, 0), (FEBRUARY, 1), (FEBRUARY, 2)]
    told = ("customers", "active_customers", "orders", "net_amount", "booked_amount", "value_amount")
    assert [tuple(row[name] for name in told) for row in rows.values()] == [
        (2, 2, 0, 0, 10, 5),
        (2, 0, 0, 0, 0, 5),
        (2, 0, 0, 0, -2, 4),
    ]


def test_cancelled_orders_make_no_cohort():
    cancelled = line("1", customer_id="a", status="cancelled")
    assert table("cohort_retention", cancelled) == []
