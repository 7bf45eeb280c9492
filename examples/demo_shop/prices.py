"""The price list: what each product costs from which day on."""

from bisect import bisect_right
from datetime import date
from typing import NamedTuple

from demo_shop.catalogue import PRODUCTS, Product
from demo_shop.draw import between, chance, source
from demo_shop.seasons import FIRST_DAY

# never known for this product, so that margins have something to leave out
UNCOSTED = "Formation sur mesure"
_COST_SHARE = {"C10": 34, "C20": 38, "C30": 27, "C40": 56}


class Price(NamedTuple):
    """A price in cents with VAT, valid from a day until the product's next one."""

    since: date
    cents: int


class PriceList:
    """All prices until a day; those of past days do not depend on how far it reaches."""

    def __init__(self, seed: int, until: date) -> None:
        self._prices = {each.product_id: [Price(FIRST_DAY, each.first_price)] for each in PRODUCTS}
        for year in range(FIRST_DAY.year + 1, until.year + 1):
            for month in range(1, 13):
                self._change(seed, date(year, month, 1), until)
        self._days = {key: [price.since for price in prices] for key, prices in self._prices.items()}

    def _change(self, seed: int, month: date, until: date) -> None:
        rng = source(seed, "prices", month)
        yearly = month.month == 1
        for product in PRODUCTS:
            changes = chance(rng, 0.6 if yearly else 0.03)
            day = month.replace(day=8 if yearly else between(rng, 2, 27))
            # dearer each January, up or down in the other months
            percent = between(rng, 2, 6) if yearly else between(rng, -12, 8)
            prices = self._prices[product.product_id]
            cents = prices[-1].cents * (100 + percent) // 1000 * 10
            sold = product.launched_on < day <= min(until, product.last_day)
            if changes and sold and cents != prices[-1].cents:
                prices.append(Price(day, cents))

    def of(self, product_id: str, day: date) -> Price:
        """The price of a product that is valid on a day."""
        return self._prices[product_id][bisect_right(self._days[product_id], day) - 1]

    def changes(self) -> list[date]:
        """The days on which some price changes, in order."""
        return sorted({price.since for prices in self._prices.values() for price in prices[1:]})


def unit_cost(product: Product, price: Price) -> int | None:
    """Cost of a unit in cents without VAT at a price: a share of it; None where it is unknown."""
    if product.name == UNCOSTED:
        return None
    return price.cents * 10 // 12 * _COST_SHARE[product.top_category] // 100
