"""What a customer puts into an order: products, quantities, discounts."""

from datetime import date
from random import Random

from demo_shop.campaigns import campaign_on
from demo_shop.catalogue import COMPANIONS, PRODUCT_NAMED, PRODUCTS, Product
from demo_shop.customers import COMPANY, FREELANCER, PERSON, PUBLIC, SMALL
from demo_shop.draw import Weighted, chance, one_of
from demo_shop.seasons import FIRST_DAY

_LINES = Weighted((1, 2, 3, 4, 5), (48, 28, 14, 7, 3))
_QUANTITIES = {
    PERSON: Weighted((1, 2, 3), (90, 8, 2)),
    FREELANCER: Weighted((1, 2, 3, 5), (78, 14, 6, 2)),
    SMALL: Weighted((1, 2, 3, 4, 5, 10), (50, 20, 12, 8, 7, 3)),
    COMPANY: Weighted((1, 2, 5, 10, 15, 25), (34, 22, 20, 14, 7, 3)),
    PUBLIC: Weighted((1, 2, 5, 10, 20), (40, 24, 20, 12, 4)),
}
_TASTE = {"C10": (1.6, 0.5), "C20": (1.0, 1.1), "C30": (0.7, 1.4), "C40": (0.5, 1.3)}
_SEASON = {
    "C10": (0.9, 0.9, 0.9, 0.9, 1.0, 1.1, 1.1, 1.0, 1.0, 0.9, 1.1, 1.6),
    "C20": (1.0, 1.0, 1.0, 1.0, 0.9, 0.9, 0.9, 1.1, 1.5, 1.1, 1.0, 0.9),
    "C30": (1.4, 1.2, 1.3, 1.1, 1.0, 0.9, 0.8, 0.8, 1.0, 1.0, 1.0, 1.0),
    "C40": (1.2, 1.1, 1.1, 1.0, 0.9, 0.9, 0.7, 0.6, 1.1, 1.3, 1.1, 0.8),
}
_NEGOTIATED = (25, 50, 50, 75, 100, 125)
# yearly drift of demand: these grow, those fade
_DRIFT = {"SUI-03": 0.35, "MOD-13": 0.5, "MOD-17": 0.6, "SUI-04": -0.4, "PAK-01": -0.15, "SRV-02": 0.25}


class Counter:
    """A day's demand: which products are on sale, how much each is wanted, which campaign runs."""

    def __init__(self, day: date) -> None:
        on_sale = [each for each in PRODUCTS if each.launched_on <= day <= each.last_day]
        self._demand = tuple(
            Weighted(on_sale, [self._wanted(each, day, business) for each in on_sale]) for business in (0, 1)
        )
        self._on_sale = frozenset(each.product_id for each in on_sale)
        self._campaign = campaign_on(day)

    @staticmethod
    def _wanted(product: Product, day: date, business: int) -> float:
        top = product.top_category
        drift = 1 + _DRIFT.get(product.product_id, 0.0) * (day - FIRST_DAY).days / 365
        # a new product needs four months to find its buyers
        ripe = min(1.0, 0.2 + (day - product.launched_on).days / 150)
        return product.weight * _TASTE[top][business] * _SEASON[top][day.month - 1] * max(0.1, drift) * ripe

    def products(self, rng: Random, segment: str) -> list[Product]:
        """One to five different products."""
        demand = self._demand[0 if segment == PERSON else 1]
        chosen: list[Product] = []
        for _ in range(_LINES.pick(rng)):
            product = demand.pick(rng)
            companion = PRODUCT_NAMED.get(COMPANIONS.get(chosen[-1].name, "")) if chosen else None
            if companion and companion.product_id in self._on_sale and chance(rng, 0.35):
                product = companion
            if product not in chosen:
                chosen.append(product)
        return chosen

    def discount(self, rng: Random, segment: str, product: Product) -> tuple[int, str]:
        """Discount in thousandths and the promotion's code; a negotiated discount has no code."""
        campaign = self._campaign
        if campaign and product.top_category in campaign.categories and chance(rng, 0.85):
            return campaign.discount, campaign.code
        if segment not in (PERSON, FREELANCER) and chance(rng, 0.25):
            return one_of(rng, _NEGOTIATED), ""
        return 0, ""


def quantity(rng: Random, segment: str, product: Product) -> int:
    """Units of a product; nobody buys several training days or installations at once."""
    return 1 if product.top_category == "C40" else _QUANTITIES[segment].pick(rng)
