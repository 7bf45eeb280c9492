"""The whole table: ranks, topics, both languages, any order of rows, and who has none."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from random import Random

import polars as pl
import pytest

from saleslake_processor.marts.commentary import table
from saleslake_processor.marts.commentary.finding import Figure, Finding
from saleslake_processor.marts.commentary.printed import Locale, count, day, gained, money, percent
from saleslake_processor.marts.graph import MARTS
from tests.unit.processor.commentary_rows import company, kpi
from tests.unit.processor.derived import Row, event, line, taken
from tests.unit.processor.gold import built, given

[MART] = [mart for mart in MARTS if mart.name == "commentary"]


def shop(months: int) -> list[Row]:
    """Sales that grow, of a few products, customers and people, some days a month."""
    random = Random(3)
    rows = [
        line(
            f"l{number}",
            order_id=f"o{number}",
            order_date=date(2024 + month // 12, 1 + month % 12, 1 + number % 27),
            product_id=f"p{number % 4}",
            customer_id=f"c{random.randrange(12)}",
            salesperson_id=f"s{number % 3}",
            quantity=str(1 + month // 4),
            unit_price=f"{10 + number % 4}.50",
        )
        for month in range(months)
        for number in range(month * 20, month * 20 + 20)
    ]
    return [*rows, *(event("product", f"p{number}", category_id="k") for number in range(4))]


@pytest.fixture(scope="module")
def gold() -> Mapping[str, pl.DataFrame]:
    return built(given(taken(*shop(27))))


def test_a_company_is_told_of_in_both_languages_by_the_same_figures(gold: Mapping[str, pl.DataFrame]):
    rows = gold["commentary"]
    english, french = (
        rows.filter(language=language).drop("language", "sentence", "shown") for language in ("en", "fr")
    )
    assert english.equals(french)
    assert {"year_rose", "net_sales_rose"} <= set(english["finding"])


def test_the_order_of_rows_does_not_matter(gold: Mapping[str, pl.DataFrame]):
    shuffled = {name: gold[name].sample(fraction=1, shuffle=True, seed=11).lazy() for name in MART.inputs}
    again = MART.build(shuffled).collect().sort(MART.contract.primary_key())
    assert again.select(MART.columns).equals(gold["commentary"])


def test_less_than_a_year_has_no_commentary():
    assert built(given(taken(*shop(11))))["commentary"].is_empty()


def test_two_currencies_have_no_commentary(gold: Mapping[str, pl.DataFrame]):
    said = {name: gold[name].lazy() for name in MART.inputs}
    number = pl.int_range(pl.len())
    currency = pl.when(number == 0).then(pl.lit("CHF")).otherwise("currency")
    said["fact_sales"] = said["fact_sales"].with_columns(currency=currency)
    assert MART.build(said).collect().is_empty()


def test_most_money_comes_first_and_a_topic_has_three(monkeypatch: pytest.MonkeyPatch):
    figure = Figure("kpis", kpi("net_sales", "1"), "value", money)

    def finding(name: str, topic: str, stake: int) -> Finding:
        return Finding(name, topic, Decimal(stake), {"now": figure}, "{now}", "{now}")

    many = [finding(f"s{number}", "sales", number) for number in range(5)]
    others = [finding("b", "why", 3), finding("a", "why", 3)]
    monkeypatch.setattr(table, "FINDERS", (lambda _: iter([*many, *others]),))
    ranked = table.ranked(company())
    assert [each.name for each in ranked] == ["s4", "a", "b", "s3", "s2"]
    assert max(Counter(each.topic for each in ranked).values()) == table.OF_A_TOPIC


@pytest.mark.parametrize(
    ("printed", "value", "english", "french"),
    [
        (money, Decimal("1234567.8950"), "1,234,567.90 EUR", "1\u202f234\u202f567,90\u00a0EUR"),
        (gained, Decimal("-0.005"), "-0.01 EUR", "-0,01\u00a0EUR"),
        (gained, Decimal("12"), "+12.00 EUR", "+12,00\u00a0EUR"),
        (percent, 0.12345, "12.3%", "12,3\u00a0%"),
        (percent, Decimal("0.1005"), "10.1%", "10,1\u00a0%"),
        (count, Decimal("12345.0000"), "12,345", "12\u202f345"),
        (day, date(2026, 8, 1), "1 August 2026", "1er août 2026"),
    ],
)
def test_figures_are_written_as_people_of_the_language_do(printed, value, english, french):
    assert printed(value, Locale("en", "EUR")) == english
    assert printed(value, Locale("fr", "EUR")) == french
