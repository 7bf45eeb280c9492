"""Which files a backfill fetches again."""

from datetime import UTC, date, datetime

import pytest

from saleslake.profiles import FileSource
from saleslake.raw import Backfill
from saleslake_scraper.listing.entry import Entry
from saleslake_scraper.window import changed_at, may_hold

MARCH = Backfill(id="b", since=date(2026, 3, 1), until=date(2026, 3, 31))


def source(pattern: str | None, form: str, zone: str = "UTC") -> FileSource:
    version = {"version_from": {"file": pattern, "date": form}} if pattern else {}
    return FileSource.model_validate(
        {
            "name": "shop",
            "company": "acme",
            "address": "exports",
            "currency": "EUR",
            "time_zone": zone,
            "tables": {"products": {"files": "*.csv"}, "others": {"files": "x"}},
            "entities": {"product": {"from": "products", "key": "id", **version}},
        }
    )


def entry(name: str, changed: datetime | None = None, table: str = "products") -> Entry:
    of = source(None, "").tables[table]
    return Entry(name, name, name, (0, name), {table: of}, changed=changed)


DAYS = r"_(\d{8})\.csv"
MONTHS = r"_(\d{4}-\d\d)\.csv"


@pytest.mark.parametrize(
    ("name", "pattern", "form", "expected"),
    [
        ("p_20260301.csv", DAYS, "%Y%m%d", True),
        ("p_20260331.csv", DAYS, "%Y%m%d", True),
        ("p_20260228.csv", DAYS, "%Y%m%d", False),
        ("p_20260401.csv", DAYS, "%Y%m%d", False),
        ("p_2026-03.csv", MONTHS, "%Y-%m", True),
        ("p_2026-02.csv", MONTHS, "%Y-%m", False),
    ],
)
def test_the_day_of_a_name_decides_whenever_the_file_changed(name, pattern, form, expected):
    for changed in (None, datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 3, 15, tzinfo=UTC)):
        assert may_hold(entry(name, changed), source(pattern, form), MARCH) is expected


def test_a_month_is_meant_with_all_its_days():
    middle = Backfill(id="b", since=date(2026, 3, 10), until=date(2026, 3, 12))
    assert may_hold(entry("p_2026-03.csv"), source(MONTHS, "%Y-%m"), middle)


def test_a_file_without_a_day_holds_none_after_its_last_change():
    shop = source(None, "", "Europe/Paris")
    # Midnight in Paris is 23:00 the day before in UTC.
    for hour, expected in ((22, False), (23, True)):
        assert may_hold(entry("p.csv", datetime(2026, 2, 28, hour, tzinfo=UTC)), shop, MARCH) is expected
    assert may_hold(entry("p.csv", datetime(2026, 9, 1, tzinfo=UTC)), shop, MARCH)
    assert may_hold(entry("p.csv"), shop, MARCH)


def test_a_pattern_is_asked_for_the_tables_that_it_is_of():
    before = datetime(2026, 1, 1, tzinfo=UTC)
    assert not may_hold(entry("p_20260301.csv", before, "others"), source(DAYS, "%Y%m%d"), MARCH)


def test_a_name_that_says_no_day_is_as_one_without():
    assert may_hold(entry("p_20269999.csv"), source(DAYS, "%Y%m%d"), MARCH)


def test_when_a_site_says_that_a_file_changed():
    assert changed_at("Sat, 28 Feb 2026 22:00:00 GMT") == datetime(2026, 2, 28, 22, tzinfo=UTC)
    assert changed_at("soon") is None
    assert changed_at(None) is None
