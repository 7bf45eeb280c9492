"""Made-up names of persons and businesses; whoever bears one does so by chance."""

from random import Random

from demo_shop.draw import between, chance, one_of


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_FIRST = _words("""
    Adèle Adrien Agathe Alain Alice Amandine Amélie Anaïs André Anne Antoine Arthur Aurélie Basile Baptiste
    Benoît Bérénice Bruno Camille Caroline Cécile Chloé Claire Clément Colette Corentin Damien David
    Delphine Denis Diane Dominique Édouard Élise Élodie Émile Emma Estelle Étienne Eva Fabien Fanny Félix
    Florence François Gabriel Gaëlle Gaspard Gérard Hélène Henri Hugo Inès Irène Jacques Jeanne Joël Jules
    Julie Juliette Karim Laure Léa Léon Lina Loïc Louise Lucas Lucie Madeleine Malik Manon Marc Margot Marie
    Mathilde Maxime Mélanie Michel Nadia Naïm Nicolas Noémie Océane Olivier Ophélie Pascal Paul Pauline
    Pierre Quentin Rachid Raphaël Renée Rémi Rose Sabrina Samuel Sarah Simon Solène Sophie Sylvain Théo
    Thérèse Thomas Valentin Valérie Victor Yann Yasmine Zoé
""")
_LAST = _words("""
    Abadie Allard Arnoux Aubert Bailly Barbier Baudouin Beaumont Bellanger Berger Bertin Besnard Blin Bodin
    Bonnet Boucher Bourdon Bouvier Brunel Caron Cartier Chabert Charrier Chevalier Collet Cordier Coste
    Courtois Dacosta Daumas Delaunay Delmas Deschamps Diallo Duclos Dufour Dumont Dupuis Duval Escoffier
    Fabre Faucher Favre Ferrand Fontaine Fournier Garnier Gaudin Gautier Germain Giraud Granger Grimaud
    Guérin Guillot Haddad Hamel Hébert Hoareau Imbert Jacquet Jolivet Joubert Kessler Labbé Lacroix Lambert
    Langlois Lavigne Leblanc Leclerc Legrand Lemaire Lenoir Lévêque Maillard Mallet Marchand Maréchal Masson
    Mercier Meunier Millet Monnier Morel Moulin Navarro Nguyen Noël Oliveira Pasquier Péron Pichon Poirier
    Pons Prévost Raynaud Renard Ribeiro Rivière Roche Rolland Roussel Sabatier Salmon Sauvage Schmitt Serre
    Tanguy Tessier Thibault Tixier Traoré Vallet Vasseur Verdier Vidal Villard Weber Zimmermann
""")
_TRADES = _words("""
    Atelier Boulangerie Cabinet Pharmacie Garage Menuiserie Librairie Imprimerie Clinique Agence Studio
    Brasserie Fromagerie Transports Jardinerie Optique Électricité Plomberie Hôtel Conseil
""")
_BODIES = ("Mairie annexe", "Lycée", "Collège", "Médiathèque", "Syndicat des eaux", "Office de tourisme")
_PLAIN = str.maketrans("àâäçèéêëîïôöùûüÿÀÂÄÇÈÉÊËÎÏÔÖÙÛÜ", "aaaceeeeiioouuuyAAACEEEEIIOOUUU")


def person(rng: Random) -> tuple[str, str]:
    """A first and a last name."""
    return one_of(rng, _FIRST), one_of(rng, _LAST)


def business(rng: Random) -> str:
    """The name of a business; a few hold the signs that CSV has to quote."""
    trade, name = one_of(rng, _TRADES), one_of(rng, _LAST)
    if chance(rng, 0.02):
        return f'{trade} "{name}" ; {one_of(rng, _LAST)} & Fils'
    return f"{trade} {name}" + one_of(rng, ("", "", " & Fils", " et Associés", " SARL"))


def public_body(rng: Random) -> str:
    """The name of a public body."""
    return f"{one_of(rng, _BODIES)} {one_of(rng, _FIRST)}-{one_of(rng, _LAST)}"


def email(rng: Random, first: str, last: str, number: int) -> str:
    """An address that nobody can have: example.fr and example.com are reserved."""
    domain = one_of(rng, ("example.fr", "example.com"))
    return f"{first}.{last}{number + between(rng, 0, 9)}@{domain}".translate(_PLAIN).lower()
