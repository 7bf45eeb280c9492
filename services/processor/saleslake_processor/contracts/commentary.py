"""Marts of what to tell: days that stand out, and findings for management with the cells they say."""

import dataframely as dy
import polars as pl

from saleslake_processor.contracts import columns as c

LANGUAGES = ("en", "fr")

TOPICS = (
    *("sales", "why", "invest", "reward", "customers", "returns"),
    *("discounts", "concentration", "pipeline", "anomaly", "outlook"),
)

MOST = 12
"""Findings of a company at most."""

OUTLYING = 3.5
"""Modified z-score from which a day stands out (Iglewicz and Hoaglin, 1993)."""

WEEKS = 52
"""Weeks that a company must have sold before any of its days can stand out."""

AROUND = 4
"""Weeks before a day, and after it, whose same weekdays say what was to be expected."""

HEAVY = 0.001
"""Part of the net of a year by which a day must miss what was to be expected."""

DIRECTIONS = ("above", "below")


class SalesAnomalies(dy.Schema):
    """One row per company and day whose net stands out among the same weekdays around it.

    Modified z-scores of Iglewicz and Hoaglin: 0.6745 (x - median of x) / MAD, where x is how far the net lies
    from what was to be expected, on a scale that is a logarithm far from 0 (docs/figures.md).
    """

    company = c.text("whose sales", primary=True)
    date = c.day("business date", primary=True)
    net_amount = c.money("sales less returned", required=True)
    expected_amount = c.money(
        f"median net of the same weekday in the {AROUND} weeks before and the {AROUND} after, as far as "
        "there are any",
        required=True,
    )
    difference_amount = c.money("net less expected", required=True)
    score_rate = c.rate(
        f"modified z-score, {OUTLYING} or more from 0; below 0 where less was sold", required=True
    )
    direction = c.choice("above or below what was to be expected", DIRECTIONS, required=True)

    @dy.rule()
    def net_less_expected_is_difference(cls) -> pl.Expr:
        return cls.net_amount.col - cls.expected_amount.col == cls.difference_amount.col

    @dy.rule()
    def days_stand_out(cls) -> pl.Expr:
        return cls.score_rate.col.abs() >= OUTLYING


class Commentary(dy.Schema):
    """One row per figure that a sentence says; the sentences of a company in each language, by rank.

    Every number, name and date of a sentence is a figure: a cell of another gold table. Sentences of both
    languages say the same figures, perhaps in another order. Thresholds: docs/figures.md.
    """

    company = c.text("whose commentary", primary=True)
    language = dy.String(
        primary_key=True, check=lambda column: column.is_in(LANGUAGES), description="en or fr"
    )
    period = c.day("first day of the last complete month (kpis)", primary=True)
    rank = c.count(f"1..{MOST}, by the money at stake", primary=True)
    figure = c.count("number of the figure in the sentence, from 1", primary=True)
    finding = c.text(
        "name of what was found, the same in both languages, such as net_sales_fell", required=True
    )
    topic = c.choice(f"what it is about: {', '.join(TOPICS)}", TOPICS, required=True)
    sentence = c.text("the whole sentence, the same in each row of it", required=True)
    shown = c.text("the figure as the sentence shows it", required=True)
    table_name = c.text("gold table of the figure", required=True)
    key = c.text("which row of it, as `saleslake why` takes it: column=value ...", required=True)
    column_name = c.text("column of it", required=True)
    value_text = c.text(
        "the cell in full: a decimal with its 4 places, a date as 2026-03-01, a double with all its digits",
        required=True,
    )
