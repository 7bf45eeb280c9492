"""The 13 regions of metropolitan France and the towns where customers live."""

from typing import NamedTuple

from demo_shop.draw import Weighted


class City(NamedTuple):
    """A town: its name, postal code (text, with leading zero), region, and weight among all towns."""

    name: str
    postal_code: str
    region: str
    weight: int


_TOWNS = {
    "Auvergne-Rhône-Alpes": "Lyon 69002 50,Grenoble 38000 20,Saint-Étienne 42000 15,"
    "Clermont-Ferrand 63000 14,Annecy 74000 12,Bourg-en-Bresse 01000 5,Valence 26000 6",
    "Bourgogne-Franche-Comté": "Dijon 21000 15,Besançon 25000 11,Chalon-sur-Saône 71100 5,Nevers 58000 4",
    "Bretagne": "Rennes 35000 22,Brest 29200 14,Lorient 56100 7,Saint-Brieuc 22000 6",
    "Centre-Val de Loire": "Tours 37000 14,Orléans 45000 13,Bourges 18000 6,Chartres 28000 5",
    "Corse": "Ajaccio 20000 6,Bastia 20200 5",
    "Grand Est": "Strasbourg 67000 24,Reims 51100 15,Metz 57000 11,Nancy 54000 11,Troyes 10000 6",
    "Hauts-de-France": "Lille 59000 30,Amiens 80000 12,Dunkerque 59140 7,"
    "Beauvais 60000 6,Saint-Quentin 02100 5",
    "Île-de-France": "Paris 75011 90,Boulogne-Billancourt 92100 16,Versailles 78000 14,Créteil 94000 12,"
    "Saint-Denis 93200 12,Évry-Courcouronnes 91000 8,Cergy 95000 8,Melun 77000 6",
    "Normandie": "Rouen 76000 15,Caen 14000 12,Le Havre 76600 12,Cherbourg-en-Cotentin 50100 5",
    "Nouvelle-Aquitaine": "Bordeaux 33000 30,Limoges 87000 9,Poitiers 86000 8,Pau 64000 8,"
    "La Rochelle 17000 8,Périgueux 24000 3",
    "Occitanie": "Montpellier 34000 46,Toulouse 31000 42,Nîmes 30000 13,Perpignan 66000 10,"
    "Foix 09000 2,Albi 81000 5",
    "Pays de la Loire": "Nantes 44000 26,Angers 49000 13,Le Mans 72000 11,La Roche-sur-Yon 85000 5",
    "Provence-Alpes-Côte d'Azur": "Marseille 13001 34,Nice 06000 22,Toulon 83000 11,Aix-en-Provence 13100 10,"
    "Avignon 84000 7,Gap 05000 2",
}


def _read() -> tuple[City, ...]:
    cities = []
    for region, towns in _TOWNS.items():
        for town in towns.split(","):
            name, postal_code, weight = town.rsplit(" ", 2)
            cities.append(City(name, postal_code, region, int(weight)))
    return tuple(cities)


CITIES = _read()
REGIONS = tuple(_TOWNS)
CITY_NAMED = {city.name: city for city in CITIES}
ANYWHERE = Weighted(CITIES, (city.weight for city in CITIES))
WITHIN = {
    region: Weighted(
        [city for city in CITIES if city.region == region],
        [city.weight for city in CITIES if city.region == region],
    )
    for region in REGIONS
}
REGION_WEIGHTS = Weighted(REGIONS, (WITHIN[region].total for region in REGIONS))


def department(postal_code: str) -> str:
    """The department's code of a postal code; Corsica's two share the prefix 20."""
    if postal_code.startswith("20"):
        return "2A" if postal_code < "20200" else "2B"
    return postal_code[:2]
