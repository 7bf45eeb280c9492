"""Figures that two frames must both come to, and where they do not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

Frames = Mapping[str, pl.LazyFrame]
Figure = int | Decimal

_CELLS = 3
"""Cells that are named where a figure does not tie."""

_GAPS = 5
"""Figures that are named where more do not tie."""


@dataclass(frozen=True)
class Hop:
    """Two frames, by their names, whose measures must add up to the same by the columns of `by`."""

    left: str
    right: str
    by: tuple[str, ...]
    """The first of them is `company`."""
    measures: tuple[str, ...]
    cells: tuple[str, ...] = ()
    """Finer columns of both, by which is looked for the place where it does not tie."""


@dataclass(frozen=True)
class Gap:
    """One measure of one company that is not the same on both sides."""

    hop: Hop
    company: str
    measure: str
    left: Figure
    right: Figure
    cells: list[tuple[str, Figure, Figure]]
    """The first cells that differ, and what is in them on both sides."""

    def __str__(self) -> str:
        where = "; ".join(f"{cell}: {left}, {right}" for cell, left, right in self.cells)
        return (
            f"{self.hop.left} -> {self.hop.right}, company {self.company or 'none'}, {self.measure}: "
            f"{self.left} in {self.hop.left}, {self.right} in {self.hop.right}, "
            f"difference {self.right - self.left}" + (f"; first at {where}" if where else "")
        )


class UntiedError(Exception):
    """Control totals do not tie."""

    def __init__(self, gaps: list[Gap]) -> None:
        self.gaps = gaps
        super().__init__("\n".join(self.lines()))

    def lines(self) -> list[str]:
        """The first gaps, one a line, and how many there are more."""
        more = len(self.gaps) - _GAPS
        return [*map(str, self.gaps[:_GAPS]), *([f"and {more} figures more"] if more > 0 else [])]


def tied(hops: Iterable[Hop], frames: Frames, details: Frames | None = None) -> None:
    """Raise `UntiedError` where a hop does not tie.

    `details` are the frames of the same names, where these are added up already: there is looked for cells.
    """
    hops = list(hops)
    compared = [_both(frames[hop.left], frames[hop.right], hop.by, hop.measures) for hop in hops]
    unequal = pl.collect_all(
        both.filter(_differ(hop.measures)) for hop, both in zip(hops, compared, strict=True)
    )
    found = [
        gap
        for hop, both, rows in zip(hops, compared, unequal, strict=True)
        if rows.height
        for gap in _gaps(hop, both.collect(), {**frames, **(details or {})})
    ]
    if found:
        raise UntiedError(found)


def _gaps(hop: Hop, both: pl.DataFrame, details: Frames) -> list[Gap]:
    """What does not tie, by measure and company, with the first cells that differ."""
    found = []
    by = hop.cells or hop.by
    cells = _both(details[hop.left], details[hop.right], by, hop.measures).collect()
    for measure in hop.measures:
        unequal = both.filter(_differ([measure]))
        for company in unequal["company"].unique().sort():
            of_company = pl.col("company").eq_missing(pl.lit(company))
            left, right = both.filter(of_company).select(measure, _right(measure)).sum().row(0)
            places = cells.filter(of_company & _differ([measure])).sort(by).head(_CELLS)
            named = [(_named(row, by), row[measure], row[_right(measure)]) for row in places.to_dicts()]
            found.append(Gap(hop, company or "", measure, left, right, [each for each in named if each[0]]))
    return found


def _both(
    left: pl.LazyFrame, right: pl.LazyFrame, by: Iterable[str], measures: Iterable[str]
) -> pl.LazyFrame:
    """Both sides added up, side by side; what one of them lacks is 0 there."""
    sums = [side.group_by(by).agg(pl.col(measures).sum()) for side in (left, right)]
    other = sums[1].rename({measure: _right(measure) for measure in measures})
    both = sums[0].join(other, on=list(by), how="full", coalesce=True, nulls_equal=True)
    return both.with_columns(
        pl.col(name).fill_null(0) for measure in measures for name in (measure, _right(measure))
    )


def _differ(measures: Iterable[str]) -> pl.Expr:
    return pl.any_horizontal(pl.col(measure) != pl.col(_right(measure)) for measure in measures)


def _right(measure: str) -> str:
    return f"{measure}:right"


def _named(row: Mapping[str, object], by: Iterable[str]) -> str:
    return " ".join(f"{name}={row[name]}" for name in by if name != "company")
