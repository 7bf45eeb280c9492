"""Findings about regions, products, people, customers, discounts and opportunities: told, or too little."""

from datetime import date
from decimal import Decimal

from saleslake_processor.marts.commentary import (
    concentration,
    customers,
    expected,
    invest,
    odd_days,
    offers,
    people,
    pipeline,
)
from tests.unit.processor.commentary_rows import MONTH, Row, company, kpi, names, sentence


def region(key: int, month: date, net: int, share: float = 0.1) -> Row:
    names = {"region": f"R{key}", "region_key": key}
    return {"month": month, "net_amount": Decimal(net), "share_rate": share, **names}


def test_regions_are_told_that_grew_in_the_month_and_in_the_year():
    then, between = date(2025, 3, 1), date(2025, 9, 1)
    grew = [region(1, then, 5000), region(1, MONTH, 9000)]
    only_now = [region(2, date(2024, 9, 1), 90000), region(2, then, 5000), region(2, MONTH, 9000)]
    shrank = [region(3, then, 9000), region(3, between, 100), region(3, MONTH, 5000)]
    unknown = [region(0, then, 5000), region(0, MONTH, 90000)]
    told = company(sales_by_region=[*grew, *only_now, *shrank, *unknown])
    assert names(invest.of_regions, told) == ["region_grew", "region_shrank"]
    young = company(sales_by_region=grew, months=20)
    assert names(invest.of_regions, young) == []


def product(key: int, **said: object) -> Row:
    row: Row = {
        "month": MONTH,
        "product_key": key,
        "product": f"P{key}",
        "demand_class": "steady",
        "abc_class": "A",
        "trend_rate": 0.05,
        "months_since_first": 30,
        "trailing_net_amount": Decimal(50000),
        "units": Decimal(100),
        "returned_units": Decimal(0),
        "return_rate": 0.0,
        "net_amount": Decimal(9000),
    }
    return row | said


def test_products_are_told_that_rise_or_fall_and_matter():
    told = company(
        product_demand=[
            product(1, demand_class="rising"),
            product(2, demand_class="rising", abc_class="B"),
            product(3, demand_class="rising", trailing_net_amount=Decimal(9000)),
            product(4, demand_class="falling", trend_rate=-0.05),
            product(5),
        ]
    )
    assert names(invest.of_products, told) == ["product_rising", "product_falling"]


def test_products_that_come_back_are_told_beside_all_products():
    usual = kpi("return_rate", "0.03", grain="rolling_12_months")
    much = {"returned_units": Decimal(40), "return_rate": 0.4}
    told = company(
        usual,
        product_demand=[
            product(1, **much),
            product(2, **much, net_amount=Decimal(300)),
            product(3, returned_units=Decimal(9), return_rate=0.09),
        ],
    )
    assert sentence(offers.of_returns, told) == (
        "40 of 100 units of P1 sold in March 2026 came back (40.0%); of all products it was 3.0% in the "
        "twelve months."
    )


def discount(even: float | None, lost: int = 5000, inferred: bool = False) -> Row:
    return {
        "month": MONTH,
        "category_key": 1,
        "category": "Pies",
        "promotion": "",
        "discount_band": 5,
        "band": "above 30 %",
        "is_inferred": inferred,
        "break_even_rate": even,
        "margin_lost_amount": Decimal(lost),
        "margin_amount": Decimal(-100),
    }


def test_discounts_are_told_that_cost_more_than_they_bring():
    assert names(offers.of_discounts, company(discount_impact=[discount(0.6)])) == ["discount_costs_much"]
    told = company(discount_impact=[discount(1.02, inferred=True)])
    assert names(offers.of_discounts, told) == ["discount_cannot_pay"]
    assert "of more than 30%, inferred from the lines, and left a margin of -100.00 EUR" in sentence(
        offers.of_discounts, told
    )
    assert "les remises de plus de 30 % sur la catégorie Pies, déduites" in sentence(
        offers.of_discounts, told, "fr"
    )
    little = [discount(0.4), discount(1.5, lost=999), discount(None)]
    assert names(offers.of_discounts, company(discount_impact=little)) == []


