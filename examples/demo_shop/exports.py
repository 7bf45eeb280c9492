"""The exports as files in a folder, written once and brought forward when the clock has advanced."""

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from demo_shop import daily, stock
from demo_shop.generate import VERSION, check, days
from demo_shop.orders import OrderBook
from demo_shop.paris import instant
from demo_shop.reference import reference
from demo_shop.seasons import FIRST_DAY

STAMP = ".demo_shop.json"
_STAMP_ASIDE = STAMP + ".part"
EXPORTED_AT = 23 * 3600 + 45 * 60
_DAILY = ("sales/sales_", "returns/returns_", stock.STOCK)
_PATIENCE_SECONDS = 2.0

Progress = Callable[[str], None]


def write(
    folder: Path,
    seed: int,
    until: date,
    since: date = FIRST_DAY,
    progress: Progress | None = None,
    book: OrderBook | None = None,
) -> None:
    """Makes the folder hold the exports from `since` to `until` and no others.

    Returns at once when the stamp says so; with a later `until` only new days are written. Each file appears
    whole, by a rename, and its modification time is the instant of its export: 23:45 in Paris on its day.
    A book of the seed that reaches to `until` or further saves making one.
    """
    check(until, since)
    identity = _identity(seed, since)
    done = _read_stamp(folder)
    if done == {**identity, "until": until.isoformat()}:
        return
    same_shop = {key: done.get(key) for key in identity} == identity
    text = done.get("until")
    reached = date.fromisoformat(text) if same_shop and text else None
    # from here on a killed run leaves a stamp that claims no more than what stays true
    kept = min(reached, until) if reached else None
    _write_stamp(folder, identity, kept)
    clear(folder, until if same_shop else None)
    first = kept + timedelta(days=1) if kept else since
    book = book or OrderBook(seed, until)
    if first <= until:
        for path, day, content in _daily_files(seed, until, since, first, progress, book):
            put(folder / path, content, instant(day, EXPORTED_AT))
    for path, day, content in _counts(seed, first, until, book):
        put(folder / path, content, instant(day, EXPORTED_AT))
    for path, (day, content) in reference(book, since, until).items():
        put(folder / path, content, instant(day, EXPORTED_AT))
    _write_stamp(folder, identity, until)


def claim(folder: Path) -> None:
    """Refuses a folder that holds files which are not a demo shop's."""
    _read_stamp(folder)


def close(folder: Path, seed: int, until: date, since: date) -> None:
    """Stamps the folder as one that holds the exports to a day, which whoever calls has written."""
    _write_stamp(folder, _identity(seed, since), until)


def _daily_files(
    seed: int, until: date, since: date, first: date, progress: Progress | None, book: OrderBook
) -> Iterator[tuple[str, date, bytes]]:
    spoken = time.monotonic()
    for day, sales, returns in days(seed, until, since, first, book):
        yield f"sales/sales_{day}.csv", day, daily.sales(sales)
        if returns:
            yield f"returns/returns_{day}.csv", day, daily.returns(returns)
        if progress and time.monotonic() - spoken > _PATIENCE_SECONDS:
            spoken = time.monotonic()
            progress(f"demo shop: exports written to {day}, until {until}")


def _counts(seed: int, first: date, until: date, book: OrderBook) -> Iterator[tuple[str, date, bytes]]:
    shelves = stock.Shelves(seed)
    for offset in range((until - first).days + 1):
        day = first + timedelta(days=offset)
        counts = shelves.counts(book, day)
        if counts:
            path, content = stock.file(counts)
            yield path, day, content


def put(path: Path, content: bytes, changed_at: int) -> None:
    """Makes a file appear whole, with an instant as its modification time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(path.name + ".part")
    aside.write_bytes(content)
    os.utime(aside, (changed_at, changed_at))
    aside.replace(path)


def clear(folder: Path, keep_until: date | None, kinds: Sequence[str] = _DAILY) -> None:
    """Removes half files and the days after the last one to keep, or all days when it is None.

    A kind of daily file is the beginning of its path, up to the day.
    """
    for kind in kinds:
        for path in sorted(folder.glob(f"{kind}*")):
            day = date.fromisoformat(path.name.removeprefix(kind.rpartition("/")[2])[:10])
            if path.suffix != ".csv" or keep_until is None or day > keep_until:
                path.unlink()


def _identity(seed: int, since: date) -> dict[str, str]:
    return {"version": str(VERSION), "seed": str(seed), "since": since.isoformat()}


def _read_stamp(folder: Path) -> dict[str, str | None]:
    stamp = folder / STAMP
    if stamp.exists():
        content: dict[str, str | None] = json.loads(stamp.read_text(encoding="utf-8"))
        return content
    if folder.exists() and any(path.name != _STAMP_ASIDE for path in folder.iterdir()):
        raise FileExistsError(f"{folder} holds files that are not a demo shop's exports")
    return {}


def _write_stamp(folder: Path, identity: dict[str, str], until: date | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / _STAMP_ASIDE
    content = {**identity, "until": until.isoformat() if until else None}
    aside.write_text(json.dumps(content) + "\n", encoding="utf-8")
    aside.replace(folder / STAMP)
