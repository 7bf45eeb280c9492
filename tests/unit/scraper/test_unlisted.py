"""Which addresses are gone, and which of them a batch has to tell of."""

import pytest

from saleslake.profiles import Source
from saleslake.raw import AddressReport
from saleslake_scraper.history import History
from saleslake_scraper.unlisted import gone, unlisted_tables


def source(snapshot="table"):
    tables = {"sales": {"files": "*.csv", "snapshot": snapshot}}
    return Source(name="shop", company="shop", address=["exports"], currency="EUR", tables=tables)


def report(address, status="fetched"):
    return AddressReport(
        address=address, number=1, status=status, rows={"sales": 1}, columns={"sales": ["id"]}
    )


def past(*addresses, **said):
    return History(reports={each: report(each) for each in addresses}, **said)


def test_what_is_gone_is_named_by_every_batch_until_it_is_back():
    known = past("a", "b", "c", gone={"b"})
    assert gone(source(), [report("a", "unchanged")], known) == ["b", "c"]
    assert gone(source(), [report("a", "unchanged"), report("b")], known) == ["c"]


def test_nothing_is_gone_while_something_fails_or_where_nothing_is_judged():
    assert gone(source(), [report("a", "failed")], past("a", "b")) == []
    assert gone(source("none"), [report("a")], past("a", "b")) == []
    assert gone(source("file"), [report("a")], past("a", "b")) == ["b"]


@pytest.mark.parametrize(("status", "expected"), [("unchanged", []), ("fetched", ["z#1"])])
def test_a_file_of_an_archive_is_gone_when_that_was_read_without_it(status, expected):
    reports = [report("z", status), *([report("z#2")] if status == "fetched" else [])]
    assert gone(source(), reports, past("z", "z#1", "z#2")) == expected
    assert gone(source(), [report("a")], past("z", "z#1")) == ["z", "z#1"]


def test_a_table_that_is_judged_as_a_whole_is_told_of():
    known = past("a", "b")
    assert unlisted_tables(source(), ["b"], known) == {"sales": ["id"]}
    assert unlisted_tables(source("file"), ["b"], known) == {}


def test_what_comes_back_is_new():
    assert past("a", "b", gone={"b"}).there.keys() == {"a"}
