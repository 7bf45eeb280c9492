"""Exchange rates in plain Python: what a currency is worth on a day, and who asks."""

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

from tests.property.plain_amounts import Event


class Rates:
    """The rates that are there now; of two for one day and pair the later version."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._known = {
            (event["from_currency"], event["to_currency"], event["rate_date"]): Fraction(event["rate"])
            for event in sorted(events, key=lambda event: event["later"])
        }

    def worth(self, of: str, into: str, day: date) -> Fraction | None:
        """Units of one currency for one of another: its own rates of a week before those turned over."""
        if of == into:
            return Fraction(1)
        week = [day - timedelta(days=back) for back in range(8)]
        own = [self._known[of, into, each] for each in week if (of, into, each) in self._known]
        turned = [1 / self._known[into, of, each] for each in week if (into, of, each) in self._known]
        return next(iter(own + turned), None)


def currency(row: Event) -> str:
    """A row's own, else its source's."""
    found: str = row.get("currency") or row["source_currency"]
    return found


def takes_list_price(line: Event, product: Event) -> bool:
    """Whether the product's price makes the line's amounts."""
    said = line.get("sales_amount") is not None and line.get("discount_rate") != 1
    return line.get("unit_price") is None and product.get("list_price") is not None and not said


def takes_unit_cost(line: Event, product: Event) -> bool:
    """Whether the product's cost makes the line's."""
    own = [line.get(name) for name in ("cost_amount", "profit_amount", "unit_cost")]
    return product.get("unit_cost") is not None and all(each is None for each in own)


def price_at(product: Event, rate: Fraction | None) -> Event:
    """The product with its price by a rate, to the millionth, half up."""
    price = product.get("list_price")
    if price is None or rate is None or rate == 1:
        return product
    return product | {"list_price": Fraction(int(Fraction(price) * rate * 10**6 + Fraction(1, 2)), 10**6)}
