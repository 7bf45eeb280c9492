"""The exports that the demo of one command does without: Geneva, the rates, and the sales teams' files."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from demo_shop import exports
from demo_shop.crm import files as team
from demo_shop.crm.plan import Plan
from demo_shop.generate import check
from demo_shop.geneva import files, rates, sales
from demo_shop.paris import instant
from demo_shop.prices import PriceList
from demo_shop.seasons import FIRST_DAY
from demo_shop.staff import Staff

GENEVA = "geneva/sales_"
RATES = "rates/rates.csv"


def write(
    folder: Path,
    seed: int,
    until: date,
    since: date = FIRST_DAY,
    prices: PriceList | None = None,
    plan: Plan | None = None,
) -> None:
    """Makes a folder of exports hold these too, from `since` to `until`; all of them are written again.

    Prices and a plan of the seed that reach to `until` or further save making them.
    """
    check(until, since)
    exports.clear(folder, until, [GENEVA])
    for day, rows in sales.days(seed, prices or PriceList(seed, until), until, since):
        exports.put(folder / f"{GENEVA}{day}.csv", files.sales(rows), instant(day, exports.EXPORTED_AT))
    staff = Staff(seed)
    snapshots(folder, seed, until, plan or Plan(seed, until, staff), staff)
    publish(folder, rates.rates(seed, until))


def snapshots(folder: Path, seed: int, day: date, plan: Plan, staff: Staff) -> None:
    """Writes the files that are exported whole each day."""
    for path, content in (files.snapshots(seed, day) | team.snapshots(plan, staff, day)).items():
        exports.put(folder / path, content, instant(day, exports.EXPORTED_AT))


def publish(folder: Path, published: Iterable[rates.Rate]) -> None:
    """Writes the rates that have been published, in the order in which they were."""
    listed = list(published)
    if listed:
        exports.put(folder / RATES, rates.text(listed), listed[-1].published_at)
