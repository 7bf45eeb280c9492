"""Text that a spreadsheet would take for a formula, made text for it."""

import polars as pl

_FORMULA = r"^[\s\x00\x{FEFF}]*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]|^[\t\r\n]"
"""Signs that begin one, their full-width forms, and what spreadsheets leave out before them."""


def harmless(texts: pl.Expr) -> pl.Expr:
    """The texts, with an apostrophe before what would be run as a formula."""
    return pl.when(~texts.str.contains(_FORMULA)).then(texts).otherwise("'" + texts)
