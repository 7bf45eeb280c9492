"""What is declared of a column of gold: its formula, and of which facts it is worked out."""

from dataclasses import dataclass

COMPANY = ("company",)
MONTH = ("company", "month")
NOTHING = ()

SUM = "sum over order lines and returns"


@dataclass(frozen=True)
class Way:
    """How a column comes about."""

    formula: str = ""
    """How it is worked out, or whence it is taken as it is."""
    within: tuple[str, ...] | None = None
    """Columns of the row that choose the facts; none of them: facts do not matter. None: those of its key."""
    of: tuple[str, ...] = ()
    """Columns of the same row that it is worked out of."""
    over: str = ""
    """Column that is added up over all rows of the table `within`."""
    rows_of: str = ""
    """Entity of which rows are counted, or added up: all of the company, or those that `within` chooses."""
    adds: tuple[str, ...] = ()
    """Columns of the row that choose the order lines and returns of which it is the sum, where the columns
    that choose its facts choose more."""
    spans: bool = False
    """Whether the company's first and last day have to be known besides its own facts."""


def every(
    names: str, formula: str, within: tuple[str, ...] | None = None, rows_of: str = ""
) -> dict[str, Way]:
    """The same way for each of some columns."""
    return dict.fromkeys(names.split(), Way(formula, within, rows_of=rows_of))
