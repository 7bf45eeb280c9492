"""The folder of the live shop: the past is that of the frozen shop, the present day only grows."""

from datetime import date, timedelta

import pytest

from demo_shop import everything, exports, generate
from demo_shop.live import growth
from demo_shop.live.growth import Growth
from demo_shop.paris import instant, local_day
from tests.unit.demo_shop.reading import contents

SEED, SINCE, TODAY = 20, date(2025, 2, 20), date(2025, 3, 12)
NIGHT, HOUR = 23 * 3600 + 45 * 60, 3600
GROWING = ("sales/sales_{}.csv", "returns/returns_{}.csv", "geneva/sales_{}.csv")


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    """The frozen shop's folders by their last day."""
    made = {}

    def until(day):
        if day not in made:
            folder = tmp_path_factory.mktemp("frozen")
            exports.write(folder, SEED, day, SINCE)
            everything.write(folder, SEED, day, SINCE)
            made[day] = contents(folder)
        return made[day]

    return until


def begun(folder, now):
    made = Growth(folder, SEED, SINCE)
    made.begin(now)
    return made


def at(day, second):
    return instant(day, second)


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """What the folder holds, by the instant, every half hour for a day and a half."""
    folder = tmp_path_factory.mktemp("watched") / "exports"
    shop = begun(folder, at(TODAY, 0))
    seen = {at(TODAY, 0): contents(folder)}
    for half_hour in range(1, 73):
        now = at(TODAY, 0) + half_hour * HOUR // 2
        shop.advance(now)
        seen[now] = contents(folder)
    return seen


def test_the_past_is_that_of_the_frozen_shop_at_each_moment(watched, frozen):
    for now, seen in watched.items():
        day = local_day(now)
        closed = day if now >= at(day, NIGHT) else day - timedelta(days=1)
        today = {name.format(closed + timedelta(days=1)) for name in GROWING} | {"rates/rates.csv"}
        assert {name: content for name, content in seen.items() if name not in today} == {
            name: content for name, content in frozen(closed).items() if name not in today
        }


def test_the_present_day_only_grows_until_it_is_what_the_frozen_shop_has(watched, frozen):
    for name in (pattern.format(TODAY) for pattern in GROWING):
        known = [seen[name] for now, seen in sorted(watched.items()) if name in seen]
        whole = frozen(TODAY)[name]
        assert all(whole[0].startswith(content) for content, _ in known)
        assert [len(content) for content, _ in known] == sorted(len(content) for content, _ in known)
        assert [changed for _, changed in known] == sorted(changed for _, changed in known)
        assert known[-1] == whole
        steps = {content for content, _ in known}
        assert len(steps) >= (2 if name.startswith("returns") else 6)


def test_a_row_is_there_once_it_was_entered(watched):
    name = f"sales/sales_{TODAY}.csv"
    fresh = 0
    for now, seen in watched.items():
        if name in seen:
            content, changed_at = seen[name]
            last = content.decode().splitlines()[-1].split(";")[13]
            assert at(TODAY, 0) <= changed_at <= now or now >= at(TODAY, NIGHT)
            fresh += local_day(int(changed_at)) == TODAY and last.startswith(str(TODAY))
    assert fresh > 20


def test_rates_appear_in_the_afternoon(watched, frozen):
    # Wednesday's rate
    row = f"\n{TODAY};CHF;EUR;".encode()
    have = [now for now, seen in watched.items() if row in seen["rates/rates.csv"][0]]
    assert min(have) == at(TODAY, 16 * HOUR)
    assert frozen(TODAY)["rates/rates.csv"] == watched[at(TODAY, 20 * HOUR)]["rates/rates.csv"]


@pytest.mark.parametrize("second", [9 * HOUR, 15 * HOUR, NIGHT - 1, NIGHT, NIGHT + 60])
def test_the_moment_alone_says_what_is_there(watched, tmp_path, second):
    now = at(TODAY, second)
    begun(tmp_path / "straight", now)
    slow = begun(tmp_path / "slow", at(TODAY - timedelta(days=2), 11 * HOUR))
    for step in range(60, 0, -1):
        slow.advance(now - step * 3000)
    slow.advance(now)
    assert contents(tmp_path / "slow") == contents(tmp_path / "straight")
    if now in watched:
        assert contents(tmp_path / "slow") == watched[now]


def test_what_was_entered_before_is_there_at_midnight(tmp_path):
    """A till that was offline: its rows are of days before."""
    book_days = list(generate.days(SEED, TODAY + timedelta(days=9), SINCE, TODAY))
    late = next(day for day in book_days if day.sales[0].updated_at < at(day.day, 0))
    begun(tmp_path / "late", at(late.day, 0))
    shown = (tmp_path / "late" / f"sales/sales_{late.day}.csv").read_text().splitlines()[1:]
    assert len(shown) == sum(row.updated_at <= at(late.day, 0) for row in late.sales) > 0
    begun(tmp_path / "before", at(late.day, 0) - 1)
    assert not (tmp_path / "before" / f"sales/sales_{late.day}.csv").exists()


def test_nothing_is_taken_back_for_a_request_that_was_overtaken(tmp_path):
    shop = begun(tmp_path, at(TODAY, 15 * HOUR))
    before = contents(tmp_path)
    shop.advance(at(TODAY, 9 * HOUR))
    assert contents(tmp_path) == before


def test_a_clock_that_starts_earlier_takes_back_what_was_there(tmp_path):
    folder = tmp_path / "exports"
    shop = begun(folder, at(TODAY, 15 * HOUR))
    shop.advance(at(TODAY + timedelta(days=2), 15 * HOUR))
    begun(folder, at(TODAY, 9 * HOUR))
    begun(tmp_path / "straight", at(TODAY, 9 * HOUR))
    assert contents(folder) == contents(tmp_path / "straight")


def test_a_shop_whose_past_lies_there_does_not_make_it_again(tmp_path):
    begun(tmp_path, at(TODAY, 9 * HOUR))
    made = {path: path.stat().st_ino for path in (tmp_path / "sales").iterdir()}
    begun(tmp_path, at(TODAY + timedelta(days=1), 9 * HOUR))
    kept = [path for path, inode in made.items() if path.stat().st_ino == inode]
    assert len(kept) == len(made) - 1


def test_the_future_is_planned_further_when_it_is_reached(tmp_path, monkeypatch):
    now = at(TODAY + timedelta(days=7), 14 * HOUR)
    begun(tmp_path / "straight", now)
    monkeypatch.setattr(growth, "_AHEAD_DAYS", 2)
    shop = begun(tmp_path / "short", at(TODAY, 9 * HOUR))
    shop.advance(now)
    assert contents(tmp_path / "short") == contents(tmp_path / "straight")
