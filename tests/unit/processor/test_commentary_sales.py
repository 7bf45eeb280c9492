"""Findings about what rose and fell, and why: what is told, and what is too little to be told."""

from datetime import date
from decimal import Decimal

import pytest

from saleslake_processor.marts.commentary import causes, sales
from tests.unit.processor.commentary_rows import MONTH, Row, company, kpi, names, sentence


def test_the_month_is_told_beside_a_year_and_a_month_before():
    told = company(kpi("net_sales", "90000", year_before="100000", previous="80000"))
    assert names(sales.of_the_month, told) == ["net_sales_fell"]
    assert sentence(sales.of_the_month, told) == (
        "Net sales of March 2026 came to 90,000.00 EUR: 10.0% below the same month a year before "
        "(100,000.00 EUR) and 12.5% above the month before (80,000.00 EUR)."
    )
    assert sentence(sales.of_the_month, told, "fr") == (
        "En mars 2026, le chiffre d'affaires net s'élève à 90\u202f000,00\u00a0EUR : 10,0\u00a0% de moins "
        "qu'un an plus tôt (100\u202f000,00\u00a0EUR) et 12,5\u00a0% de plus que le mois précédent "
        "(80\u202f000,00\u00a0EUR)."
    )


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ("209800", "200000"),  # less than 5 %
        ("14000", "10000"),  # less than 0.5 % of a year's net
        ("50000", "0"),  # no change is known
    ],
)
def test_a_small_change_is_not_told(now: str, before: str):
    assert names(sales.of_the_month, company(kpi("net_sales", now, year_before=before))) == []


def test_a_sales_team_is_told_of_by_what_it_signs():
    told = company(kpi("signed_amount", "20000", previous="10000"), base="signed_amount")
    assert names(sales.of_the_month, told) == ["signed_amount_rose"]
    assert "les opportunités signées s'élèvent à" in sentence(sales.of_the_month, told, "fr")


def test_the_year_to_date_is_told():
    told = company(kpi("net_sales", "250000", year_before="200000", grain="year_to_date"))
    assert names(sales.of_the_year, told) == ["year_rose"]
    assert sentence(sales.of_the_year, told) == (
        "From January to March 2026, net sales came to 250,000.00 EUR, 25.0% above the same months a year "
        "before (200,000.00 EUR)."
    )


def margins(rate: str, then: str, margin: str) -> list[Row]:
    return [
        kpi("margin_rate", rate, year_before=then, grain="year_to_date"),
        kpi("margin", margin, grain="year_to_date"),
        kpi("net_sales", "300000", grain="year_to_date"),
    ]


def test_the_margin_is_told_where_the_cost_is_known():
    assert names(sales.of_the_margin, company(*margins("0.30", "0.25", "90000"))) == ["margin_rate_rose"]
    # A third of the net has no known cost; then half a point.
    assert names(sales.of_the_margin, company(*margins("0.30", "0.25", "60000"))) == []
    assert names(sales.of_the_margin, company(*margins("0.30", "0.295", "90000"))) == []


def test_rates_of_discount_and_return_are_told_by_points():
    gross = kpi("gross_sales", "300000", grain="year_to_date")
    discount = kpi("discount_rate", "0.10", year_before="0.07", grain="year_to_date")
    back = kpi("return_rate", "0.055", year_before="0.05", grain="year_to_date")
    assert names(sales.of_rates, company(gross, discount, back)) == ["discount_rate_rose"]


def category(name: str, before: int, now: int, **effects: int) -> Row:
    told = ("price_effect", "volume_effect", "mix_effect", "new_products", "lost_products")
    return {
        "month": MONTH,
        "category_key": 1,
        "category": name,
        "basis": "year before",
        "previous_net_amount": Decimal(before),
        "net_amount": Decimal(now),
        "change_amount": Decimal(now - before),
        **{f"{effect}_amount": Decimal(effects.get(effect, 0)) for effect in told},
    }


def test_categories_are_told_with_the_effects_that_count():
    told = company(
        price_volume_mix=[
            category("Pies", 50000, 70000, price_effect=18000, mix_effect=-3000, new_products=5000),
            category("Cups", 50000, 51000, volume_effect=1000),
        ]
    )
    assert sentence(causes.of_categories, told) == (
        "Pies sold 70,000.00 EUR in March 2026, 20,000.00 EUR more than a year before. It came from: price "
        "+18,000.00 EUR, products not sold then +5,000.00 EUR."
    )


def test_orders_and_their_average_are_told_where_the_net_moved():
    net = kpi("net_sales", "60000", year_before="50000")
    orders, average = kpi("orders", "600", year_before="500"), kpi("average_order", "100", year_before="100")
    assert names(causes.of_orders, company(net, orders, average)) == ["orders_by_number"]
    dearer = kpi("orders", "500", year_before="500"), kpi("average_order", "120", year_before="100")
    assert names(causes.of_orders, company(net, *dearer)) == ["orders_by_size"]
    level = kpi("net_sales", "50500", year_before="50000")
    assert names(causes.of_orders, company(level, orders, average)) == []


def test_new_customers_are_told_by_what_they_order():
    every, average = kpi("customers", "200"), kpi("average_order", "100")
    new = kpi("new_customers", "50", year_before="100")
    assert names(causes.of_new_customers, company(every, average, new)) == ["new_customers_fell"]
    few = kpi("new_customers", "5", year_before="10")
    assert names(causes.of_new_customers, company(every, average, few)) == []


def test_a_december_is_the_year():
    row = kpi("net_sales", "250000", year_before="200000", grain="year_to_date", period=date(2025, 12, 1))
    told = company(row)
    december = type(told)(**{**vars(told), "period": date(2025, 12, 1)})
    assert sentence(sales.of_the_year, december, "fr") == (
        "En 2025, le chiffre d'affaires net s'élève à 250\u202f000,00\u00a0EUR, soit 25,0\u00a0% de plus que "
        "l'année précédente (200\u202f000,00\u00a0EUR)."
    )
