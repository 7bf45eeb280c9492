"""Days are written again, whatever is known of them, and the next crawl goes on as if nothing had been."""

import os
from datetime import UTC, date, datetime

import pytest

from saleslake.raw import Backfill
from tests.integration.scraper.catalogue import CARDS, catalogue
from tests.integration.scraper.crawling import crawled
from tests.integration.scraper.records import CURSOR, PATH, Api, record, table
from tests.integration.scraper.site import given

MARCH = ("--backfill", "b1", "--since", "2026-03-01", "--until", "2026-03-31")

DATED = r"""
[tables.sales]
files = "sales_*.csv"
snapshot = "table"
[entities.order_line]
from = "sales"
key = "id"
version_from = { file = "sales_(\\d{8})\\.csv", date = "%Y%m%d" }
fields = { product_id = "id", quantity = "id" }
"""
NEWEST = 'updated_since = { parameter = "updated_since", until = "updated_before", column = "updated_at" }\n'


def ids(place, table="sales", batch=-1):
    return place.rows(table, batch)["id"].to_list()


def test_files_of_the_days_are_written_again_and_no_others(place, tmp_path):
    folder = tmp_path / "exports"
    folder.mkdir()
    for day in ("20260228", "20260301", "20260331", "20260401"):
        (folder / f"sales_{day}.csv").write_text(f"id\n{day}\n")
    place.profile(str(folder), DATED)
    crawled(place)
    (folder / "sales_20260228.csv").write_text("id\nnew\n")
    report = crawled(place, *MARCH).report
    assert (report["fetched"], report["unchanged"]) == (2, 2)
    assert ids(place) == ["20260301", "20260331"]
    commit = place.commits()[-1]
    assert commit.backfill == Backfill(id="b1", since=date(2026, 3, 1), until=date(2026, 3, 31))
    # What lies outside is still there, and what changed there comes with the next crawl.
    assert (commit.gone, commit.standing) == ([], {"sales": 4})
    crawled(place)
    assert ids(place) == ["new"]
    assert place.commits()[-1].backfill is None
    assert crawled(place).report["committed"] is False


@pytest.mark.slow
def test_a_file_without_a_day_is_asked_for_its_last_change(place, tmp_path, site):
    folder = tmp_path / "exports"
    folder.mkdir()
    for name, day in (("old", 27), ("young", 28)):
        (folder / f"{name}.csv").write_text(f"id\n{name}\n")
        moment = datetime(2026, 2, day, 12, tzinfo=UTC).timestamp()
        os.utime(folder / f"{name}.csv", (moment, moment))
        site.put(f"{name}.csv", f"id\n{name}\n")
        changed = given(f"id\n{name}\n".encode(), Last_Modified=f"Fri, {day} Feb 2026 12:00:00 GMT")
        site.always[f"/exports/{name}.csv"] = changed
    since = ("--backfill", "b", "--since", "2026-02-28", "--until", "2026-02-28")
    for address in (str(folder), site.url):
        place.profile(address)
        crawled(place)
        crawled(place, *since)
        assert ids(place) == ["young"]
        assert crawled(place).report["committed"] is False


def test_days_without_anything_are_no_batch(place, tmp_path):
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "sales_20260228.csv").write_text("id\n1\n")
    place.profile(str(tmp_path / "exports"), DATED)
    crawled(place)
    assert crawled(place, *MARCH).report["committed"] is False
    assert len(place.commits()) == 1


def test_records_that_changed_on_the_days_are_written_again(place, site):
    day = 24 * 60
    api = Api([record(number, (number - 1) * day) for number in range(1, 5)])
    api.publish(site)
    place.profile(site.root, table(CURSOR, NEWEST), kind="api")
    crawled(place)
    site.asked.clear()
    crawled(place, "--backfill", "b", "--since", "2026-03-02", "--until", "2026-03-03")
    asked = [each.query for each in site.asked if each.path == PATH]
    assert {(each["updated_since"], each["updated_before"]) for each in asked} == {
        ("2026-03-02T00:00:00Z", "2026-03-04T00:00:00Z")
    }
    assert ids(place, "orders") == ["2", "3"]
    site.asked.clear()
    api.update(4, 3 * day + 1, total=1)
    crawled(place)
    asked = [each.query for each in site.asked if each.path == PATH]
    assert {each["updated_since"] for each in asked} == {"2026-03-03T23:50:00Z"}
    assert not any("updated_before" in each for each in asked)
    assert ids(place, "orders") == ["4"]


def test_an_endpoint_that_was_never_read_gives_the_days_alone(place, site):
    Api([record(number, number * 24 * 60) for number in range(4)]).publish(site)
    place.profile(site.root, table(CURSOR, NEWEST), kind="api")
    crawled(place, "--backfill", "b", "--since", "2026-03-02", "--until", "2026-03-02")
    assert ids(place, "orders") == ["1"]
    crawled(place)
    assert sorted({*ids(place, "orders", 0), *ids(place, "orders", 1)}) == ["0", "1", "2", "3"]


def test_a_site_is_written_again_as_a_whole(place, site):
    shown = catalogue()
    shown.publish(site)
    place.profile(site.root, CARDS, kind="site")
    crawled(place)
    assert crawled(place).report["committed"] is False
    crawled(place, *MARCH)
    assert ids(place, "products") == ids(place, "products", 0)
    assert crawled(place).report["committed"] is False
