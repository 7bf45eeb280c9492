"""What rose and fell: the month beside the one before and a year before, and the year to date."""

from collections.abc import Iterator
from decimal import Decimal

from saleslake_processor.marts.commentary.finding import Finding, Row
from saleslake_processor.marts.commentary.printed import changed, money, month, percent, year
from saleslake_processor.marts.commentary.told import Told, cell

STEP = 0.05
"""Part by which a figure must change to be told of."""

PART = "0.005"
"""Part of the net of a year that a change must come to."""

POINTS = Decimal("0.01")
"""Points by which a rate must change."""

_JANUARY, _DECEMBER = 1, 12

_SAYS = {
    "net_sales": ("Net sales", "le chiffre d'affaires net", "sales"),
    "signed_amount": ("Signed opportunities", "les opportunités signées", "pipeline"),
    "booked_amount": ("Bookings", "les réservations", "pipeline"),
}
"""The base of a company in both languages, and its topic."""


def of_the_month(told: Told) -> Iterator[Finding]:
    """The base of the month beside a year before and the month before, where either is another one."""
    row = told.kpi(told.base)
    if row is None:
        return
    bases = [basis for basis in ("year_before", "previous") if row[f"{basis}_change_rate"] is not None]
    if not any(_is_much(told, row, basis) for basis in bases):
        return
    way = _rose(row, bases[0])
    en, fr, topic = _SAYS[told.base]
    english = {"year_before": "the same month a year before", "previous": "the month before"}
    french = {"year_before": "qu'un an plus tôt", "previous": "que le mois précédent"}
    figures = {
        "month": cell("kpis", row, "period", month),
        "now": cell("kpis", row, "value", money),
    }
    said: dict[str, list[str]] = {"en": [], "fr": []}
    for basis in bases:
        figures[f"{basis}_change"] = cell("kpis", row, f"{basis}_change_rate", changed)
        figures[basis] = cell("kpis", row, basis, money)
        above = _rose(row, basis) == "rose"
        said["en"].append(
            f"{{{basis}_change}} {'above' if above else 'below'} {english[basis]} ({{{basis}}})"
        )
        said["fr"].append(
            f"{{{basis}_change}} de {'plus' if above else 'moins'} {french[basis]} ({{{basis}}})"
        )
    yield Finding(
        f"{told.base}_{way}",
        topic,
        max(abs(row["value"] - row[basis]) for basis in bases if _is_much(told, row, basis)),
        figures,
        en=f"{en} of {{month}} came to {{now}}: {' and '.join(said['en'])}.",
        fr=f"En {{month}}, {fr} s'élève{'' if fr.startswith('le ') else 'nt'} à {{now}} : "
        f"{' et '.join(said['fr'])}.",
    )


def of_the_year(told: Told) -> Iterator[Finding]:
    """Net sales of the year to date, or of the whole year, beside the same part of the year before."""
    row = told.kpi("net_sales", "year_to_date")
    if row is None or told.period.month == _JANUARY or not _is_much(told, row, "year_before"):
        return
    way = _rose(row, "year_before")
    above, plus = ("above", "plus") if way == "rose" else ("below", "moins")
    whole = told.period.month == _DECEMBER
    last = cell("kpis", row, "period", year if whole else month)
    yield Finding(
        f"year_{way}",
        "sales",
        abs(row["value"] - row["year_before"]),
        {
            "last": last,
            "now": cell("kpis", row, "value", money),
            "change": cell("kpis", row, "year_before_change_rate", changed),
            "then": cell("kpis", row, "year_before", money),
        },
        en=("Net sales of {last}" if whole else "From January to {last}, net sales")
        + f" came to {{now}}, {{change}} {above} "
        + ("the year before" if whole else "the same months a year before")
        + " ({then}).",
        fr=("En {last}, le" if whole else "De janvier à {last}, le")
        + f" chiffre d'affaires net s'élève à {{now}}, soit {{change}} de {plus} que "
        + ("l'année précédente" if whole else "sur la même période un an plus tôt")
        + " ({then}).",
    )


def of_the_margin(told: Told) -> Iterator[Finding]:
    """The margin as part of the net of the year to date, where the cost of nearly all of it is known."""
    rate, margin = told.kpi("margin_rate", "year_to_date"), told.kpi("margin", "year_to_date")
    net = told.kpi("net_sales", "year_to_date")
    if rate is None or margin is None or net is None or rate["year_before"] is None or not rate["value"]:
        return
    uncosted = net["value"] - margin["value"] / rate["value"]
    points = rate["value"] - rate["year_before"]
    stake = abs(points) * net["value"]
    if abs(points) < POINTS or stake < told.part(PART) or uncosted > net["value"] * Decimal(str(STEP)):
        return
    way = "rose" if points > 0 else "fell"
    yield Finding(
        f"margin_rate_{way}",
        "sales",
        stake,
        {
            "last": cell("kpis", rate, "period", month),
            "now": cell("kpis", rate, "value", percent),
            "then": cell("kpis", rate, "year_before", percent),
            "margin": cell("kpis", margin, "value", money),
        },
        en=f"From the start of the year to the end of {{last}}, the margin {way} to {{now}} of net sales of "
        "known cost, after {then} a year before; it came to {margin}.",
        fr=f"Du début de l'année à fin {{last}}, le taux de marge {'monte' if way == 'rose' else 'recule'} à "
        "{now} du chiffre d'affaires net de coût connu, contre {then} un an plus tôt ; la marge s'élève à "
        "{margin}.",
    )


def of_rates(told: Told) -> Iterator[Finding]:
    """Rates of discount and of return of the year to date that are other ones than a year before."""
    gross = told.kpi("gross_sales", "year_to_date")
    for kpi, topic, en, fr in (
        (
            "discount_rate",
            "discounts",
            "{now} of gross sales was let off",
            "les remises représentent {now} du brut",
        ),
        (
            "return_rate",
            "returns",
            "{now} of the units sold came back",
            "{now} des unités vendues sont revenues",
        ),
    ):
        row = told.kpi(kpi, "year_to_date")
        if row is None or gross is None or row["year_before"] is None:
            continue
        points = row["value"] - row["year_before"]
        stake = abs(points) * gross["value"]
        if abs(points) < POINTS or stake < told.part(PART):
            continue
        yield Finding(
            f"{kpi}_{'rose' if points > 0 else 'fell'}",
            topic,
            stake,
            {
                "first": cell("kpis", row, "period", month),
                "now": cell("kpis", row, "value", percent),
                "then": cell("kpis", row, "year_before", percent),
            },
            en=f"From the start of the year to the end of {{first}}, {en}, after {{then}} a year before.",
            fr=f"Du début de l'année à fin {{first}}, {fr}, contre {{then}} un an plus tôt.",
        )


def _is_much(told: Told, row: Row, basis: str) -> bool:
    rate = row[f"{basis}_change_rate"]
    if rate is None or abs(rate) < STEP:
        return False
    return bool(abs(row["value"] - row[basis]) >= told.part(PART))


def _rose(row: Row, basis: str) -> str:
    return "rose" if row["value"] >= row[basis] else "fell"
