"""Words of both languages that figures are shown in."""

MONTHS = {
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    "fr": (
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
}

FRENCH = {
    "Champions": "Champions",
    "Loyal customers": "Clients fidèles",
    "About to sleep": "En train de s'endormir",
    "At risk": "À risque",
    "Cannot lose them": "À ne pas perdre",
    "Hibernating": "En sommeil",
    "Lost": "Perdus",
    "season": "la saison",
    "calendar": "le calendrier",
    "trend": "la tendance",
    "known": "les jours fériés",
    "total": "de l'ensemble des ventes",
    "category": "par catégorie",
    "region": "par région",
    "store": "par magasin",
    "store_category": "par magasin et catégorie",
    "product": "par produit",
    "to 5 %": "jusqu'à 5 %",
    "to 10 %": "de 5 à 10 %",
    "to 20 %": "de 10 à 20 %",
    "to 30 %": "de 20 à 30 %",
    "above 30 %": "de plus de 30 %",
}
"""Segments of customers, bands of discount, reasons and levels of forecasts that sentences name, as French
readers do."""

ENGLISH = {
    "season": "the season",
    "calendar": "the calendar",
    "trend": "the trend",
    "known": "holidays",
    "total": "of all sales",
    "category": "by category",
    "region": "by region",
    "store": "by store",
    "store_category": "by store and category",
    "product": "by product",
    "to 5 %": "of up to 5%",
    "to 10 %": "of 5 to 10%",
    "to 20 %": "of 10 to 20%",
    "to 30 %": "of 20 to 30%",
    "above 30 %": "of more than 30%",
}
"""Bands of discount, reasons and levels within a sentence; all other words stand as gold has them."""
