"""The company's shops: each region has one, large regions have more, and two open while you watch."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from demo_shop.draw import Weighted
from demo_shop.regions import CITY_NAMED, City

WEB = "WEB"
WEB_NAME = "Boutique en ligne"
WEB_OPENED_ON = date(2019, 3, 4)


class Shop(NamedTuple):
    """A shop in a town: its share of all shop orders when all are open, and its opening day."""

    shop_id: str
    name: str
    city: City
    weight: int
    opened_on: date


def _shop(number: int, name: str, city: str, weight: int, *opened: int) -> Shop:
    return Shop(f"M{number:02d}", name, CITY_NAMED[city], weight, date(opened[0], opened[1], opened[2]))


SHOPS = (
    _shop(1, "Paris République", "Paris", 95, 2012, 9, 3),
    _shop(2, "Paris La Défense", "Boulogne-Billancourt", 70, 2014, 3, 10),
    _shop(3, "Versailles Château", "Versailles", 38, 2016, 5, 2),
    _shop(4, "Créteil Soleil", "Créteil", 34, 2018, 10, 1),
    _shop(5, "Montpellier Comédie", "Montpellier", 90, 2011, 6, 6),
    _shop(6, "Toulouse Capitole", "Toulouse", 68, 2013, 2, 4),
    _shop(7, "Nîmes Arènes", "Nîmes", 26, 2019, 4, 1),
    _shop(8, "Marseille Vieux-Port", "Marseille", 55, 2013, 9, 2),
    _shop(9, "Nice Masséna", "Nice", 42, 2015, 5, 4),
    _shop(10, "Lyon Bellecour", "Lyon", 72, 2012, 11, 5),
    _shop(11, "Grenoble Alpes", "Grenoble", 30, 2017, 9, 4),
    _shop(12, "Dijon Liberté", "Dijon", 24, 2018, 3, 5),
    _shop(13, "Rennes Sainte-Anne", "Rennes", 36, 2014, 9, 1),
    _shop(14, "Tours Loire", "Tours", 24, 2019, 9, 2),
    _shop(15, "Ajaccio L'Impériale", "Ajaccio", 10, 2021, 6, 7),
    _shop(16, "Strasbourg Kléber", "Strasbourg", 40, 2015, 10, 5),
    _shop(17, "Lille Grand-Place", "Lille", 50, 2013, 10, 7),
    _shop(18, "Rouen Gros-Horloge", "Rouen", 28, 2018, 5, 7),
    _shop(19, "Bordeaux Sainte-Catherine", "Bordeaux", 52, 2014, 4, 7),
    _shop(20, "Nantes Bouffay", "Nantes", 44, 2016, 9, 5),
    _shop(21, "Limoges Émail", "Limoges", 16, 2024, 9, 2),
    _shop(22, "Annecy Lac", "Annecy", 20, 2025, 5, 12),
)
FULL_WEIGHT = sum(shop.weight for shop in SHOPS)


@lru_cache
def _weighted(count: int, region: str) -> Weighted[Shop]:
    shops = [shop for shop in _by_opening()[:count] if region in ("", shop.city.region)]
    return Weighted(shops, [shop.weight for shop in shops])


@lru_cache
def _by_opening() -> tuple[Shop, ...]:
    return tuple(sorted(SHOPS, key=lambda shop: shop.opened_on))


def open_shops(day: date, region: str = "") -> Weighted[Shop]:
    """The shops that have been opened by a day, in one region or in all."""
    return _weighted(_opened(day), region)


@lru_cache
def _opened(day: date) -> int:
    return sum(shop.opened_on <= day for shop in SHOPS)
