"""What a sales team is judged by: a figure for each period, beside those that it is compared with."""

import dataframely as dy

from saleslake_processor.contracts import columns as c

GRAINS = (
    "day",
    "week",
    "month",
    "quarter",
    "year_to_date",
    "fiscal_quarter",
    "fiscal_year_to_date",
    "rolling_12_months",
)

UNITS = {
    "net_sales": "amount",
    "sales": "amount",
    "gross_sales": "amount",
    "margin": "amount",
    "margin_rate": "rate",
    "orders": "count",
    "average_order": "amount",
    "units_per_order": "count",
    "customers": "count",
    "new_customers": "count",
    "repeat_rate": "rate",
    "return_rate": "rate",
    "discount_rate": "rate",
    "win_rate": "rate",
    "pipeline_value": "amount",
    "signed_amount": "amount",
    "booked_amount": "amount",
}
"""The unit of each kpi; formulas stand in `docs/figures.md`."""

_CHANGE = "null where that is not above 0; of a rate the relative change as well"


class Kpis(dy.Schema):
    """One row per company, grain, period and kpi, from the first period to the last in which the company had
    a sale or return (an opportunity, a booking), without gaps. Formulas: docs/figures.md."""

    company = c.text("whose figure", primary=True)
    grain = dy.String(
        primary_key=True,
        check=lambda column: column.is_in(GRAINS),
        description=f"length of the period: {', '.join(GRAINS)}; days tell only what adds up",
    )
    period = c.day(
        "first day of the period, of a week its Monday; where the grain counts to date, or the last 12 "
        "months, first day of the month at whose end it is measured",
        primary=True,
    )
    kpi = dy.String(
        primary_key=True,
        check=lambda column: column.is_in(list(UNITS)),
        description=f"which figure: {', '.join(UNITS)}",
    )
    unit = c.choice(
        "amount: money in the company's currency, without tax; count: how many; rate: 0..1",
        ("amount", "count", "rate"),
        required=True,
    )
    value = c.money(
        "the figure; sums and numbers exact, quotients rounded half away from zero to 4 places, null where "
        "what they are divided by is not above 0"
    )
    previous = c.money(
        "the figure of the period before; to date: of the same part of the year before; of the last 12 "
        "months: a month ago. Null before the first period"
    )
    previous_change_rate = c.rate(f"value less previous, as part of previous; {_CHANGE}")
    year_before = c.money(
        "the figure of the same period a year before, of a week 52 weeks before; null before the first period"
    )
    year_before_change_rate = c.rate(f"value less that of the year before, as part of it; {_CHANGE}")
    target = c.money(
        "what the company aims at (reference/targets.csv); of longer periods than a month the sum of their "
        "months', null where one has none, of days, weeks, and figures that do not add up over months"
    )
    attainment_rate = c.rate(
        "value as part of the target, above 1 where it is passed; null where that is 0 or less"
    )
    is_complete = dy.Bool(
        nullable=False,
        description="whether the period is over by as_of; of a company without sales by the day after the "
        "last one that its opportunities and bookings tell",
    )
