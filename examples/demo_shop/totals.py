"""The shop's own truth: what a right warehouse must come to, reckoned from the planned versions."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from demo_shop.amounts import rounded
from demo_shop.catalogue import CATEGORY_OF
from demo_shop.generate import days
from demo_shop.rows import CANCELLED, Return, Sale
from demo_shop.seasons import FIRST_DAY

_TAX = Decimal("1.20")
_MEASURES = (
    "lines",
    "units",
    "gross_amount",
    "discount_amount",
    "sales_amount",
    "returned_units",
    "returned_amount",
    "net_amount",
)

Totals = dict[str, int | Decimal]


def truth(seed: int, until: date, since: date = FIRST_DAY) -> dict[str, Any]:
    """The final totals of all that is exported from `since` to `until`.

    Keys: `rows` (what the files hold), `totals`, and the same measures in `by_month` (yyyy-mm of the order's
    final date), `by_category` (leaf), `by_top_category`, `by_region` (ship-to, else shop), `by_shop` and
    `by_product`; `refunded_by_month` (of the return's day) holds amounts. Amounts are Decimal euros without
    VAT, rounded per line, half away from zero to cents; `by_month` takes returns from the month of the sale.
    """
    rows: Totals = dict.fromkeys(("sales", "returns", "refused_sales", "refused_returns"), 0)
    rows |= {"repeated_sales": 0, "repeated_returns": 0}
    sales: dict[tuple[str, int], Sale] = {}
    returns: dict[str, Return] = {}
    seen: set[Sale | Return] = set()
    for day in days(seed, until, since):
        for sale in day.sales:
            _count(rows, "sales", sale, seen)
            key = (sale.order_id, sale.line)
            if not sale.flaw and (key not in sales or sale.updated_at >= sales[key].updated_at):
                sales[key] = sale
        for row in day.returns:
            _count(rows, "returns", row, seen)
            known = returns.get(row.return_id)
            if not row.flaw and (known is None or row.updated_at >= known.updated_at):
                returns[row.return_id] = row
    return {"seed": seed, "since": since, "until": until, "rows": rows, **_sums(sales, returns)}


def _count(rows: Totals, kind: str, row: Sale | Return, seen: set[Sale | Return]) -> None:
    rows[kind] += 1
    rows[f"refused_{kind}"] += bool(row.flaw)
    rows[f"repeated_{kind}"] += row in seen
    seen.add(row)


def _sums(sales: dict[tuple[str, int], Sale], returns: dict[str, Return]) -> dict[str, Any]:
    valid = {key: sale for key, sale in sales.items() if sale.status != CANCELLED}
    back: dict[tuple[str, int], list[Return]] = defaultdict(list)
    for row in returns.values():
        back[row.order_id, row.line].append(row)
    grains: dict[str, Callable[[Sale], str]] = {
        "by_month": lambda sale: f"{sale.order_date:%Y-%m}",
        "by_category": lambda sale: CATEGORY_OF[sale.product_id],
        "by_top_category": lambda sale: CATEGORY_OF[sale.product_id][:2] + "0",
        "by_region": lambda sale: sale.region,
        "by_shop": lambda sale: sale.shop_id,
        "by_product": lambda sale: sale.product_id,
    }
    totals = _nothing()
    by: dict[str, dict[str, Totals]] = {grain: defaultdict(_nothing) for grain in grains}
    refunded: dict[str, Decimal] = defaultdict(Decimal)
    for key, sale in valid.items():
        measures = _measures(sale, back.get(key, []), refunded)
        for sums in (totals, *(by[grain][of(sale)] for grain, of in grains.items())):
            for name, value in measures.items():
                sums[name] += value
    totals |= {
        "orders": len({sale.order_id for sale in valid.values()}),
        "customers": len({sale.customer_id for sale in valid.values()}),
        "cancelled_lines": len(sales) - len(valid),
        "returns": len(returns),
    }
    sorted_by = {grain: dict(sorted(sums.items())) for grain, sums in by.items()}
    return {"totals": totals, **sorted_by, "refunded_by_month": dict(sorted(refunded.items()))}


def _nothing() -> Totals:
    return {name: Decimal(0) if name.endswith("amount") else 0 for name in _MEASURES}


def _measures(sale: Sale, back: list[Return], refunded: dict[str, Decimal]) -> Totals:
    price, rate = Decimal(sale.unit_price) / 100, Decimal(sale.discount) / 1000
    gross = rounded(sale.quantity * price / _TAX)
    discount = rounded(sale.quantity * price * rate / _TAX)
    sold = gross - discount
    returned = Decimal(0)
    for row in back:
        share = rounded(sold * row.quantity / sale.quantity)
        refunded[f"{row.return_date:%Y-%m}"] += share
        returned += share
    units = sum(row.quantity for row in back)
    return dict(
        zip(
            _MEASURES,
            (1, sale.quantity, gross, discount, sold, units, returned, sold - returned),
            strict=True,
        )
    )
