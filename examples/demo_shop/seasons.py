"""How many orders a day brings: growth, season of the year, day of the week, holidays, campaigns."""

from datetime import date
from random import Random

from demo_shop.campaigns import campaign_on
from demo_shop.holidays import holidays
from demo_shop.shops import FULL_WEIGHT, open_shops

FIRST_DAY = date(2023, 11, 1)

_SHOP_ORDERS, _WEB_ORDERS, _NEW_CUSTOMERS = 32.5, 12.5, 4.1
_DAILY_GROWTH = 0.0004
_MONTHS = (1.0, 0.92, 0.98, 0.95, 0.9, 0.97, 0.84, 0.76, 1.14, 1.05, 1.1, 1.26)
_SHOP_WEEK = (0.8, 0.95, 1.05, 0.95, 1.15, 1.5, 0.0)
_WEB_WEEK = (1.15, 1.05, 1.0, 0.95, 0.85, 0.9, 1.1)


def shops_closed(day: date) -> bool:
    """Whether all shops are closed: on Sundays and public holidays."""
    return day.weekday() == 6 or day in holidays(day.year)


def _level(day: date) -> float:
    campaign = campaign_on(day)
    growth = 1 + _DAILY_GROWTH * (day - FIRST_DAY).days
    return growth * _MONTHS[day.month - 1] * (campaign.lift if campaign else 1.0)


def _count(rng: Random, mean: float) -> int:
    return int(mean * (0.7 + 0.3 * (rng.random() + rng.random())) + rng.random())


def shop_orders(rng: Random, day: date) -> int:
    """Orders of known customers in shops."""
    if shops_closed(day):
        return 0
    opened = open_shops(day).total / FULL_WEIGHT
    return _count(rng, _SHOP_ORDERS * opened * _level(day) * _SHOP_WEEK[day.weekday()])


def web_orders(rng: Random, day: date) -> int:
    """Orders of known customers online; a public holiday costs a third of them."""
    quiet = 0.67 if day in holidays(day.year) else 1.0
    return _count(rng, _WEB_ORDERS * quiet * _level(day) * _WEB_WEEK[day.weekday()])


def new_customers(rng: Random, day: date) -> int:
    """Customers who are created on the day and order on it."""
    return _count(rng, _NEW_CUSTOMERS * _level(day) * (0.5 if shops_closed(day) else 1.1))
