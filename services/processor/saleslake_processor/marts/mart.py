"""What a gold table is declared by, and what it may be made of besides other gold tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import dataframely as dy
import polars as pl

from saleslake_processor.contracts import marts
from saleslake_processor.derive.sums import SUMS
from saleslake_processor.derive.touched import KEPT
from saleslake_processor.learnt import frames as learnt

Frames = Mapping[str, pl.LazyFrame]


@dataclass(frozen=True)
class Mart:
    """A gold table.

    - `additive`: its rows are the state's, month by month; only months that changed are published anew;
    - `derived`: built from sums and members at each publication;
    - `whole`: built from all facts at each publication.
    """

    name: str
    contract: type[dy.Schema]
    inputs: tuple[str, ...]
    kind: Literal["additive", "derived", "whole"]
    build: Callable[[Frames], pl.LazyFrame]

    @property
    def columns(self) -> list[str]:
        """Columns in the order of publication: what says which row it is, then what is measured."""
        measures = set(marts.Measures.column_names())
        names = self.contract.column_names()
        return [name for name in names if name not in measures] + [name for name in names if name in measures]


STATE: tuple[str, ...] = (
    "fact_sales",
    "fact_returns",
    "references",
    "ledger",
    "refused",
    "waiting",
    "places_at_sale",
    "runs",
    "publication",
    "reference",
    "targets",
    *(f"current/{name}" for name in KEPT),
    *(f"sums/{name}" for name in SUMS),
    *learnt.NAMES,
)
"""What gold tables may be made of besides one another."""
