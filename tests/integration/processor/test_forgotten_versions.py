"""Delta forgets old versions of a log: the state that reflects one of them is made anew."""

import os
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from deltalake import DeltaTable

from saleslake.lake import Lake
from saleslake_processor import decisions, lake_log, ledger, state
from saleslake_processor.decide import on_batches
from saleslake_processor.process import take_in
from saleslake_processor.verify import verify
from tests.integration.processor.shop import (
    ENTITIES,
    SETTINGS,
    START,
    gold,
    later,
    line,
    net,
    passed,
    source,
    write,
)


def forget(lake: Lake) -> None:
    """What Delta does by itself at each hundredth version."""
    log = DeltaTable(lake.log_table(ledger.LEDGER))
    log.create_checkpoint()
    two_months_ago = time.time() - 60 * 24 * 3600
    for file in (lake.log_table(ledger.LEDGER) / "_delta_log").iterdir():
        os.utime(file, (two_months_ago, two_months_ago))
    log.cleanup_metadata()


@pytest.mark.slow
@pytest.mark.parametrize("without", ["", "state"])
def test_a_state_of_a_version_that_is_forgotten_is_made_anew(tmp_path: Path, without: str):
    lake = Lake(tmp_path)
    write(lake, {"lines": [line("a-1"), line("b-1", kind="gift"), line("c-1", day="2026-03-01")]})
    passed(lake)
    without_gifts: Any = {**ENTITIES["order_line"], "where": {"kind": {"not": ["note", "gift"]}}}
    shop = source(entities={**ENTITIES, "order_line": without_gifts})
    [batch] = [batch for batch, _ in ledger.taken_in(lake)]
    decisions.record(lake, on_batches(lake, shop, "restage", [batch], START, "Ada", ""))
    write(lake, {"lines": [line("d-1", day="2026-03-02")]}, at=later(1))
    # Taken in, and killed before it was derived.
    take_in(lake, [shop])
    reflected = state.load(lake).versions[ledger.LEDGER]
    assert reflected is not None
    assert lake_log.reaches(lake, ledger.LEDGER, reflected)
    forget(lake)
    assert not lake_log.reaches(lake, ledger.LEDGER, reflected)
    if without:
        lake.state_manifest.unlink()
    passed(lake, shop)
    assert sorted(net(lake)) == ["a-1", "c-1", "d-1"]
    assert verify(lake, [shop], SETTINGS).found == []
    of_lines = gold(lake, "restatements").filter(pl.col("kpi") == "lines")
    assert of_lines.select("old_value", "new_value").rows() == [(2, 1)]
