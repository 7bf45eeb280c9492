"""Why net sales changed: effects of one cause each, and that they add up."""

from datetime import date
from decimal import Decimal
from random import Random

from tests.unit.processor.derived import Row, come_back, event, line, taken
from tests.unit.processor.gold import built, given, table

THEN, NOW = date(2026, 3, 14), date(2026, 4, 14)
EFFECTS = ("price_effect", "volume_effect", "mix_effect", "new_products", "lost_products")


def sold(product: str, day: date, quantity: str, price: str) -> Row:
    return line(
        f"{product}{day}",
        order_id=f"{day}",
        product_id=product,
        order_date=day,
        quantity=quantity,
        unit_price=price,
    )


def effects(*events: Row) -> dict[str, Decimal]:
    """Those that are not 0, of the second month against the first."""
    rows = table("price_volume_mix", *events)
    [row] = [row for row in rows if row["basis"] == "previous month" and row["month"] == NOW.replace(day=1)]
    return {name: row[f"{name}_amount"] for name in EFFECTS if row[f"{name}_amount"]}


def test_dearer_units_are_price():
    assert effects(sold("p", THEN, "10", "2"), sold("p", NOW, "10", "3")) == {"price_effect": 10}


def test_more_units_are_volume():
    assert effects(sold("p", THEN, "10", "2"), sold("p", NOW, "15", "2")) == {"volume_effect": 10}


def test_more_of_the_dearer_is_mix():
    got = effects(
        *(sold("p", THEN, "10", "2"), sold("q", THEN, "10", "4")),
        *(sold("p", NOW, "5", "2"), sold("q", NOW, "15", "4")),
    )
    assert got == {"mix_effect": 10}


def test_products_come_and_go():
    got = effects(
        *(sold("p", THEN, "1", "2"), sold("q", THEN, "1", "4")),
        *(sold("p", NOW, "1", "2"), sold("r", NOW, "1", "7")),
    )
    assert got == {"new_products": 7, "lost_products": -4}


def test_what_came_back_whole_is_lost():
    back = come_back("r", order_line_id=f"p{NOW}", return_date=NOW)
    assert effects(sold("p", THEN, "1", "2"), sold("p", NOW, "1", "2"), back) == {"lost_products": -2}


def test_what_a_division_leaves_is_mix():
    """A third of 10 is rounded once for the price and once for the volume, of two products alike."""
    got = effects(
        *(sold("p", THEN, "3", "3.3333"), sold("q", THEN, "3", "3.3333")),
        *(sold("p", NOW, "1", "4"), sold("q", NOW, "1", "4")),
    )
    # Then 10.00 each; a third of each is 3.3333, of both together 6.6667.
    assert got == {
        "price_effect": Decimal("1.3334"),
        "volume_effect": Decimal("-13.3333"),
        "mix_effect": Decimal("-0.0001"),
    }


def test_a_month_is_held_to_the_year_before_as_well():
    events = [sold("p", date(2025, 4, 1), "1", "2"), sold("p", NOW, "1", "5")]
    rows = table("price_volume_mix", *events)
    got = [(row["month"].month, row["basis"], row["change_amount"], row["is_complete"]) for row in rows]
    # The month after the first one lost it; nothing is told of months without a sale in either.
    assert got == [
        (5, "previous month", -2, True),
        (4, "previous month", 5, False),
        (4, "year before", 3, False),
    ]


def test_effects_add_up_to_the_change_and_do_not_depend_on_the_order_of_rows():
    random = Random(7)
    events = [
        line(
            f"l{number}",
            order_id=f"o{number % 40}",
            order_date=date(2025, 1 + number % 12, 3),
            product_id=f"p{random.randrange(8)}",
            quantity=str(random.randint(1, 7)),
            unit_price=f"{random.randint(1, 999) / 100:.2f}",
        )
        for number in range(120)
    ] + [event("product", f"p{number}", category_id=f"k{number % 2}") for number in range(8)]
    whole = built(given(taken(*events)))
    rows = whole["price_volume_mix"].to_dicts()
    assert len(rows) == 22
    assert all(sum(row[f"{name}_amount"] for name in EFFECTS) == row["change_amount"] for row in rows)
    months = {row["month"]: row["net_amount"] for row in whole["sales_by_product"].to_dicts()}
    for month in list(months)[1:]:
        told = sum(row["net_amount"] for row in rows if row["month"] == month)
        sold = sum(row["net_amount"] for row in whole["sales_by_product"].to_dicts() if row["month"] == month)
        assert told == sold
    random.shuffle(events)
    assert built(given(taken(*events)))["price_volume_mix"].to_dicts() == rows
