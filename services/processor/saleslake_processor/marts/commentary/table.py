"""The findings of all companies, ranked, in both languages."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

import polars as pl

from saleslake_processor.contracts.commentary import LANGUAGES, MOST, Commentary
from saleslake_processor.marts.commentary import (
    causes,
    concentration,
    customers,
    expected,
    invest,
    odd_days,
    offers,
    people,
    pipeline,
    sales,
)
from saleslake_processor.marts.commentary.finding import Finding
from saleslake_processor.marts.commentary.printed import Locale
from saleslake_processor.marts.commentary.told import Told, told

Frames = Mapping[str, pl.LazyFrame]

FINDERS: tuple[Callable[[Told], Iterator[Finding]], ...] = (
    *(sales.of_the_month, sales.of_the_year, sales.of_the_margin, sales.of_rates),
    *(causes.of_categories, causes.of_orders, causes.of_new_customers),
    *(invest.of_regions, invest.of_products),
    *(people.of_sellers, people.of_signers),
    *(customers.to_thank, customers.slipping, customers.migrating),
    *(offers.of_returns, offers.of_discounts),
    *(concentration.of_product, concentration.of_customer, concentration.of_region_and_person),
    *(pipeline.untouched, pipeline.won, pipeline.open_for_long),
    odd_days.of_days,
    *(expected.of_outlook, expected.of_drift),
)

_SCHEMA = {name: column.dtype for name, column in Commentary.columns().items()}

OF_A_TOPIC = 3
"""Findings of one topic at most."""


def commentary(given: Frames) -> pl.LazyFrame:
    """What there is to say of each company's last complete month."""
    rows = []
    for company in told(given):
        findings = ranked(company)
        for language in LANGUAGES:
            to = Locale(language, company.currency)
            for rank, finding in enumerate(findings, 1):
                rows += [
                    {"company": company.company, **row} for row in finding.rows(company.period, rank, to)
                ]
    return pl.LazyFrame(rows, schema=_SCHEMA)


def ranked(company: Told) -> list[Finding]:
    """The findings of a company, those with the most money at stake first, equal ones by name and row."""
    found = [finding for finder in FINDERS for finding in finder(company)]
    found.sort(key=lambda each: (-each.stake, each.name, next(iter(each.figures.values())).key))
    topics: Counter[str] = Counter()
    kept = []
    for finding in found:
        topics[finding.topic] += 1
        if topics[finding.topic] <= OF_A_TOPIC:
            kept.append(finding)
    return kept[:MOST]