def seller(key: int, results: float, effort: float = 1.0, share: float = 0.1) -> Row:
    return {
        "month": MONTH,
        "salesperson_key": key,
        "salesperson": f"S{key}",
        "team": "unknown",
        "rank": key,
        "net_amount": Decimal(1000),
        "results_index": results,
        "effort_index": effort,
        "share_rate": share,
    }


def test_who_is_ahead_and_who_works_much_for_little_is_told():
    told = company(sales_by_salesperson=[seller(1, 1.5), seller(2, 1.0), seller(3, 0.5, 1.2)])
    assert names(people.of_sellers, told) == ["results_ahead", "much_effort_little_result"]
    level = company(sales_by_salesperson=[seller(1, 1.1), seller(2, 1.0), seller(3, 0.9)])
    assert names(people.of_sellers, level) == []
    two = company(sales_by_salesperson=[seller(1, 1.5), seller(2, 0.5)])
    assert names(people.of_sellers, two) == []


def profile(key: int, **said: object) -> Row:
    row: Row = {"salesperson_key": key, "salesperson": f"S{key}", "win_rate": 0.5, "opportunities": 30}
    row |= {"signed": 20, "lost": 20, "signed_amount": Decimal(1000 * key)}
    return row | {"never_touched": 3, "never_touched_rate": 0.1} | said


def test_who_signed_the_most_is_told_of_a_sales_team_only():
    rows = [profile(1), profile(2), profile(3)]
    signing = company(base="signed_amount", team_profile=rows)
    assert sentence(people.of_signers, signing).startswith("S3 has signed the most so far: 20 opportunities")
    assert names(people.of_signers, company(team_profile=rows)) == []
    # Nobody else has then signed the most.
    newcomer = [*rows, profile(4, signed=5, lost=1)]
    assert names(people.of_signers, company(base="signed_amount", team_profile=newcomer)) == []


def customer(key: int, rank: int | None, net: int, segment: str = "Champions") -> Row:
    row = {"customer_key": key, "customer": f"C{key}", "loyalty_rank": rank, "net_amount": Decimal(net)}
    return {**row, "segment": segment, "orders": 12, "recency_days": 400}


def test_the_loyalty_list_is_thanked_where_it_counts():
    told = company(customer_analysis=[customer(key, key, 10000) for key in (1, 2, 3)])
    assert names(customers.to_thank, told) == ["loyalty_list"]
    small = company(customer_analysis=[customer(key, key, 100) for key in (1, 2, 3)])
    assert names(customers.to_thank, small) == []


def test_a_dear_customer_who_slips_away_is_named():
    rows = [customer(1, None, 90000, "At risk"), customer(2, 1, 990000), customer(3, None, 95000, "Lost")]
    told = company(customer_analysis=rows)
    assert sentence(customers.slipping, told) == (
        "C1, who bought 90,000.00 EUR in 12 orders, has not ordered for 400 days."
    )
    assert names(customers.slipping, company(customer_analysis=[customer(1, None, 900, "At risk")])) == []


def test_the_largest_way_to_a_worse_segment_is_told():
    def way(before: str, now: str, number: int) -> Row:
        row = {"year": 2026, "from_segment": before, "to_segment": now}
        return {**row, "customers": number, "net_amount": Decimal(77)}

    every = kpi("customers", "1000", grain="rolling_12_months")
    rows = [way("Champions", "At risk", 30), way("Lost", "At risk", 90), way("Champions", "Lost", 20)]
    assert sentence(customers.migrating, company(every, segment_migration=rows), "fr") == (
        "30 clients classés « Champions » au début de 2026 le sont désormais « À risque » ; ils ont acheté "
        "pour 77,00\u00a0EUR depuis."
    )
    few = company(every, segment_migration=[way("Champions", "At risk", 4)])
    assert names(customers.migrating, few) == []


