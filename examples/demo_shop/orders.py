"""The orders of a day as they were made, before anything happens to them."""

from datetime import date
from random import Random

from demo_shop.baskets import Counter, quantity
from demo_shop.customers import Customer, Customers
from demo_shop.draw import Weighted, between, chance, source
from demo_shop.paris import instant
from demo_shop.prices import PriceList
from demo_shop.regions import ANYWHERE, REGION_WEIGHTS, City
from demo_shop.rows import COMPLETED, Sale
from demo_shop.seasons import shop_orders, shops_closed, web_orders
from demo_shop.shops import WEB, Shop, open_shops
from demo_shop.staff import Staff

_HOUR = 3600
_SHOP_HOURS = Weighted(range(9, 19), (3, 6, 8, 7, 5, 7, 8, 9, 10, 7))
# the web shop is down for maintenance from two to six; the day's export is written at 23:45
_WEB_HOURS = Weighted((0, 1, *range(6, 24)), (2, 1, 1, 2, 4, 5, 6, 6, 7, 6, 6, 5, 5, 6, 6, 7, 9, 10, 8, 4))
_SALES_END = 23 * _HOUR + 1750


class OrderBook:
    """Makes the orders of any day until the last one; a day's orders depend on the seed and the day alone."""

    def __init__(self, seed: int, until: date) -> None:
        self.seed = seed
        self.customers = Customers(seed, until)
        self.prices = PriceList(seed, until)
        self.staff = Staff(seed)

    def orders(self, day: date) -> list[list[Sale]]:
        """The day's orders, each a list of its lines, in order of time."""
        rng = source(self.seed, "orders", day)
        counter = Counter(day)
        drawn = [self._first_order(rng, counter, customer, day) for customer in self.customers.new_on(day)]
        drawn += [self._shop_order(rng, counter, day) for _ in range(shop_orders(rng, day))]
        drawn += [self._web_order(rng, counter, day) for _ in range(web_orders(rng, day))]
        drawn.sort(key=lambda lines: lines[0].second)
        return [
            [line._replace(order_id=f"CMD-{day:%Y%m%d}-{number:04d}") for line in lines]
            for number, lines in enumerate(drawn, start=1)
        ]

    def _first_order(self, rng: Random, counter: Counter, customer: Customer, day: date) -> list[Sale]:
        near = open_shops(day, customer.homes[0][1].region)
        if shops_closed(day) or chance(rng, 0.35):
            return self._order(rng, counter, customer, day, None)
        return self._order(rng, counter, customer, day, near.pick(rng))

    def _shop_order(self, rng: Random, counter: Counter, day: date) -> list[Sale]:
        shop = open_shops(day).pick(rng)
        region = shop.city.region if chance(rng, 0.93) else REGION_WEIGHTS.pick(rng)
        return self._order(rng, counter, self.customers.known(rng, region, day), day, shop)

    def _web_order(self, rng: Random, counter: Counter, day: date) -> list[Sale]:
        customer = self.customers.known(rng, REGION_WEIGHTS.pick(rng), day)
        return self._order(rng, counter, customer, day, None)

    def _order(
        self, rng: Random, counter: Counter, customer: Customer, day: date, shop: Shop | None
    ) -> list[Sale]:
        hour = (_SHOP_HOURS if shop else _WEB_HOURS).pick(rng)
        second = min(hour * _HOUR + between(rng, 0, _HOUR - 1), _SALES_END)
        ship_to: City | None = None
        if not shop:
            ship_to = customer.home(day) if chance(rng, 0.92) else ANYWHERE.pick(rng)
        # four online orders in ten are helped along by the telephone sales of Montpellier
        helped = shop is not None or chance(rng, 0.4)
        seller_region = shop.city.region if shop else "Occitanie"
        seller = self.staff.selling_in(seller_region, day).pick(rng).salesperson_id if helped else ""
        updated_at = instant(day, second) + between(rng, 5, 840)
        lines = []
        for number, product in enumerate(counter.products(rng, customer.segment), start=1):
            units = quantity(rng, customer.segment, product)
            discount, promotion = counter.discount(rng, customer.segment, product)
            lines.append(
                Sale(
                    order_id="",
                    line=number,
                    order_date=day,
                    second=second,
                    shop_id=shop.shop_id if shop else WEB,
                    customer_id=customer.customer_id,
                    salesperson_id=seller,
                    product_id=product.product_id,
                    quantity=units,
                    unit_price=self.prices.of(product.product_id, day).cents,
                    discount=discount,
                    promotion=promotion,
                    status=COMPLETED,
                    updated_at=updated_at,
                    ship_to=ship_to,
                    region=ship_to.region if ship_to else (shop.city.region if shop else ""),
                )
            )
        return lines
