"""What becomes of opportunities: what nobody touched, what was won, what lies open for long."""

from collections.abc import Iterator
from decimal import Decimal

from saleslake_processor.marts.commentary.finding import Finding, Row
from saleslake_processor.marts.commentary.printed import count, month, name, percent
from saleslake_processor.marts.commentary.told import Told, cell

UNTOUCHED = 0.2
"""Part of somebody's opportunities that nobody has touched, from which it is told."""

POINTS = Decimal("0.03")
"""Points by which the win rate of twelve months must change."""

_GIVEN = 20
"""Opportunities that somebody must have been given."""


def untouched(told: Told) -> Iterator[Finding]:
    """Who has the largest part of the own opportunities untouched."""
    rows = [
        row
        for row in told.known("team_profile", "salesperson_key")
        if row["opportunities"] >= _GIVEN and row["never_touched_rate"] >= UNTOUCHED
    ]
    for row in sorted(rows, key=lambda row: (-row["never_touched_rate"], row["salesperson_key"]))[:1]:
        yield Finding(
            "opportunities_untouched",
            "pipeline",
            row["never_touched"] * _worth(told),
            {
                "person": cell("team_profile", row, "salesperson", name),
                "untouched": cell("team_profile", row, "never_touched", count),
                "given": cell("team_profile", row, "opportunities", count),
                "rate": cell("team_profile", row, "never_touched_rate", percent),
            },
            en="Of the {given} opportunities given to {person}, {untouched} were never touched ({rate}).",
            fr="Sur les {given} opportunités confiées à {person}, {untouched} n'ont jamais été traitées "
            "({rate}).",
        )


def won(told: Told) -> Iterator[Finding]:
    """The win rate of the last 12 months, where it is another one than a year before."""
    row = told.kpi("win_rate", "rolling_12_months")
    if row is None or row["year_before"] is None:
        return
    points = row["value"] - row["year_before"]
    if abs(points) < POINTS:
        return
    rose = points > 0
    yield Finding(
        f"win_rate_{'rose' if rose else 'fell'}",
        "pipeline",
        abs(points) * told.yearly,
        {
            "month": cell("kpis", row, "period", month),
            "now": cell("kpis", row, "value", percent),
            "then": cell("kpis", row, "year_before", percent),
        },
        en="{now} of the opportunities closed in the twelve months to {month} were signed, after "
        "{then} in the twelve "
        "months before.",
        fr="{now} des opportunités closes sur les douze mois jusqu'à fin {month} ont été signées, "
        "contre {then} sur "
        "les douze mois précédents.",
    )


def open_for_long(told: Told) -> Iterator[Finding]:
    """The month and team of which most opportunities lie open for more than half a year."""
    rows = [row for row in told.rows["opportunity_funnel"] if row["age_over_180"] >= _GIVEN and row["month"]]
    if not rows:
        return
    row = max(rows, key=lambda row: (row["age_over_180"], row["month"], row["team"], row["status"]))
    if row["team"] == "unknown":
        return
    yield Finding(
        "opportunities_open_for_long",
        "pipeline",
        row["age_over_180"] * _worth(told),
        {
            "number": cell("opportunity_funnel", row, "age_over_180", count),
            "month": cell("opportunity_funnel", row, "month", month),
            "team": cell("opportunity_funnel", row, "team", name),
        },
        en="{number} opportunities attributed to team {team} in {month} have been open for more "
        "than half a year.",
        fr="{number} opportunités attribuées à l'équipe {team} en {month} sont ouvertes depuis plus "
        "de six mois.",
    )


def _worth(told: Told) -> Decimal:
    """What an opportunity that is signed brings on average, as far as amounts are known."""
    signed: list[Row] = [row for row in told.rows["opportunity_funnel"] if row["status"] == "signed"]
    number = sum(row["opportunities"] for row in signed)
    worth = sum((row["opportunity_amount"] for row in signed), Decimal(0))
    return worth / number if number else Decimal(0)
