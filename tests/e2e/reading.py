"""Somebody who reads gold through its manifest, again and again, until the input ends.

`python -m tests.e2e.reading LAKE` prints how often, and how many snapshots it saw; it fails where a file
cannot be read, is not the one that was published, or tells of another snapshot than the others.
"""

import hashlib
import io
import json
import sys
import threading
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

PAUSE = 0.05
"""Seconds between two readings: those who are killed want to get on, too."""

TOTALS = ("fact_sales", "sales_daily", "sales_by_product", "sales_by_store", "refresh_info")


def totals(gold: Path) -> tuple[int, dict[str, Decimal]]:
    """The snapshot, and the net of all time by table."""
    manifest = json.loads((gold / "manifest.json").read_bytes())
    rows = {name: _table(gold, manifest["tables"][name]) for name in TOTALS}
    [snapshot] = rows["refresh_info"]["snapshot"].unique()
    if snapshot != manifest["snapshot"]:
        raise AssertionError(f"snapshot {manifest['snapshot']} holds a table of snapshot {snapshot}")
    return snapshot, {name: Decimal(frame["net_amount"].sum()) for name, frame in rows.items()}


def _table(gold: Path, table: dict[str, Any]) -> pl.DataFrame:
    frames = []
    for file in table["files"]:
        body = (gold / file["path"]).read_bytes()
        if hashlib.sha256(body).hexdigest() != file["sha256"]:
            raise AssertionError(f"{file['path']} is not what was published")
        frames.append(pl.read_parquet(io.BytesIO(body)))
    return pl.concat(frames)


def _ended() -> threading.Event:
    """Set when the input ends."""
    ended = threading.Event()

    def wait() -> None:
        sys.stdin.read()
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    return ended


if __name__ == "__main__":
    gold = Path(sys.argv[1]) / "gold"
    seen: Counter[int] = Counter()
    told: dict[int, set[Decimal]] = {}
    ended = _ended()
    while not ended.wait(PAUSE):
        snapshot, nets = totals(gold)
        seen[snapshot] += 1
        told.setdefault(snapshot, set()).update(nets.values())
        if len(told[snapshot]) > 1:
            raise AssertionError(f"snapshot {snapshot}: {nets}")
    print(f"{seen.total()} readings of {len(seen)} snapshots")
