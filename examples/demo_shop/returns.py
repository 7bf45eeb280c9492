"""Which sold lines come back, in part or whole, and what happens to the record of it."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from demo_shop.draw import Weighted, between, chance
from demo_shop.mishaps import CLOSING, DIRTY, OPENING, REPEATED, History
from demo_shop.paris import instant
from demo_shop.rows import BAD_DATE, BAD_QUANTITY, CANCELLED, Return, Sale

RETURNED = {"PAK": 0.05, "SUI": 0.042, "MOD": 0.033, "SRV": 0.013}
CHANGED = 0.012
_FLAWS = Weighted((BAD_DATE, BAD_QUANTITY), (1, 1))
_REASONS = Weighted(
    ("incompatible", "mauvais produit", "changement d'avis", "défaut de licence", "commande en double"),
    (30, 18, 28, 14, 10),
)


def returns_of(rng: Random, history: History) -> Iterator[tuple[date, Return]]:
    """The returns of an order with their days of export, after everything else has happened to it.

    A line has one return at most: what the shares of several returns are rounded to is not ours to say.
    """
    for sale in history.valid.values():
        if sale.status != CANCELLED and chance(rng, RETURNED[sale.product_id[:3]]):
            yield from _versions(rng, sale, history.last_export + timedelta(days=between(rng, 2, 28)))


def _versions(rng: Random, sale: Sale, day: date) -> Iterator[tuple[date, Return]]:
    quantity = sale.quantity
    if quantity > 1 and chance(rng, 0.55):
        quantity = between(rng, 1, quantity - 1)
    row = Return(
        return_id=f"RET-{sale.order_id[4:]}-{sale.line}",
        order_id=sale.order_id,
        line=sale.line,
        return_date=day,
        quantity=quantity,
        reason=_REASONS.pick(rng),
        updated_at=instant(day, between(rng, OPENING, CLOSING)),
    )
    if chance(rng, DIRTY):
        yield day, row._replace(flaw=_FLAWS.pick(rng))
        return
    yield day, row
    if chance(rng, REPEATED):
        yield day + timedelta(days=between(rng, 0, 1)), row
    if chance(rng, CHANGED):
        later = day + timedelta(days=between(rng, 1, 7))
        yield (
            later,
            row._replace(
                quantity=between(rng, 1, sale.quantity),
                reason=_REASONS.pick(rng),
                updated_at=instant(later, between(rng, OPENING, CLOSING)),
            ),
        )
