"""Days of the month that stand out."""

from collections.abc import Iterator

from saleslake_processor.marts.commentary.finding import Finding
from saleslake_processor.marts.commentary.printed import day, money
from saleslake_processor.marts.commentary.told import Told, cell

_FEW = 2
"""Days that are told of."""


def of_days(told: Told) -> Iterator[Finding]:
    """The days that missed what was to be expected by the most."""
    rows = sorted(told.rows["sales_anomalies"], key=lambda row: (-abs(row["difference_amount"]), row["date"]))
    for row in rows[:_FEW]:
        yield Finding(
            f"day_{row['direction']}",
            "anomaly",
            abs(row["difference_amount"]),
            {
                "day": cell("sales_anomalies", row, "date", day),
                "net": cell("sales_anomalies", row, "net_amount", money),
                "expected": cell("sales_anomalies", row, "expected_amount", money),
            },
            en="On {day}, net sales were {net}; by the same weekdays around it, {expected} was to "
            "be expected.",
            fr="Le {day}, le chiffre d'affaires net a été de {net} ; d'après les mêmes jours de la "
            "semaine autour "
            "de cette date, on attendait {expected}.",
        )
