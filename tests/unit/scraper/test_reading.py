"""What a fetched body comes to: new, unchanged or broken; never half of it."""

import zipfile
from datetime import UTC, datetime
from io import BytesIO

import polars as pl

from saleslake.profiles import Table
from saleslake.raw import ORIGIN, ROWS_PER_FILE, AddressReport
from saleslake_scraper.items import Body
from saleslake_scraper.listing.entry import Entry
from saleslake_scraper.memory import Memory, reading_stamp
from saleslake_scraper.reading import Landed, land

AT = datetime(2024, 2, 29, 12, 0, tzinfo=UTC)
CSV = b"id,name\n1,a\n2,b\n"


def body(content: bytes, name: str = "sales.csv", number: int = 3, **said) -> Body:
    tables = said.pop("tables", {"sales": Table(files="*", **said.pop("table", {}))})
    entry = Entry(
        f"/in/{name}", f"file:///in/{name}", f"/in/{name}", (0, name), tables, number=number, **said
    )
    return Body(entry, content, AT, etag='"1"')


def remember(*landed: Landed) -> Memory:
    reports = [report for each in landed for report in (each.report, *each.members)]
    return Memory({report.address: report for report in reports if report.status == "fetched"})


def first(content: bytes, **said) -> Landed:
    return land(body(content, **said), Memory({}), 1 << 30)


def zipped(**files: bytes) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.csv", content)
    return file.getvalue()


def test_rows_carry_where_they_come_from():
    landed = first(CSV)
    ((table, rows),) = landed.rows
    assert table == "sales"
    assert rows.schema == pl.Schema({"id": pl.String(), "name": pl.String(), **ORIGIN})
    assert rows["_row"].to_list() == [3 * ROWS_PER_FILE + 1, 3 * ROWS_PER_FILE + 2]
    assert rows["_address"].unique().to_list() == ["/in/sales.csv"]
    assert rows["_fetched_at"].unique().to_list() == [AT]
    assert rows["_content_hash"].unique().to_list() == [landed.report.sha256]
    assert landed.report.rows == {"sales": 2}
    assert landed.report.columns == {"sales": ["id", "name"]}
    assert landed.report.bytes == len(CSV)


def test_the_same_body_is_unchanged():
    memory = remember(first(CSV))
    again = land(body(CSV), memory, 1 << 30)
    assert (again.report.status, again.rows) == ("unchanged", ())
    assert land(body(CSV + b"3,c\n"), memory, 1 << 30).report.status == "fetched"


def test_the_same_body_read_another_way_is_written_again():
    memory = remember(first(CSV))
    others = ({"separator": ";"}, {"header_row": 2}, {"encoding": "cp1252"}, {"columns": ["a", "b"]})
    for other in (*others, {"trailing_separators": True}):
        assert land(body(CSV, table=other), memory, 1 << 30).report.status == "fetched"
    two = {"sales": Table(files="*"), "names": Table(files="*")}
    assert land(body(CSV, tables=two), memory, 1 << 30).report.status == "fetched"
    renamed_pattern = {"files": "sales*"}
    assert (
        land(body(CSV, tables={"sales": Table(**renamed_pattern)}), memory, 1 << 30).report.status
        == "unchanged"
    )


def test_a_new_option_that_no_table_uses_fetches_nothing_again():
    assert reading_stamp("a.csv", {"t": Table(files="*")}) == "40d612e23ebfb717"


def test_a_file_that_is_broken_for_one_table_feeds_none():
    tables = {"sales": Table(files="*"), "names": Table(files="*", header_row=9)}
    landed = first(CSV, tables=tables)
    assert landed.report.status == "failed"
    assert "row 9" in (landed.report.reason or "")
    assert landed.rows == ()


def test_a_broken_file_is_not_remembered():
    memory = remember(first(b"id\n1,2\n"))
    assert land(body(b"id\n1,2\n"), memory, 1 << 30).report.status == "failed"


def test_other_bytes_than_the_listing_says_are_broken():
    assert "the listing says 5 bytes, 16 came" in (first(CSV, size=5).report.reason or "")
    assert "sha256" in (first(CSV, sha256="0" * 64).report.reason or "")


def test_members_are_files_of_their_own_and_count_on():
    landed = first(zipped(b=b"id\n3\n", a=b"id\n1\n2\n"), name="all.zip")
    assert [report.address for report in landed.members] == ["/in/all.zip#a.csv", "/in/all.zip#b.csv"]
    rows = pl.concat([rows for _, rows in landed.rows])
    assert rows["id"].to_list() == ["1", "2", "3"]
    assert rows["_row"].to_list() == [3 * ROWS_PER_FILE + number for number in (1, 2, 3)]
    assert rows["_address"].to_list() == ["/in/all.zip#a.csv"] * 2 + ["/in/all.zip#b.csv"]


def test_only_members_that_changed_are_written_again():
    memory = remember(first(zipped(a=b"id\n1\n"), name="all.zip"))
    landed = land(body(zipped(a=b"id\n1\n", b=b"id\n2\n"), "all.zip"), memory, 1 << 30)
    assert [report.status for report in landed.members] == ["unchanged", "fetched"]
    ((_, rows),) = landed.rows
    assert rows["id"].to_list() == ["2"]


def test_an_archive_with_a_broken_member_is_broken():
    landed = first(zipped(a=b"id\n1\n", b=b"id\n1,2\n"), name="all.zip")
    assert (landed.report.status, landed.rows, landed.members) == ("failed", (), ())
    assert "member b.csv: row 1 has 2 fields" in (landed.report.reason or "")


def test_an_archive_without_a_member_for_us_is_broken():
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "nothing here")
    assert "no member" in (first(file.getvalue(), name="all.zip").report.reason or "")


def test_conditions_and_listing_hold_only_for_what_is_read_the_same_way():
    landed = first(CSV, listed="16 bytes")
    memory = remember(landed)
    same = body(CSV, listed="16 bytes").entry
    assert memory.unchanged_by_listing(same) == landed.report
    assert memory.conditions(memory.of_entry(same)) == {"If-None-Match": '"1"'}
    touched = body(CSV, listed="17 bytes").entry
    assert memory.unchanged_by_listing(touched) is None
    assert memory.conditions(memory.of_entry(touched)) == {"If-None-Match": '"1"'}
    otherwise = body(CSV, listed="16 bytes", table={"separator": ";"}).entry
    assert memory.unchanged_by_listing(otherwise) is None
    assert memory.conditions(memory.of_entry(otherwise)) == {}


def test_no_listing_is_no_proof():
    assert remember(first(CSV)).unchanged_by_listing(body(CSV).entry) is None


def test_an_older_commit_that_did_not_say_how_it_read_is_read_again():
    old = AddressReport(address="/in/sales.csv", number=1, status="fetched", sha256="x", listed="16 bytes")
    assert Memory({old.address: old}).unchanged_by_listing(body(CSV, listed="16 bytes").entry) is None
