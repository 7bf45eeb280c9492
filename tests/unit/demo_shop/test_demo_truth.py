"""The shop's own totals against a naive reckoning from nothing but the written files."""

from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest

import demo_shop
from tests.unit.demo_shop.reading import day_of, last_versions, return_is_good, rows_of, sale_flaws

CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def truth():
    return demo_shop.truth(20, date(2025, 6, 30), date(2025, 1, 1))


@pytest.fixture(scope="module")
def reckoned(folder, sales, returns):
    """Per valid line: where it counts, and its measures, from the text of the files."""
    region = {row["shop_id"]: row["region"] for row in rows_of(folder / "reference" / "shops.csv")}
    category = {
        row["product_id"]: row["category_id"] for row in rows_of(folder / "reference" / "products.csv")
    }
    lines = last_versions([row for _, row in sales if not sale_flaws(row)], "order_id", "line")
    good = [row for _, row in returns if return_is_good(row)]
    back = {
        (row["order_id"], row["line"]): int(row["quantity"])
        for row in last_versions(good, "return_id").values()
    }
    result = []
    for row in lines.values():
        if row["status"] == "cancelled":
            continue
        units, units_back = int(row["quantity"]), back.get((row["order_id"], row["line"]), 0)
        with_tax = units * number(row["unit_price"])
        gross = cents(with_tax / Decimal("1.2"))
        discount = cents(with_tax * number(row["discount_rate"]) / Decimal("1.2"))
        returned = cents((gross - discount) * units_back / units)
        day = day_of(row["order_date"])
        place = {
            "by_month": f"{day:%Y-%m}",
            "by_category": category[row["product_id"]],
            "by_top_category": category[row["product_id"]][:2] + "0",
            "by_region": row["ship_region"] or region[row["shop_id"]],
            "by_shop": row["shop_id"],
            "by_product": row["product_id"],
        }
        measures = {
            "lines": 1,
            "units": units,
            "gross_amount": gross,
            "discount_amount": discount,
            "sales_amount": gross - discount,
            "returned_units": units_back,
            "returned_amount": returned,
            "net_amount": gross - discount - returned,
        }
        result.append((place, measures))
    return result


def number(text):
    return Decimal(text.replace(",", "."))


def cents(amount):
    return amount.quantize(CENT, ROUND_HALF_UP)


def test_the_totals_are_those_of_the_files(truth, reckoned):
    for name in reckoned[0][1]:
        assert truth["totals"][name] == sum(measures[name] for _, measures in reckoned), name
    assert truth["totals"]["net_amount"] > 3_000_000


@pytest.mark.parametrize(
    "grain", ["by_month", "by_category", "by_top_category", "by_region", "by_shop", "by_product"]
)
def test_the_totals_by_grain_are_those_of_the_files(truth, reckoned, grain):
    expected: dict[str, dict[str, Decimal | int]] = defaultdict(lambda: defaultdict(int))
    for place, measures in reckoned:
        for name, value in measures.items():
            expected[place[grain]][name] += value
    assert truth[grain] == expected


def test_counts_are_those_of_the_files(truth, sales, returns):
    lines = last_versions([row for _, row in sales if not sale_flaws(row)], "order_id", "line").values()
    valid = [row for row in lines if row["status"] == "completed"]
    assert truth["totals"]["cancelled_lines"] == len(lines) - len(valid) > 0
    assert truth["totals"]["orders"] == len({row["order_id"] for row in valid})
    assert truth["totals"]["customers"] == len({row["customer_id"] for row in valid})
    distinct = {tuple(row.values()) for _, row in sales}
    refused = sum(bool(sale_flaws(row)) for _, row in sales)
    assert truth["rows"]["sales"] == len(sales)
    assert truth["rows"]["refused_sales"] == refused
    assert truth["rows"]["repeated_sales"] == len(sales) - len(distinct)
    assert truth["rows"]["returns"] == len(returns)


def test_refunds_lie_on_the_day_of_the_return(truth):
    assert sum(truth["refunded_by_month"].values()) == truth["totals"]["returned_amount"]
    by_sale = {month: sums["returned_amount"] for month, sums in truth["by_month"].items()}
    assert truth["refunded_by_month"] != by_sale
