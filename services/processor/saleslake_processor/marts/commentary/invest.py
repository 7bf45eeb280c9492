"""Where to invest, and where sales fade: regions by the year, products by their trend."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from saleslake_processor.marts.commentary.finding import Finding, Row
from saleslake_processor.marts.commentary.printed import changed, money, month, name
from saleslake_processor.marts.commentary.told import Told, cell

GROWTH = Decimal("0.1")
"""Part by which a region must have grown or shrunk, in the month and over the 12 months."""

PART = "0.0025"
"""Part of the net of a year that a region must win or lose in the month."""

LARGE = "0.01"
"""Part of it that a product must have brought."""

_FEW = 2
"""Regions and products of a direction that are told of."""

_YEAR = 12


def of_regions(told: Told) -> Iterator[Finding]:
    """Regions that grew, or shrank, in the month and in the 12 months, each against a year before."""
    regions: dict[int, dict[date, Row]] = defaultdict(dict)
    for row in told.known("sales_by_region", "region_key"):
        regions[row["region_key"]][row["month"]] = row
    then = told.period.replace(year=told.period.year - 1)
    found = []
    for months in regions.values():
        if told.months < 2 * _YEAR or told.period not in months or then not in months:
            continue
        now, before = months[told.period]["net_amount"], months[then]["net_amount"]
        this_year = sum(row["net_amount"] for at, row in months.items() if at > then)
        last_year = sum(row["net_amount"] for at, row in months.items() if at <= then)
        way = _way(now, before)
        if way and way == _way(this_year, last_year) and abs(now - before) >= told.part(PART):
            found.append((way, abs(now - before), months[told.period], months[then]))
    found.sort(key=lambda each: (-each[1], each[2]["region"], each[2]["region_key"]))
    for way in ("grew", "shrank"):
        for _, stake, row, old in [each for each in found if each[0] == way][:_FEW]:
            yield Finding(
                f"region_{way}",
                "invest",
                stake,
                {
                    "region": cell("sales_by_region", row, "region", name),
                    "month": cell("sales_by_region", row, "month", month),
                    "now": cell("sales_by_region", row, "net_amount", money),
                    "then": cell("sales_by_region", old, "net_amount", money),
                },
                en="{region} sold {now} in {month}, after {then} a year before; the twelve months have "
                f"{'risen' if way == 'grew' else 'fallen'} as well.",
                fr="La région {region} a réalisé {now} en {month}, contre {then} un an plus tôt ; sur douze "
                f"mois, elle est également en {'hausse' if way == 'grew' else 'baisse'}.",
            )


def of_products(told: Told) -> Iterator[Finding]:
    """Products of class A whose units rise or fall steadily."""
    for way, en, fr in (("rising", "grew", "progressent"), ("falling", "shrank", "reculent")):
        rows = [
            row
            for row in told.known("product_demand", "product_key")
            if (row["demand_class"], row["abc_class"]) == (way, "A")
            and row["months_since_first"] >= _YEAR - 1
            and row["trailing_net_amount"] >= told.part(LARGE)
        ]
        rows.sort(key=lambda row: (-_a_year(row), row["product"], row["product_key"]))
        for row in rows[:_FEW]:
            yield Finding(
                f"product_{way}",
                "invest",
                _a_year(row),
                {
                    "product": cell("product_demand", row, "product", name),
                    "trend": cell("product_demand", row, "trend_rate", changed),
                    "net": cell("product_demand", row, "trailing_net_amount", money),
                    "month": cell("product_demand", row, "month", month),
                },
                en=f"{{product}} is {way}: its units {en} by {{trend}} of their mean a month, and "
                f"it brought {{net}} "
                "in the twelve months to {month}.",
                fr=f"Les unités vendues du produit {{product}} {fr} de {{trend}} de leur moyenne par mois ; "
                "il a rapporté {net} sur les douze mois jusqu'à fin {month}.",
            )


def _way(now: Decimal, before: Decimal) -> str:
    if before <= 0 or abs(now - before) < GROWTH * before:
        return ""
    return "grew" if now > before else "shrank"


def _a_year(row: Row) -> Decimal:
    """What the trend makes of the net in a year, all of it at most."""
    trailing: Decimal = row["trailing_net_amount"]
    return trailing * min(Decimal(1), abs(Decimal(str(row["trend_rate"] or 0))) * _YEAR)
