"""What the company sells: categories, and products with their days of sale."""

from datetime import date
from typing import NamedTuple


class Category(NamedTuple):
    """A node of the category tree; `parent_id` is empty for the four at the top."""

    category_id: str
    name: str
    parent_id: str


class Product(NamedTuple):
    """A product: price in cents with VAT on its first day, weight in demand, first and last day of sale."""

    product_id: str
    name: str
    category_id: str
    first_price: int
    weight: int
    launched_on: date
    last_day: date

    @property
    def top_category(self) -> str:
        """The category at the top of the tree, such as C30 for C32."""
        return self.category_id[:2] + "0"


_LONG_AGO, _FOREVER = date(2022, 1, 10), date(9999, 12, 31)
_RENAMED_ON = date(2025, 3, 3)

_CATEGORIES = (
    Category("C10", "Packs", ""),
    Category("C11", "Packs Essentiel", "C10"),
    Category("C12", "Packs Pro", "C10"),
    Category("C20", "Suites", ""),
    Category("C21", "Suites bureautiques", "C20"),
    Category("C22", "Suites de gestion", "C20"),
    Category("C23", "Suites de création", "C20"),
    Category("C30", "Modules", ""),
    Category("C31", "Comptabilité", "C30"),
    Category("C32", "Paie", "C30"),
    Category("C33", "Facturation", "C30"),
    Category("C34", "Relation client", "C30"),
    Category("C40", "Services", ""),
    Category("C41", "Formation", "C40"),
    Category("C42", "Assistance", "C40"),
    Category("C43", "Installation", "C40"),
)

# category: (name, price in cents with VAT, weight in demand)
_PRODUCTS = {
    "C11": "Pack Étudiant,3990,80;Pack Famille,5990,95;Pack Auto-entrepreneur,7990,70;"
    "Pack Association,6490,28",
    "C12": "Pack Pro Solo,12990,64;Pack Pro Duo,18990,42;Pack Pro Équipe,34990,26;Pack Pro Mobilité,15990,22",
    "C21": "Suite Bureau Classique,14900,90;Suite Bureau Plus,22900,60;Suite Bureau Cloud,19900,74;"
    "Suite Bureau Édition 2022,11900,30",
    "C22": "Suite Gestion TPE,39900,38;Suite Gestion PME,79900,20;Suite Gestion Commerce,49900,24;"
    "Suite Gestion Artisan,44900,22;Suite Gestion Intégrale,129900,6",
    "C23": "Suite Photo,9900,34;Suite Vidéo,17900,22;Suite Graphisme,24900,24;Suite Création Totale,49900,9",
    "C31": "Module Compta de base,8990,52;Module Compta analytique,16990,20;Module Immobilisations,12990,12;"
    "Module Liasse fiscale,14990,16;Module Rapprochement bancaire,6990,18",
    "C32": "Module Paie,18990,28;Module Congés,5990,18;Module Notes de frais,4990,26;Module DSN,9990,12",
    "C33": "Module Devis,4990,36;Module Factures,6990,50;Module Relances,3990,20;"
    "Module Facture électronique,8990,46",
    "C34": "Module Contacts,5990,30;Module Campagnes,8990,16;Module Fidélité,7490,18;"
    "Module Assistant,11990,24",
    "C41": "Formation une journée,59000,16;Formation en ligne,14900,40;Formation sur mesure,149000,4",
    "C42": "Assistance 3 mois,8900,34;Assistance annuelle,29900,30;Assistance prioritaire,59900,9;"
    "Dépannage à l'acte,4500,26",
    "C43": "Installation simple,7900,30;Installation en réseau,34900,10;Reprise de données,24900,9",
}
_LAUNCHES = {
    "Pack Pro Mobilité": date(2024, 4, 2),
    "Suite Gestion Intégrale": date(2024, 10, 7),
    "Module DSN": date(2024, 1, 15),
    "Module Facture électronique": date(2025, 2, 3),
    "Module Assistant": date(2025, 9, 15),
    "Suite Création Totale": date(2026, 3, 9),
}
_ENDS = {
    "Suite Bureau Édition 2022": date(2025, 6, 30),
    "Module Rapprochement bancaire": date(2026, 1, 31),
}
_PREFIX = {"C1": "PAK", "C2": "SUI", "C3": "MOD", "C4": "SRV"}

# a product bought with another more often than by chance
COMPANIONS = {
    "Suite Gestion TPE": "Formation une journée",
    "Suite Gestion PME": "Installation en réseau",
    "Suite Gestion Commerce": "Module Fidélité",
    "Suite Bureau Classique": "Installation simple",
    "Suite Bureau Cloud": "Assistance 3 mois",
    "Pack Auto-entrepreneur": "Module Devis",
    "Pack Pro Solo": "Formation en ligne",
    "Module Paie": "Module Congés",
    "Module Factures": "Module Relances",
    "Module Compta de base": "Module Liasse fiscale",
    "Suite Photo": "Suite Vidéo",
    "Pack Pro Équipe": "Assistance annuelle",
}


def _read() -> tuple[Product, ...]:
    counts = dict.fromkeys(_PREFIX, 0)
    products = []
    for category_id, listed in _PRODUCTS.items():
        for entry in listed.split(";"):
            name, price, weight = entry.split(",")
            top = category_id[:2]
            counts[top] += 1
            days = (_LAUNCHES.get(name, _LONG_AGO), _ENDS.get(name, _FOREVER))
            product_id = f"{_PREFIX[top]}-{counts[top]:02d}"
            products.append(Product(product_id, name, category_id, int(price), int(weight), *days))
    return tuple(products)


PRODUCTS = _read()
CATEGORY_OF = {product.product_id: product.category_id for product in PRODUCTS}
PRODUCT_NAMED = {product.name: product for product in PRODUCTS}


def categories(day: date) -> tuple[Category, ...]:
    """The category tree as it is exported on a day; one category is renamed in March 2025."""
    if day >= _RENAMED_ON:
        return _CATEGORIES
    return tuple(each._replace(name="Support") if each.category_id == "C42" else each for each in _CATEGORIES)


def category_changes() -> tuple[date, ...]:
    """The days on which the category tree changes."""
    return (_RENAMED_ON,)
