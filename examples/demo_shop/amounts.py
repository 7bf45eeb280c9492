"""How amounts are rounded, in both truths."""

from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")


def rounded(amount: Decimal) -> Decimal:
    """An amount to two places, half away from zero."""
    return amount.quantize(_CENT, ROUND_HALF_UP)
