"""A made-up French software company whose exports feed the demo: generator, exports, local site and truth."""

from demo_shop.totals import truth

__all__ = ["truth"]
