"""Whom to reward, and who works much for little."""

from collections.abc import Iterator
from decimal import Decimal

from saleslake_processor.marts.commentary.finding import Finding, Row
from saleslake_processor.marts.commentary.printed import count, money, month, name, percent, times
from saleslake_processor.marts.commentary.told import Told, cell

AHEAD = 1.25
"""Results index from which somebody is ahead of the team."""

BUSY, BEHIND = 1.1, 0.75
"""Effort index from which, and results index up to which, somebody works much for little."""

_TEAM = 3
"""People that a month must have."""

_NO_TEAM = "unknown"
_CLOSED = 20
"""Opportunities that somebody must have closed for the win rate to be told."""


def of_sellers(told: Told) -> Iterator[Finding]:
    """Who sold the most beside the team in the month, and who had much effort and little result."""
    people = [
        row
        for row in told.known("sales_by_salesperson", "salesperson_key")
        if row["results_index"] is not None and row["effort_index"] is not None
    ]
    if len(people) < _TEAM:
        return
    ahead = max(people, key=lambda row: (row["results_index"], -row["rank"]))
    if ahead["results_index"] >= AHEAD:
        in_team = ahead["team"] != _NO_TEAM and sum(row["team"] == ahead["team"] for row in people) > 1
        others = ("team", "de l'équipe") if in_team else ("sales staff", "de la force de vente")
        yield Finding(
            "results_ahead",
            "reward",
            _beside(ahead),
            {
                "person": cell("sales_by_salesperson", ahead, "salesperson", name),
                "net": cell("sales_by_salesperson", ahead, "net_amount", money),
                "month": cell("sales_by_salesperson", ahead, "month", month),
                "index": cell("sales_by_salesperson", ahead, "results_index", times),
            },
            en=f"{{person}} sold {{net}} in {{month}}, {{index}} times the mean of the {others[0]}.",
            fr=f"{{person}} a vendu pour {{net}} en {{month}}, soit {{index}} fois la moyenne {others[1]}.",
        )
    behind = [row for row in people if row["effort_index"] >= BUSY and row["results_index"] <= BEHIND]
    for row in sorted(behind, key=lambda row: (-_beside(row), row["rank"]))[:1]:
        yield Finding(
            "much_effort_little_result",
            "reward",
            _beside(row),
            {
                "person": cell("sales_by_salesperson", row, "salesperson", name),
                "month": cell("sales_by_salesperson", row, "month", month),
                "effort": cell("sales_by_salesperson", row, "effort_index", times),
                "results": cell("sales_by_salesperson", row, "results_index", times),
            },
            en="{person} may need help: in {month}, {effort} times the mean effort brought {results} "
            "times the mean "
            "net.",
            fr="{person} a peut-être besoin d'aide : en {month}, un effort de {effort} fois la "
            "moyenne a donné "
            "{results} fois les ventes moyennes.",
        )


def of_signers(told: Told) -> Iterator[Finding]:
    """Who signed the most, of a company that is measured by what it signs."""
    if told.base != "signed_amount":
        return
    people = told.known("team_profile", "salesperson_key")
    if len(people) < _TEAM:
        return
    best = max(people, key=lambda row: (row["signed_amount"], -row["salesperson_key"]))
    if best["signed"] + best["lost"] < _CLOSED:
        return
    yield Finding(
        "signed_most",
        "reward",
        best["signed_amount"] * 12 / told.months,
        {
            "person": cell("team_profile", best, "salesperson", name),
            "signed": cell("team_profile", best, "signed", count),
            "amount": cell("team_profile", best, "signed_amount", money),
            "rate": cell("team_profile", best, "win_rate", percent),
        },
        en="{person} has signed the most so far: {signed} opportunities worth {amount}, {rate} of "
        "those closed.",
        fr="{person} a signé le plus à ce jour : {signed} opportunités pour {amount}, soit {rate} "
        "de celles closes.",
    )


def _beside(row: Row) -> Decimal:
    """How far the net lies from the mean that the results index is held to."""
    net: Decimal = row["net_amount"]
    return abs(net - net / Decimal(str(row["results_index"]))) if row["results_index"] else Decimal(0)
