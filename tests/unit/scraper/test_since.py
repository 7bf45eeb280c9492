"""From when on an API is asked: stamps as they are written, the greatest of them, and some time before."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from saleslake_scraper.endpoints.since import StampError, earlier, greatest, not_after, within, written

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)

EARLIER = {
    "2026-03-01T10:00:00Z": "2026-03-01T09:50:00Z",
    "2026-03-01T00:05:00+02:00": "2026-02-28T23:55:00+02:00",
    "2026-03-01 10:00:00": "2026-03-01 09:50:00",
    "2026-03-01T10:00": "2026-03-01T09:50:00",
    "2026-03-01T10:00:00.120Z": "2026-03-01T09:50:00.120Z",
    "2026-03-01T10:00:00.123456-0500": "2026-03-01T09:50:00.123456-05:00",
    "2026-03-01": "2026-02-28",
    "1772359200": "1772358600",
    "1772359200123": "1772358600123",
    "1772359200.5": "1772358600.5",
}


@pytest.mark.parametrize("text", EARLIER)
def test_some_time_before_is_written_in_the_same_way(text):
    assert earlier(text, 600, UTC) == EARLIER[text]


@pytest.mark.parametrize("text", EARLIER)
def test_without_overlap_it_is_the_text_itself(text):
    assert earlier(text, 0, UTC) == text


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["2026-03-01T10:00:00Z", "2026-03-01T11:30:00+02:00"], "2026-03-01T10:00:00Z"),
        (["2026-03-01T10:00:00Z", "2026-03-01T10:30:00"], "2026-03-01T10:00:00Z"),
        (["9", "10", "9.5"], "10"),
        (["2026-02-28", "2026-03-01"], "2026-03-01"),
        (["2026-03-01T10:00:00Z", "2026-03-01T10:00:00.000Z"], "2026-03-01T10:00:00Z"),
        ([], None),
    ],
)
def test_the_greatest_is_that_of_instants_and_numbers_not_of_texts(texts, expected):
    assert greatest(texts, PARIS) == expected
    assert greatest(reversed(texts), PARIS) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2999-01-01T00:00:00Z", "2026-07-01T12:00:00Z"),
        ("2999-01-01T00:00:00.000+02:00", "2026-07-01T14:00:00.000+02:00"),
        ("2999-01-01 00:00:00", "2026-07-01 14:00:00"),
        ("2999-01-01", "2026-07-01"),
    ],
)
def test_no_instant_is_later_than_now(text, expected):
    assert not_after(text, PARIS, NOW) == expected


@pytest.mark.parametrize("text", ["2026-07-01T12:00:00Z", "2026-07-01T13:59:59", "2026-06-30", "99999999999"])
def test_what_is_not_later_than_now_stays(text):
    assert not_after(text, PARIS, NOW) == text


@pytest.mark.parametrize("texts", [["01/02/2026"], ["yesterday"], [""], ["2026-13-01"], ["2026-03-01", "7"]])
def test_what_is_no_stamp_is_named(texts):
    with pytest.raises(StampError, match="number"):
        greatest(texts, UTC)


WRITTEN = {
    "2026-03-01T10:00:00Z": "2026-01-31T23:00:00Z",
    "2026-03-01T10:00:00.120+02:00": "2026-02-01T01:00:00.000+02:00",
    "2026-03-01 10:00:00": "2026-02-01 00:00:00",
    "2026-03-01": "2026-02-01",
    "1772359200": "1769900400",
    "1772359200123": "1769900400000",
    # Of numbers that count records, nobody knows which one was there then.
    "48211": None,
}


@pytest.mark.parametrize("like", WRITTEN)
def test_the_beginning_of_a_day_is_written_as_the_source_writes_instants(like):
    assert written(date(2026, 2, 1), like, PARIS) == WRITTEN[like]


def test_what_lies_within_days_begins_and_ends_at_midnight_of_the_source():
    texts = ["2026-01-31T22:59:59Z", "2026-01-31T23:00:00Z", "2026-02-01T22:59:59Z", "2026-02-01T23:00:00Z"]
    texts += ["2026-02-01", "2026-02-02", "1769900399", "1769900400", "1769986799999", "1769986800000"]
    inside = within(pl.Series([*texts, "48211", None]), date(2026, 2, 1), date(2026, 2, 2), PARIS)
    yes, no = True, False
    assert inside.to_list() == [no, yes, yes, no, yes, no, no, yes, yes, no, yes, yes]
    with pytest.raises(StampError):
        within(pl.Series(["soon"]), date(2026, 2, 1), date(2026, 2, 2), PARIS)
