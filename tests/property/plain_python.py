"""What the processor's core should give, in plain Python: dictionaries, fractions, one row after the other.

It shares nothing with the core but the hash of the keys, by which ties are broken. Amounts are whole
ten-thousandths; a fraction becomes one by `rounded` alone.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.property.memory_lake import Event

TICKS = 10_000
STEPS_UP = 32
SHARED = ("order_date", "customer_id", "store_id", "place_id", "salesperson_id")

Row = dict[str, Any]
Keys = dict[tuple[str, str], int]


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


def winners(batches: dict[str, list[Event]]) -> dict[str, dict[str, Event]]:
    """The rows that are there now, by entity and id: the last version of each, unless it says deleted."""
    last: dict[tuple[str, str], tuple[tuple[Any, ...], Event]] = {}
    for batch, events in batches.items():
        for row, event in enumerate(events):
            at = (event["entity"], event[f"{event['entity']}_id"])
            later = (event["version"], batch, row)
            if at not in last or later > last[at][0]:
                last[at] = (later, event)
    found: dict[str, dict[str, Event]] = defaultdict(dict)
    for (entity, identifier), (_, event) in last.items():
        if not event.get("deleted"):
            found[entity][identifier] = event
    return found


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


@dataclass
class Core:
    """Facts by id, from the rows that are there now."""

    now: dict[str, dict[str, Event]]
    keys: Keys
    sold: dict[str, Row] = field(default_factory=dict)
    """Lines with a day, by id."""
    back: list[Row] = field(default_factory=list)
    """Returns, one row a line that they take back."""
    waiting: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        for identifier, line in self.now["order_line"].items():
            self._sell(identifier, line)
        for name in {line["order_id"] for line in self.sold.values()}:
            counted = [line for line in self.sold.values() if line["order_id"] == name and line["counted"]]
            fit(counted, self.now["order"].get(name, {}))
        for line in self.sold.values():
            line["discount"] = line["gross"] - line["sales"]
        left = {line["key"]: Fraction(line["quantity"]) for line in self.sold.values()}
        pairs = [pair for event in self._by_day() for pair in self._take_back(event, left)]
        self._value(pairs)
        linked = {pair["return_id"] for pair in pairs}
        for identifier, event in self.now["return"].items():
            if identifier not in linked:
                self._alone(identifier, event)

    def key(self, entity: str, identifier: str | None) -> int:
        return 0 if identifier is None else self.keys[entity, identifier]

    def root(self, category: str | None) -> str | None:
        for _ in range(STEPS_UP):
            category = self.now["category"].get(category or "", {}).get("parent_id") or category
        return category

    def _where(self, row: Row) -> Row:
        """Place, region and category of a sale."""
        place = (
            row.get("place_id")
            or self.now["store"].get(row.get("store_id") or "", {}).get("place_id")
            or self.now["customer"].get(row.get("customer_id") or "", {}).get("place_id")
        )
        at = self.now["place"].get(place or "", {})
        product = self.now["product"].get(row.get("product_id") or "", {})
        region = None if at.get("region") is None else f"{at.get('country') or ''}|{at['region']}"
        return {"place_id": place, "region_id": region, "category_id": self.root(product.get("category_id"))}

    def _sell(self, identifier: str, line: Event) -> None:
        order = self.now["order"].get(line["order_id"], {})
        row = dict(line)
        for name in SHARED:
            row[name] = line.get(name) if line.get(name) is not None else order.get(name)
        if row["order_date"] is None:
            self.waiting.add(("order_line", identifier))
            return
        row |= self._where(row) | priced(line, self.now["product"].get(line["product_id"], {}))
        row["counted"] = "cancelled" not in (line.get("status"), order.get("status"))
        row["key"] = self.keys["order_line", identifier]
        self.sold[identifier] = row

    def _by_day(self) -> list[Event]:
        """Returns as they came back; those without a day came back with the sale."""
        days = {day for event in self.now["return"].values() if (day := event["return_date"]) is not None}
        return sorted(
            self.now["return"].values(),
            key=lambda event: (
                event["return_date"] is not None,
                event["return_date"] or min(days, default=None),
                self.keys["return", event["return_id"]],
            ),
        )

    def _take_back(self, event: Event, left: dict[int, Fraction]) -> list[Row]:
        """The lines that a return takes back, and how many units of those that are left of each."""
        if event.get("order_line_id") is not None:
            lines = [line for name, line in self.sold.items() if name == event["order_line_id"]]
        else:
            named = [line for line in self.sold.values() if line["order_id"] == event.get("order_id")]
            wanted = event.get("product_id")
            lines = [line for line in named if wanted is None or line["product_id"] == wanted]
            lines = [line for line in lines if line["counted"]] or lines
        asked = fraction(event.get("quantity"))
        pairs = []
        for line in (ordered := sorted(lines, key=lambda line: line["key"])):
            there = max(left[line["key"]], Fraction(0))
            if asked is None:
                units = there
            else:
                units = asked if line is ordered[-1] else min(asked, there)
                asked -= units
            left[line["key"]] -= units
            pairs.append({**event, "line": line, "units": units})
        return [pair for pair in pairs if pair["units"]] or pairs[-1:]

    def _value(self, pairs: list[Row]) -> None:
        given = {}
        for event in {pair["return_id"]: pair for pair in pairs}.values():
            mine = [pair for pair in pairs if pair["return_id"] == event["return_id"]]
            weights = {pair["line"]["key"]: pair["units"] * pair["line"]["sales"] for pair in mine}
            if (amount := self._given(event)) is not None:
                places = event["line"].get("money_places", 2)
                given[event["return_id"]] = shared_out(amount, weights, places)
        until: dict[int, Fraction] = defaultdict(Fraction)
        for pair in pairs:
            line = pair["line"]
            before, after = until[line["key"]], until[line["key"]] + pair["units"]
            until[line["key"]] = after
            worth = {
                name: None
                if line[name] is None
                else self._part(line, name, after) - self._part(line, name, before)
                for name in ("sales", "cost")
            }
            refunded = given.get(pair["return_id"], {}).get(line["key"], worth["sales"])
            nothing = not line["counted"]
            self.back.append(
                {
                    name: line[name]
                    for name in ("order_date", *SHARED[1:], "product_id", "category_id", "region_id")
                }
                | {
                    "return_id": pair["return_id"],
                    "line_id": line["order_line_id"],
                    "return_date": pair["return_date"] or line["order_date"],
                    "units": 0 if nothing else pair["units"],
                    "refunded": 0 if nothing else refunded,
                    "cost": 0 if nothing else worth["cost"],
                }
            )

    @staticmethod
    def _part(line: Row, name: str, units: Fraction) -> int:
        exact = Fraction(line[name], TICKS) * units / Fraction(line["quantity"])
        return rounded(exact, line.get("money_places", 2))

    @staticmethod
    def _given(event: Row) -> int | None:
        amount = fraction(event.get("return_amount"))
        with_tax = 1 + Fraction(event.get("tax_rate", 0)) if event.get("prices_include_tax") else Fraction(1)
        return None if amount is None else rounded(amount / with_tax, event.get("money_places", 2))

    def _alone(self, identifier: str, event: Event) -> None:
        """A return whose sale is not known."""
        if event["return_date"] is None:
            self.waiting.add(("return", identifier))
            return
        product = self.now["product"].get(event.get("product_id") or "", {})
        units, places = fraction(event.get("quantity")), event.get("money_places", 2)
        with_tax = 1 + Fraction(event.get("tax_rate", 0)) if event.get("prices_include_tax") else Fraction(1)
        refunded, cost = self._given(event), None
        if units is not None and product.get("unit_cost") is not None:
            cost = rounded(units * Fraction(product["unit_cost"]), places)
        if refunded is None and units is not None and product.get("list_price") is not None:
            refunded = rounded(units * Fraction(product["list_price"]) / with_tax, places)
        row = {name: event.get(name) for name in ("customer_id", "store_id", "place_id", "product_id")}
        self.back.append(
            row
            | self._where(row)
            | {"return_id": identifier, "line_id": None, "return_date": event["return_date"]}
            | {"order_date": None, "salesperson_id": None}
            | {"units": units or 0, "refunded": refunded or 0, "cost": cost}
        )
