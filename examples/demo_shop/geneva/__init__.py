"""The company's storefront in Geneva: it sells in Swiss francs, and its francs have to become euros."""

from demo_shop.geneva.truth import truth

__all__ = ["truth"]
