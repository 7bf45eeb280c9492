"""What order lines come to by themselves and by their order, in plain Python.

Amounts are whole ten-thousandths; a fraction becomes one by `rounded` alone.
"""

from fractions import Fraction
from typing import Any

TICKS = 10_000

Row = dict[str, Any]

Event = dict[str, Any]
"""One observed version: `entity`, `version`, `deleted`, and fields by name, the id among them."""

REPORTING = "EUR"


def rounded(exact: Fraction, places: int) -> int:
    """An amount as ticks: half away from zero, to the decimal places."""
    steps = abs(exact) * 10**places
    whole = int(steps + Fraction(1, 2)) * (TICKS // int(10**places))
    return whole if exact >= 0 else -whole


def shared_out(total: int, weights: dict[int, Any], places: int) -> dict[int, int]:
    """The total by the rows' keys, in proportion to the weights, by largest remainder."""
    step = TICKS // 10**places
    weights = {key: abs(weight) for key, weight in weights.items()}
    if not any(weights.values()):
        weights = dict.fromkeys(weights, 1)
    exact = {
        key: Fraction(abs(total), step) * weight / sum(weights.values()) for key, weight in weights.items()
    }
    shares = {key: int(share) for key, share in exact.items()}
    left = abs(total) // step - sum(shares.values())
    for key in sorted(exact, key=lambda key: (shares[key] - exact[key], key))[:left]:
        shares[key] += 1
    return {key: share * step * (1 if total >= 0 else -1) for key, share in shares.items()}


def fraction(value: Any) -> Fraction | None:
    return None if value is None else Fraction(value)


def priced(line: Row, product: Event) -> Row:
    """The amounts of a line by itself, as ticks."""
    places, rate = line.get("money_places", 2), Fraction(line.get("tax_rate", 0))
    with_tax = 1 + rate if line.get("prices_include_tax") else Fraction(1)
    quantity = Fraction(line["quantity"])
    own, listed = fraction(line.get("unit_price")), fraction(product.get("list_price"))
    said, off, amount_off = (
        fraction(line.get(name)) for name in ("sales_amount", "discount_rate", "discount_amount")
    )
    price = own if own is not None else listed
    if own is not None or (said is None and price is not None):
        full = quantity * (price or 0)
    elif said is None:
        full = off = amount_off = Fraction(0)
    elif off is None:
        full = said + (amount_off or 0)
    elif off < 1:
        full = said / (1 - off)
    else:
        full = quantity * (price or 0)
    gross = rounded(full / with_tax, places)
    less = amount_off if amount_off is not None else full * (off or 0)
    sales = gross - rounded(less / with_tax, places) if said is None else rounded(said / with_tax, places)
    paid = rounded(said if said is not None else full - less, places)
    tax = paid - sales if line.get("prices_include_tax") else rounded(Fraction(sales, TICKS) * rate, places)
    if line.get("tax_amount") is not None:
        tax = rounded(Fraction(line["tax_amount"]), places)
    return {
        "gross": gross,
        "sales": sales,
        "tax": tax,
        "freight": rounded(Fraction(line.get("freight_amount") or 0), places),
        "cost": _cost(line, product, quantity, sales, places),
    }


def _cost(line: Row, product: Event, quantity: Fraction, sales: int, places: int) -> int | None:
    if line.get("cost_amount") is not None:
        return rounded(Fraction(line["cost_amount"]), places)
    if line.get("profit_amount") is not None:
        return sales - rounded(Fraction(line["profit_amount"]), places)
    for unit in (line.get("unit_cost"), product.get("unit_cost")):
        if unit is not None:
            return rounded(quantity * Fraction(unit), places)
    return None


def fit(lines: list[Row], order: Event) -> None:
    """Sales, freight and tax of an order's lines brought to what the order says."""
    if not lines or all(
        order.get(f"{name}_amount") is None for name in ("subtotal", "tax", "freight", "total")
    ):
        return
    first = lines[0]
    places = first.get("money_places", 2)
    rate = Fraction(first.get("tax_rate", 0))
    with_tax = 1 + rate if first.get("prices_include_tax") else Fraction(1)

    def said(name: str, divisor: Fraction = Fraction(1)) -> int | None:
        value = order.get(name)
        return None if value is None else rounded(Fraction(value) / divisor, places)

    def give(name: str, target: int | None) -> None:
        if target is not None:
            shares = shared_out(target, {line["key"]: line["sales"] for line in lines}, places)
            for line in lines:
                line[name] = shares[line["key"]]

    def summed(name: str) -> int:
        return sum(line[name] for line in lines)

    subtotal, priced_at = said("subtotal_amount", with_tax), summed("sales")
    paid = said("subtotal_amount") or 0
    own = all(line.get("unit_price") is not None or line.get("sales_amount") is not None for line in lines)
    slack = len(lines) * max(TICKS // 10**places, TICKS // 100)
    misses = subtotal is not None and own and subtotal > priced_at + slack
    if subtotal is not None and not misses and subtotal != priced_at:
        before = {line["key"]: line["sales"] for line in lines}
        give("sales", subtotal)
        moved = any(line["sales"] != before[line["key"]] for line in lines)
        if moved and all(line.get("tax_amount") is None for line in lines):
            if first.get("prices_include_tax"):
                give("tax", paid - subtotal)
            else:
                for line in lines:
                    line["tax"] = rounded(
                        Fraction(line["sales"], TICKS) * Fraction(line.get("tax_rate", 0)), places
                    )
    give("freight", said("freight_amount"))
    tax, total = said("tax_amount"), said("total_amount")
    whole = summed("sales") if subtotal is None else subtotal
    if tax is None and total is not None and total >= whole + summed("freight"):
        tax = total - whole - summed("freight")
    if tax is not None and misses and priced_at >= 0:
        tax = rounded(Fraction(tax, TICKS) * priced_at / max(whole, 1), places)
    give("tax", tax)
    for line in lines:
        line["gross"] = max(line["gross"], line["sales"])
