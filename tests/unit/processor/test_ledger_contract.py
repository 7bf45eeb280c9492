"""The ledger of gold accounts for every row and every cent, or is not published."""

from datetime import date
from decimal import Decimal
from typing import Any

import dataframely as dy
import polars as pl
import pytest

from saleslake_processor.contracts.operations import BatchLedger

ROW: dict[str, Any] = {
    **{name: 0 for name, column in BatchLedger.columns().items() if isinstance(column, dy.Int64)},
    **{name: None for name, column in BatchLedger.columns().items() if isinstance(column, dy.Decimal)},
    **{"company": "acme", "source": "shop", "batch": "b", "raw_table": "lines", "entity": "order_line"},
    **{"fetched_on": date(2026, 1, 1), "held_for": None},
}
AMOUNTS = {"said_amount": 5, "kept_amount": 3, "superseded_amount": 2, "refused_amount": 0}


def breaks(**said: Any) -> bool:
    amounts = {
        name: None if said[name] is None else Decimal(said[name]) for name in said.keys() & AMOUNTS.keys()
    }
    schema = {name: column.dtype for name, column in BatchLedger.columns().items()}
    return not BatchLedger.is_valid(pl.DataFrame([{**ROW, **said, **amounts}], schema=schema))


def test_an_account_that_ties_is_kept():
    assert not breaks(seen=4, new=1, waiting=1, held=1, dropped=1, **AMOUNTS)
    assert not breaks(**{**AMOUNTS, "kept_amount": None})


@pytest.mark.parametrize(
    "said",
    [{"seen": 1}, {"new": 1}, {"updated": -1, "waiting": 1}, {"missing": -1}, {**AMOUNTS, "kept_amount": 4}],
)
def test_an_account_that_does_not_tie_is_refused(said: dict[str, Any]):
    assert breaks(**said)
