"""Why the net changed, as far as arithmetic tells: categories, effects, orders, and who bought."""

from collections.abc import Iterator
from decimal import Decimal

from saleslake_processor.marts.commentary.finding import Finding, Row
from saleslake_processor.marts.commentary.printed import changed, count, gained, money, month, moved, name
from saleslake_processor.marts.commentary.sales import PART, STEP
from saleslake_processor.marts.commentary.told import Told, cell

SHARE = Decimal("0.2")
"""Part of a category's change that an effect must come to, to be named."""

FEWER = 0.1
"""Part by which the number of new customers must change."""

_FEW = 2
"""Categories that are told of."""

_EFFECTS = {
    "price_effect_amount": ("price", "prix"),
    "volume_effect_amount": ("volume", "volumes"),
    "mix_effect_amount": ("mix of products", "mix produits"),
    "new_products_amount": ("products not sold then", "produits non vendus alors"),
    "lost_products_amount": ("products sold only then", "produits vendus alors seulement"),
}


def of_categories(told: Told) -> Iterator[Finding]:
    """Categories whose net changed the most, and the effects that make up the change."""
    rows = told.rows["price_volume_mix"]
    yearly = [row for row in rows if row["basis"] == "year before"]
    held = yearly or [row for row in rows if row["basis"] == "previous month"]
    much = [row for row in held if _is_much(told, row)]
    for row in sorted(much, key=lambda row: (-abs(row["change_amount"]), row["category"]))[:_FEW]:
        change = row["change_amount"]
        effects = {
            column: words for column, words in _EFFECTS.items() if abs(row[column]) >= abs(change) * SHARE
        }
        order = sorted(effects, key=lambda column: (-abs(row[column]), column))
        above, plus = ("more", "plus") if change > 0 else ("less", "moins")
        en = "a year before" if yearly else "the month before"
        fr = "qu'un an plus tôt" if yearly else "que le mois précédent"
        listed = [", ".join(f"{effects[name][at]} {{{name}}}" for name in order) for at in (0, 1)]
        yield Finding(
            f"category_{'rose' if change > 0 else 'fell'}",
            "why",
            abs(change),
            {
                "category": cell("price_volume_mix", row, "category", name),
                "month": cell("price_volume_mix", row, "month", month),
                "net": cell("price_volume_mix", row, "net_amount", money),
                "change": cell("price_volume_mix", row, "change_amount", moved),
                **{column: cell("price_volume_mix", row, column, gained) for column in order},
            },
            en=f"{{category}} sold {{net}} in {{month}}, {{change}} {above} than {en}. It came "
            f"from: {listed[0]}.",
            fr=f"La catégorie {{category}} a réalisé {{net}} en {{month}}, soit {{change}} de {plus} {fr}. "
            f"Origine de l'écart : {listed[1]}.",
        )


def of_orders(told: Told) -> Iterator[Finding]:
    """Number of orders and their average, where either moved the net away from that of a year before."""
    orders, average, net = (told.kpi(kpi) for kpi in ("orders", "average_order", "net_sales"))
    if orders is None or average is None or net is None or net["year_before"] is None:
        return
    rates = [row["year_before_change_rate"] for row in (orders, average)]
    if average["year_before"] is None or None in rates or max(map(abs, rates)) < STEP:
        return
    by_number = abs(orders["value"] - orders["year_before"]) * average["year_before"]
    by_size = abs(average["value"] - average["year_before"]) * orders["value"]
    moved_by = abs(net["value"] - net["year_before"])
    if moved_by < told.part(PART):
        return
    cause = "number" if by_number >= by_size else "size"
    more = ["more" if rate > 0 else "fewer" for rate in rates]
    yield Finding(
        f"orders_by_{cause}",
        "why",
        # One may make up for the other: no more is at stake than what the net moved by.
        min(max(by_number, by_size), moved_by),
        {
            "month": cell("kpis", orders, "period", month),
            "orders": cell("kpis", orders, "value", count),
            "orders_change": cell("kpis", orders, "year_before_change_rate", changed),
            "average": cell("kpis", average, "value", money),
            "average_change": cell("kpis", average, "year_before_change_rate", changed),
        },
        en=f"There were {{orders}} orders in {{month}}, {{orders_change}} {more[0]} than a year "
        f"before; the average "
        f"order was {{average}}, {{average_change}} {'more' if rates[1] > 0 else 'less'}.",
        fr=f"{{orders}} commandes ont été passées en {{month}}, soit {{orders_change}} de "
        f"{_plus(rates[0])} qu'un "
        f"an plus tôt ; le panier moyen est de {{average}}, soit {{average_change}} de {_plus(rates[1])}.",
    )


def of_new_customers(told: Told) -> Iterator[Finding]:
    """How many of the month's customers were new, where that is another number than a year before."""
    new, every, average = (told.kpi(kpi) for kpi in ("new_customers", "customers", "average_order"))
    if new is None or every is None or average is None or new["year_before_change_rate"] is None:
        return
    rate = new["year_before_change_rate"]
    stake = abs(new["value"] - new["year_before"]) * average["value"]
    if abs(rate) < FEWER or stake < told.part(PART) / 2:
        return
    yield Finding(
        f"new_customers_{'rose' if rate > 0 else 'fell'}",
        "customers",
        stake,
        {
            "month": cell("kpis", new, "period", month),
            "every": cell("kpis", every, "value", count),
            "new": cell("kpis", new, "value", count),
            "change": cell("kpis", new, "year_before_change_rate", changed),
            "then": cell("kpis", new, "year_before", count),
        },
        en="Of {every} customers who bought in {month}, {new} were new, {change} "
        f"{'more' if rate > 0 else 'fewer'} than the {{then}} of a year before.",
        fr="Sur {every} clients ayant acheté en {month}, {new} sont nouveaux, soit {change} de "
        f"{_plus(rate)} que les {{then}} d'un an plus tôt.",
    )


def _is_much(told: Told, row: Row) -> bool:
    change, before = abs(row["change_amount"]), row["previous_net_amount"]
    return bool(change >= told.part(PART) and float(change) >= STEP * float(before))


def _plus(rate: float) -> str:
    return "plus" if rate > 0 else "moins"
