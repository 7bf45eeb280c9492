"""What a right warehouse must come to for Geneva, in francs and in the company's euros."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from demo_shop.amounts import rounded
from demo_shop.catalogue import CATEGORY_OF
from demo_shop.geneva import rates, sales
from demo_shop.geneva.customers import OPENED_ON
from demo_shop.geneva.sales import GenevaSale
from demo_shop.paris import local_day
from demo_shop.prices import PriceList
from demo_shop.rows import CANCELLED

_TAX = Decimal("1.081")
_MEASURES = (
    "lines",
    "waiting_lines",
    "units",
    "gross_amount_chf",
    "discount_amount_chf",
    "sales_amount_chf",
    "gross_amount",
    "discount_amount",
    "sales_amount",
)

Totals = dict[str, int | Decimal]


def truth(seed: int, until: date, since: date = OPENED_ON) -> dict[str, Any]:
    """The final totals of what Geneva exports from `since` to `until`, by the rates published until then.

    Keys: `rows`, `repeated_rows`, `totals`, and the same measures `by_month` (yyyy-mm of the local day of the
    order), `by_category` (leaf) and `by_product`. Amounts are without VAT and rounded per line, half away
    from zero to two places: in francs (`*_amount_chf`), and those times the rate of the order's local day in
    euros (`*_amount`). A line that no rate of that day or the seven before it covers yet is counted in
    `waiting_lines` and in francs, and in no euros.
    """
    prices = PriceList(seed, until)
    last: dict[tuple[str, int], GenevaSale] = {}
    seen: set[GenevaSale] = set()
    rows = 0
    for _, exported in sales.days(seed, prices, until, since):
        rows += len(exported)
        for row in exported:
            seen.add(row)
            key = (row.order_id, row.line)
            if key not in last or row.updated_at >= last[key].updated_at:
                last[key] = row
    valid = [row for row in last.values() if row.status != CANCELLED]
    sums = _sums(valid, rates.by_day(rates.rates(seed, until)))
    sums["totals"] |= {
        "orders": len({row.order_id for row in valid}),
        "customers": len({row.customer_id for row in valid}),
        "cancelled_lines": len(last) - len(valid),
    }
    counts = {"rows": rows, "repeated_rows": rows - len(seen)}
    return {"seed": seed, "since": since, "until": until, **counts, **sums}


def _sums(lines: list[GenevaSale], known: dict[date, Decimal]) -> dict[str, Any]:
    grains: dict[str, Callable[[GenevaSale], str]] = {
        "by_month": lambda row: f"{local_day(row.ordered_at):%Y-%m}",
        "by_category": lambda row: CATEGORY_OF[row.product_id],
        "by_product": lambda row: row.product_id,
    }
    totals = _nothing()
    by: dict[str, dict[str, Totals]] = {grain: defaultdict(_nothing) for grain in grains}
    for row in lines:
        measures = _measures(row, rates.rate_on(local_day(row.ordered_at), known))
        for sums in (totals, *(by[grain][of(row)] for grain, of in grains.items())):
            for name, value in measures.items():
                sums[name] += value
    sorted_by = {grain: dict(sorted(sums.items())) for grain, sums in by.items()}
    return {"totals": totals, **sorted_by}


def _nothing() -> Totals:
    return {name: Decimal(0) if "amount" in name else 0 for name in _MEASURES}


def _measures(row: GenevaSale, rate: Decimal | None) -> Totals:
    with_tax = row.quantity * Decimal(row.unit_price) / 100
    gross = rounded(with_tax / _TAX)
    discount = rounded(with_tax * row.discount / 1000 / _TAX)
    euros = rounded(gross * rate) if rate else Decimal(0)
    let_off = rounded(discount * rate) if rate else Decimal(0)
    francs = (gross, discount, gross - discount)
    counts = (1, 0 if rate else 1, row.quantity)
    return dict(zip(_MEASURES, (*counts, *francs, euros, let_off, euros - let_off), strict=True))
