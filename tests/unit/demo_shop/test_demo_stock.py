"""What lies in the shops adds up with what is sold there, and is the same whenever it is asked for."""

from collections import Counter
from datetime import date, timedelta

import pytest

from demo_shop import exports
from demo_shop.orders import OrderBook
from demo_shop.stock import FIRST_COUNT, Count, Shelves, sold

SEED, UNTIL = 20, date(2026, 8, 23)
SATURDAYS = [FIRST_COUNT + timedelta(days=7 * week) for week in range(4)]


@pytest.fixture(scope="module")
def book() -> OrderBook:
    return OrderBook(SEED, UNTIL)


def counted(book: OrderBook, days: list[date], seed: int = SEED) -> dict[date, list[Count]]:
    shelves = Shelves(seed)
    return {day: shelves.counts(book, day) for day in days}


@pytest.fixture(scope="module")
def saturdays(book: OrderBook) -> dict[date, list[Count]]:
    return counted(book, SATURDAYS)


def test_every_box_is_counted_in_every_shop_on_saturdays(saturdays):
    for day, counts in saturdays.items():
        assert {each.day for each in counts} == {day}
        shops, products = {each.shop_id for each in counts}, {each.product_id for each in counts}
        assert len(shops) == 23
        assert "WEB" in shops
        assert {product[:3] for product in products} == {"PAK", "SUI", "MOD"}
        assert len(counts) == len(shops) * len(products) == len({each[1:3] for each in counts})


def test_on_other_days_and_before_nobody_counts(book):
    days = [FIRST_COUNT - timedelta(days=7), *(FIRST_COUNT + timedelta(days=day) for day in range(1, 7))]
    assert all(counts == [] for counts in counted(book, days).values())


def test_what_lay_there_and_what_came_less_what_was_sold_lies_there(book):
    shelves = Shelves(SEED)
    before = {each[1:3]: each.on_hand for each in shelves.counts(book, SATURDAYS[0])}
    after = {each[1:3]: each.on_hand for each in shelves.counts(book, SATURDAYS[-1])}
    days = (SATURDAYS[-1] - SATURDAYS[0]).days
    went: Counter[tuple[str, str]] = Counter()
    for day in range(1, days + 1):
        went.update(sold(book, SATURDAYS[0] + timedelta(days=day)))
    assert sum(went[at] for at in after) > 1000
    assert after == {at: units + shelves.came[at] - went[at] for at, units in before.items()}


def test_nothing_is_below_nothing_and_some_of_it_is_to_come(saturdays):
    counts = saturdays[SATURDAYS[-1]]
    assert min(each.on_hand for each in counts) >= 0
    assert any(each.on_order > 0 for each in counts)
    assert all(each.on_order == 0 for each in saturdays[FIRST_COUNT])
    assert {each.lead_days for each in counts} == set(range(2, 10))


def test_days_in_between_change_nothing(book, saturdays):
    every = [FIRST_COUNT - timedelta(days=3) + timedelta(days=day) for day in range(24)]
    assert counted(book, every)[SATURDAYS[2]] == saturdays[SATURDAYS[2]]


def test_how_far_the_clock_has_come_changes_nothing(saturdays):
    sooner = OrderBook(SEED, SATURDAYS[1])
    assert counted(sooner, SATURDAYS[:2])[SATURDAYS[1]] == saturdays[SATURDAYS[1]]


def test_another_seed_counts_otherwise(book, saturdays):
    assert counted(book, SATURDAYS[:1], SEED + 1)[FIRST_COUNT] != saturdays[FIRST_COUNT]


def test_files_come_with_the_clock_and_go_with_it(tmp_path, book, saturdays):
    since = date(2026, 8, 7)
    for until, weeks in ((SATURDAYS[2], (1, 2)), (UNTIL, (1, 2, 3)), (SATURDAYS[1], (1,))):
        exports.write(tmp_path, SEED, until, since)
        files = sorted(path.name for path in (tmp_path / "stock").iterdir())
        assert files == [f"stock_{SATURDAYS[week]}.csv" for week in weeks]
    head, first, *rest = (tmp_path / "stock" / files[0]).read_text().splitlines()
    assert head == "date;shop_id;product_id;on_hand;on_order;lead_time_days"
    counts = saturdays[SATURDAYS[1]]
    assert first == f"08/08/2026;{';'.join(map(str, counts[0][1:]))}"
    assert len(rest) + 1 == len(counts)
