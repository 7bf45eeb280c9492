"""What the processor's core should give, in plain Python: dictionaries, fractions, one row after the other.

It shares nothing with the core but the hash of the keys, by which ties are broken.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.property.plain_amounts import (
    REPORTING,
    TICKS,
    Event,
    Row,
    fit,
    fraction,
    priced,
    rounded,
    shared_out,
)
from tests.property.plain_rates import Rates, currency, price_at, takes_list_price, takes_unit_cost

STEPS_UP = 32
SHARED = ("order_date", "customer_id", "store_id", "place_id", "salesperson_id")

PRICED = (
    *(
        "quantity",
        "unit_price",
        "sales_amount",
        "discount_rate",
        "discount_amount",
        "unit_cost",
        "cost_amount",
    ),
    *("profit_amount", "tax_amount", "freight_amount", "tax_rate", "prices_include_tax", "money_places"),
)
"""What decides the amounts of a line by itself."""

Keys = dict[tuple[str, str], int]


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
    for (entity, identifier), (later, event) in last.items():
        if not event.get("deleted"):
            found[entity][identifier] = event | {"later": later}
    return found


@dataclass
class Core:
    """Facts by id, from the rows that are there now."""

    now: dict[str, dict[str, Event]]
    keys: Keys
    reporting: str = REPORTING
    sold: dict[str, Row] = field(default_factory=dict)
    """Lines with a day, by id."""
    back: list[Row] = field(default_factory=list)
    """Returns, one row a line that they take back."""
    waiting: set[tuple[str, str]] = field(default_factory=set)
    held: set[str] = field(default_factory=set)
    """Orders of which a line lacks an exchange rate."""
    known: dict[tuple[Any, ...], Row] = field(default_factory=dict)
    lines: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    """Lines with a day and their rates, by order."""

    def __post_init__(self) -> None:
        self.rates = Rates(self.now["exchange_rate"].values())
        for identifier, line in self.now["order_line"].items():
            self._sell(identifier, line)
        for identifier in [name for name, line in self.sold.items() if line["order_id"] in self.held]:
            del self.sold[identifier]
            self.waiting.add(("order_line", identifier))
        for line in self.sold.values():
            self.lines[line["order_id"]].append(line)
        for name, lines in self.lines.items():
            order = self.now["order"].get(name, {})
            if {line["of"] for line in lines} == {order.get("currency") or lines[0]["of"]}:
                fit([line for line in lines if line["counted"]], order)
        for line in self.sold.values():
            line["discount"] = line["gross"] - line["sales"]
            self._convert(line)
        left = {line["key"]: Fraction(line["quantity"]) for line in self.sold.values()}
        pairs = [pair for event in self._by_day() for pair in self._take_back(event, left)]
        self._value(pairs)
        linked = {pair["return_id"] for pair in pairs}
        for identifier, event in self.now["return"].items():
            if identifier not in linked and ("return", identifier) not in self.waiting:
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
        product = self.now["product"].get(line["product_id"], {})
        row["of"] = line.get("currency") or currency(order | {"source_currency": line["source_currency"]})
        own = self.rates.worth(row["of"], self.reporting, row["order_date"])
        listed: Fraction | None = Fraction(1)
        cost = own
        if takes_list_price(line, product):
            listed = self.rates.worth(currency(product), row["of"], row["order_date"])
        if takes_unit_cost(line, product):
            cost = self.rates.worth(currency(product), self.reporting, row["order_date"])
        row |= {"rate": own, "cost_rate": cost}
        self.sold[identifier] = row
        if None in (own, listed, cost):
            self.held.add(line["order_id"])
            return
        row |= self._where(row) | self._priced(line, price_at(product, listed))
        row["counted"] = "cancelled" not in (line.get("status"), order.get("status"))
        row["key"] = self.keys["order_line", identifier]

    def _priced(self, line: Event, product: Event) -> Row:
        """What equal lines come to is worked out once."""
        said = (*(line.get(name) for name in PRICED), product.get("list_price"), product.get("unit_cost"))
        if said not in self.known:
            self.known[said] = priced(line, product)
        return self.known[said]

    def _convert(self, line: Row) -> None:
        """Amounts in the company's currency; `original_...` in the line's own."""
        places = line.get("money_places", 2)
        for name in ("gross", "discount", "sales", "tax", "freight"):
            line[f"original_{name}"] = line[name]
            if line["rate"] != 1:
                line[name] = rounded(Fraction(line[name], TICKS) * line["rate"], places)
        line["sales"] = line["gross"] - line["discount"]
        if line["cost"] is not None and line["cost_rate"] != 1:
            line["cost"] = rounded(Fraction(line["cost"], TICKS) * line["cost_rate"], places)

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
        line = self.now["order_line"].get(event.get("order_line_id") or "", {})
        if line.get("order_id", event.get("order_id")) in self.held:
            self.waiting.add(("return", event["return_id"]))
            return []
        if event.get("order_line_id") is not None:
            lines = [self.sold[name] for name in (event["order_line_id"],) if name in self.sold]
        else:
            named = self.lines.get(event.get("order_id") or "", [])
            wanted = event.get("product_id")
            lines = [line for line in named if wanted is None or line["product_id"] == wanted]
            lines = [line for line in lines if line["counted"]] or lines
        if any(self._in_company_currency(event, line, 0) is None for line in lines):
            self.waiting.add(("return", event["return_id"]))
            return []
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
        of_return: dict[str, list[Row]] = defaultdict(list)
        for pair in pairs:
            of_return[pair["return_id"]].append(pair)
        for mine in of_return.values():
            event = mine[-1]
            weights = {pair["line"]["key"]: pair["units"] * pair["line"]["sales"] for pair in mine}
            if (amount := self._given(event)) is not None:
                places = event["line"].get("money_places", 2)
                given[event["return_id"]] = shared_out(amount, weights, places)
        until: dict[int, Fraction] = defaultdict(Fraction)
        given_until: dict[int, int] = defaultdict(int)
        for pair in pairs:
            line = pair["line"]
            before, after = until[line["key"]], until[line["key"]] + pair["units"]
            until[line["key"]] = after
            worth = {
                name: None
                if line[name] is None
                else self._part(line, name, after) - self._part(line, name, before)
                for name in ("sales", "cost", "original_sales")
            }
            part = given.get(pair["return_id"], {}).get(line["key"])
            refunded = worth["sales"] if part is None else self._in_company_currency(pair, line, part)
            if part is not None and currency(pair) == line["of"]:
                so_far = given_until[line["key"]]
                given_until[line["key"]] = so_far + part
                now, then = (self._in_company_currency(pair, line, each) for each in (so_far + part, so_far))
                refunded = None if now is None or then is None else now - then
            original = worth["original_sales"] if part is None else part
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
                    "original_refunded": 0 if nothing else original,
                    "of": line["of"] if part is None else currency(pair),
                    "cost": 0 if nothing else worth["cost"],
                }
            )

    @staticmethod
    def _part(line: Row, name: str, units: Fraction) -> int:
        exact = Fraction(line[name], TICKS) * units / Fraction(line["quantity"])
        return rounded(exact, line.get("money_places", 2))

    def _in_company_currency(self, event: Row, line: Row, part: int) -> int | None:
        """What a return of a line gave back, from its own currency; None where no rate is known."""
        if self._given(event) is None or currency(event) == self.reporting:
            return part
        rate = self.rates.worth(currency(event), self.reporting, line["order_date"])
        if currency(event) == line["of"] and line["original_sales"]:
            rate = Fraction(line["sales"], line["original_sales"])
        return None if rate is None else rounded(Fraction(part, TICKS) * rate, line.get("money_places", 2))

    @staticmethod
    def _given(event: Row) -> int | None:
        amount, price = fraction(event.get("return_amount")), fraction(event.get("unit_price"))
        units = fraction(event.get("quantity"))
        if amount is None and price is not None and units is not None:
            amount = units * price
        with_tax = 1 + Fraction(event.get("tax_rate", 0)) if event.get("prices_include_tax") else Fraction(1)
        return None if amount is None else rounded(amount / with_tax, event.get("money_places", 2))

    def _alone(self, identifier: str, event: Event) -> None:
        """A return whose sale is not known."""
        if event["return_date"] is None:
            self.waiting.add(("return", identifier))
            return
        product = self.now["product"].get(event.get("product_id") or "", {})
        units, places, day = (
            fraction(event.get("quantity")),
            event.get("money_places", 2),
            event["return_date"],
        )
        with_tax = 1 + Fraction(event.get("tax_rate", 0)) if event.get("prices_include_tax") else Fraction(1)
        given, cost = self._given(event), None
        own: Fraction | None = Fraction(1)
        of_cost: Fraction | None = Fraction(1)
        if given is None and units is not None and product.get("list_price") is not None:
            listed = self.rates.worth(currency(product), currency(event), day)
            if listed is None:
                self.waiting.add(("return", identifier))
                return
            given = rounded(units * Fraction(price_at(product, listed)["list_price"]) / with_tax, places)
        if given is not None:
            own = self.rates.worth(currency(event), self.reporting, day)
        if units is not None and product.get("unit_cost") is not None:
            of_cost = self.rates.worth(currency(product), self.reporting, day)
            cost = rounded(units * Fraction(product["unit_cost"]), places)
        if own is None or of_cost is None:
            self.waiting.add(("return", identifier))
            return
        row = {name: event.get(name) for name in ("customer_id", "store_id", "place_id", "product_id")}
        self.back.append(
            row
            | self._where(row)
            | {"return_id": identifier, "line_id": None, "return_date": day}
            | {"order_date": None, "salesperson_id": None, "units": units or 0}
            | {"refunded": rounded(Fraction(given or 0, TICKS) * own, places)}
            | {"original_refunded": given or 0, "of": currency(event)}
            | {"cost": None if cost is None else rounded(Fraction(cost, TICKS) * of_cost, places)}
        )
