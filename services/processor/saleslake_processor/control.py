"""Control totals: what rows say that they are worth, by which what comes in is followed to where it went."""

from collections.abc import Sequence
from decimal import Decimal

import polars as pl

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.contracts.entities import Entity
from saleslake_processor.money import FINE, amount, fine, rounded, ticks

_BY_UNIT = rounded(ticks(pl.col("quantity")) * fine(pl.col("unit_price")), FINE, pl.lit(4))

_SAID = {
    "order": [fine(pl.col("total_amount")), fine(pl.col("subtotal_amount"))],
    "order_line": [fine(pl.col("sales_amount")), _BY_UNIT * (FINE // 10**MONEY.scale)],
    "return": [fine(pl.col("return_amount")), _BY_UNIT * (FINE // 10**MONEY.scale)],
    "opportunity": [fine(pl.col("opportunity_amount"))],
    "booking": [fine(pl.col("booked_amount"))],
}
"""Millionths of what a row says, the first that it does say, by entity; of others it says nothing."""

SUM = pl.Decimal(38, MONEY.scale)
"""Sums of amounts that nobody has judged yet."""

_MOST = 10**14
"""What gold's amounts hold, and more than anything that is sold."""


def said(entity: Entity) -> pl.Expr:
    """What a row says that it is worth, in its own currency, to four places; null where it does not."""
    if entity.name not in _SAID:
        return pl.lit(None, MONEY)
    whole = rounded(pl.coalesce(_SAID[entity.name]) * 10**MONEY.scale, FINE, pl.lit(MONEY.scale))
    held = pl.when(whole.abs() < _MOST * 10**MONEY.scale).then(whole)
    return amount(held)


def total(rows: pl.DataFrame, entity: Entity) -> Decimal | None:
    """The sum of what the rows say; none for entities that are no money."""
    return summed([rows.select(said(entity)).to_series()], entity)


def summed(amounts: Sequence[pl.Series], entity: Entity) -> Decimal | None:
    """The sum of such amounts; none for entities that are no money."""
    if entity.name not in _SAID:
        return None
    return sum((Decimal(each.cast(SUM).sum()) for each in amounts), Decimal(0))
