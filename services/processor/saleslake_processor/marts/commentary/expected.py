"""What is expected of the weeks ahead, and whether forecasts can be relied on."""

from collections.abc import Iterator
from decimal import Decimal

from saleslake_processor.marts.commentary.finding import Finding, Row
from saleslake_processor.marts.commentary.printed import changed, count, day, gained, money, word
from saleslake_processor.marts.commentary.told import Told, cell

_TABLE = "forecast_outlook"


def of_outlook(told: Told) -> Iterator[Finding]:
    """The sum of the weeks ahead and that of the days ahead, with bounds, beside a year before."""
    for row in told.rows[_TABLE]:
        if row["year_before"] is None or row["change_rate"] is None:
            continue
        above = row["forecast"] >= row["year_before"]
        figures = {
            "first": cell(_TABLE, row, "first_period", day),
            "periods": cell(_TABLE, row, "periods", count),
            "forecast": cell(_TABLE, row, "forecast", money),
            "low": cell(_TABLE, row, "lo80", money),
            "high": cell(_TABLE, row, "hi80", money),
            "change": cell(_TABLE, row, "change_rate", changed),
            "then": cell(_TABLE, row, "year_before", money),
        }
        english = (
            f"In the {{periods}} {'days' if row['freq'] == 'day' else 'weeks'} from {{first}}, net sales of "
            "{forecast} are to be expected, in 8 of 10 cases between {low} and {high}: "
            f"{{change}} {'above' if above else 'below'} the same time a year before ({{then}})"
        )
        french = (
            f"Sur les {{periods}} {'jours' if row['freq'] == 'day' else 'semaines'} à partir du {{first}}, "
            "on attend un chiffre d'affaires net de {forecast}, dans 8 cas sur 10 entre {low} et {high} : "
            f"{{change}} de {'plus' if above else 'moins'} que sur la même période un an plus tôt ({{then}})"
        )
        en, fr = _driven(row)
        if en:
            figures["driver"] = cell(_TABLE, row, "driver", word)
            figures["adds"] = cell(_TABLE, row, "driver_contribution", gained)
        yield Finding(
            f"outlook_{row['freq']}_{'above' if above else 'below'}",
            "outlook",
            abs(row["forecast"] - row["year_before"]),
            figures,
            en=f"{english}{en}.",
            fr=f"{french}{fr}.",
        )


def _driven(row: Row) -> tuple[str, str]:
    """What weighs most in it beside the level, where a group of reasons does."""
    if not row["driver"] or not row["driver_contribution"]:
        return "", ""
    return (
        "; beside the level of sales, what weighs most in it is {driver} ({adds})",
        " ; outre le niveau des ventes, ce qui y pèse le plus : {driver} ({adds})",
    )


def of_drift(told: Told) -> Iterator[Finding]:
    """Forecasts of the total, or else of the first level, whose actuals left their bounds too often."""
    rows = [row for row in told.rows["forecast_accuracy"] if row["is_drifting"]]
    for row in sorted(rows, key=lambda row: row["level"] != "total")[:1]:
        daily = row["freq"] == "day"
        yield Finding(
            "forecasts_drift",
            "outlook",
            told.part("0.01") if row["checked"] else Decimal(0),
            {
                "outside": cell("forecast_accuracy", row, "outside80", count),
                "checked": cell("forecast_accuracy", row, "checked", count),
                "level": cell("forecast_accuracy", row, "level", word),
            },
            en=f"Of {{checked}} {'daily' if daily else 'weekly'} forecasts {{level}} whose time has come, "
            "{outside} missed their 80% bounds, more than chance explains: something has changed that the "
            "model does not know.",
            fr=f"Sur {{checked}} prévisions {'quotidiennes' if daily else 'hebdomadaires'} {{level}} "
            "arrivées à échéance, {outside} sont sorties de leurs bornes à 80 %, plus que le hasard ne "
            "l'explique : quelque chose a changé que le modèle ignore.",
        )