def test_concentration_is_told_from_a_threshold_on():
    year_net = kpi("net_sales", "1000000", grain="rolling_12_months")
    small = [product(key, trailing_net_amount=Decimal(5000)) for key in range(2, 7)]
    large = company(year_net, product_demand=[product(1, trailing_net_amount=Decimal(200000)), *small])
    assert names(concentration.of_product, large) == ["product_concentration"]
    assert names(concentration.of_product, company(year_net, product_demand=small)) == []

    whole = kpi("net_sales", "900000", grain="year_to_date", period=date(2025, 12, 1))
    for net, found in ((100000, ["customer_concentration"]), (80000, [])):
        bought = {"year": 2025, "customer_key": 1, "net_amount": Decimal(net)}
        told = company(whole, rfm_history=[bought], customer_analysis=[customer(1, 1, 990000)])
        assert names(concentration.of_customer, told) == found

    regions = [region(1, MONTH, 5000, 0.5), *(region(key, MONTH, 1000) for key in range(2, 6))]
    sellers = [seller(1, 1.5, share=0.29), *(seller(key, 1.0) for key in range(2, 6))]
    told = company(sales_by_region=regions, sales_by_salesperson=sellers)
    assert names(concentration.of_region_and_person, told) == ["region_concentration"]
    assert names(concentration.of_region_and_person, company(sales_by_region=regions[:4])) == []


def test_opportunities_that_nobody_touches_are_told():
    rows = [profile(1), profile(2, never_touched=9, never_touched_rate=0.3)]
    assert names(pipeline.untouched, company(team_profile=rows)) == ["opportunities_untouched"]
    few = profile(3, opportunities=10, never_touched=9, never_touched_rate=0.9)
    assert names(pipeline.untouched, company(team_profile=[few])) == []


def test_the_win_rate_is_told_by_points():
    for now, found in (("0.54", ["win_rate_rose"]), ("0.46", ["win_rate_fell"]), ("0.51", [])):
        row = kpi("win_rate", now, year_before="0.50", grain="rolling_12_months")
        assert names(pipeline.won, company(row)) == found


def test_what_lies_open_for_long_is_told():
    row: Row = {"attributed_in": "2025-05", "team": "T", "status": "negotiation", "month": date(2025, 5, 1)}
    row |= {"opportunities": 50, "opportunity_amount": Decimal(0)}
    for number, found in ((20, ["opportunities_open_for_long"]), (19, [])):
        told = company(opportunity_funnel=[row | {"age_over_180": number}])
        assert names(pipeline.open_for_long, told) == found


def test_odd_days_are_told_the_two_that_missed_most():
    days = [
        {
            "date": date(2026, 3, number),
            "net_amount": Decimal(1000 - 100 * number),
            "expected_amount": Decimal(1000),
            "difference_amount": Decimal(-100 * number),
            "direction": "below",
        }
        for number in (1, 2, 3)
    ]
    assert names(odd_days.of_days, company(sales_anomalies=days)) == ["day_below", "day_below"]
    assert sentence(odd_days.of_days, company(sales_anomalies=days[:1]), "fr").startswith(
        "Le 1er mars 2026, le chiffre d'affaires net a été de 900,00\u00a0EUR ;"
    )


def drifting(level: str, freq: str = "day", outside: int = 30) -> Row:
    return {
        **{"level": level, "freq": freq, "kpi": "net_amount", "method": "model"},
        **{"is_drifting": True, "checked": 60, "outside80": outside},
    }


def test_of_drifting_forecasts_those_of_the_total_are_told_or_else_the_first():
    parts = [drifting("category"), drifting("store", outside=40), drifting("store", "week")]
    told = sentence(expected.of_drift, company(forecast_accuracy=[*parts, drifting("total", "week")]))
    assert told.startswith("Of 60 weekly forecasts of all sales whose time has come, 30 missed")
    assert "daily forecasts by category" in sentence(expected.of_drift, company(forecast_accuracy=parts))
    french = sentence(expected.of_drift, company(forecast_accuracy=parts), "fr")
    assert french.startswith("Sur 60 prévisions quotidiennes par catégorie arrivées à échéance, 30 sont")


def test_where_nothing_drifts_nothing_is_said():
    well = drifting("total") | {"is_drifting": False}
    assert names(expected.of_drift, company(forecast_accuracy=[well])) == []
