"""The storefront in Geneva: francs, its own days, rates that come late, its truth from the files alone."""

import csv
import hashlib
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from demo_shop import __main__ as by_hand
from demo_shop import everything, geneva
from demo_shop.geneva import rates, sales
from demo_shop.geneva.customers import OPENED_ON
from demo_shop.prices import PriceList
from saleslake.profiles import load
from saleslake_scraper.listing.patterns import fed_tables
from tests.unit.demo_shop.reading import Row, contents, rows_of

SEED, UNTIL = 20, date(2025, 4, 6)
ZURICH = ZoneInfo("Europe/Zurich")
SOURCES = Path(__file__).resolve().parents[3] / "sources"
# Tells when a platform or a Python makes other bytes of what is exported to the end of October 2024.
OCTOBER_2024 = "a8e23d9a19ff4a90fa4d8c21b23af574e18adb85babe51029b10c0c4a0527e33"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Seven months from the opening on, with both nights on which clocks change."""
    made = tmp_path_factory.mktemp("geneva") / "exports"
    everything.write(made, SEED, UNTIL)
    return made


@pytest.fixture(scope="module")
def exported(folder):
    """All rows of Geneva with their days of export."""
    found = []
    for path in sorted((folder / "geneva").glob("sales_*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            day = date.fromisoformat(path.stem.removeprefix("sales_"))
            found += [(day, row) for row in csv.DictReader(file)]
    return found


def local(text):
    return datetime.fromisoformat(text).astimezone(ZURICH)


def last_versions(exported):
    kept: dict[tuple[str, str], Row] = {}
    for _, row in exported:
        key = (row["order_id"], row["line"])
        if key not in kept or row["updated_at"] >= kept[key]["updated_at"]:
            kept[key] = row
    return kept.values()


def cents(amount):
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_the_truth_is_that_of_the_files(folder, exported):
    known = {
        date.fromisoformat(row["date"]): Decimal(row["rate"])
        for row in rows_of(folder / "rates" / "rates.csv")
    }
    expected: dict[str, dict[str, Decimal | int]] = defaultdict(lambda: defaultdict(int))
    for row in last_versions(exported):
        if row["status"] == "cancelled":
            continue
        assert row["currency"] == "CHF"
        day = local(row["ordered_at"]).date()
        rate = known[max(each for each in known if day - timedelta(days=7) <= each <= day)]
        with_tax = int(row["quantity"]) * Decimal(row["unit_price"].replace("'", ""))
        gross = cents(with_tax / Decimal("1.081"))
        discount = cents(with_tax * Decimal(row["discount_percent"]) / 100 / Decimal("1.081"))
        measures = {
            "lines": 1,
            "waiting_lines": 0,
            "units": int(row["quantity"]),
            "gross_amount_chf": gross,
            "discount_amount_chf": discount,
            "sales_amount_chf": gross - discount,
            "gross_amount": cents(gross * rate),
            "discount_amount": cents(discount * rate),
            "sales_amount": cents(gross * rate) - cents(discount * rate),
        }
        for place in ("totals", f"{day:%Y-%m}", row["product_id"]):
            for name, value in measures.items():
                expected[place][name] += value
    truth = geneva.truth(SEED, UNTIL)
    counts = {name: truth["totals"].pop(name) for name in ("orders", "customers", "cancelled_lines")}
    assert truth["totals"] == expected.pop("totals")
    assert truth["by_month"] | truth["by_product"] == expected
    assert truth["totals"]["sales_amount"] > 700_000
    assert truth["totals"]["discount_amount"] > 5_000
    last = last_versions(exported)
    valid = [row for row in last if row["status"] == "completed"]
    assert counts == {
        "orders": len({row["order_id"] for row in valid}),
        "customers": len({row["customer_id"] for row in valid}),
        "cancelled_lines": len(last) - len(valid),
    }
    repeated = len(exported) - len({tuple(row.values()) for _, row in exported})
    assert (truth["rows"], truth["repeated_rows"]) == (len(exported), repeated)


def test_corrections_late_rows_and_repeats_occur(exported):
    by_line = defaultdict(list)
    for day, row in exported:
        by_line[row["order_id"], row["line"]].append((day, row))
    seen = Counter(tuple(row.values()) for _, row in exported)
    assert 5 < sum(times - 1 for times in seen.values()) < 60
    moved, recounted = 0, 0
    for kept in by_line.values():
        moved += len({local(row["ordered_at"]).date() for _, row in kept}) > 1
        recounted += len({row["quantity"] for _, row in kept}) > 1
    assert moved > 10
    assert recounted > 20
    entered = [(day - local(row["updated_at"]).date()).days for day, row in exported]
    assert max(entered) in range(4, 8)
    assert min(entered) == 0


def test_each_days_file_is_sorted_by_when_its_rows_were_entered(folder):
    for path in (folder / "geneva").glob("sales_*.csv"):
        entered = [line.rpartition(",")[2] for line in path.read_text().splitlines()[1:]]
        assert entered == sorted(entered)
        assert entered


def test_prices_are_swiss(exported):
    prices = {row["unit_price"] for _, row in exported}
    assert all(price[-1] in "05" and price[-3] == "." for price in prices)
    assert any("'" in price for price in prices)
    france = PriceList(SEED, UNTIL).of("SUI-06", UNTIL).cents
    swiss = [row["unit_price"] for day, row in exported if row["product_id"] == "SUI-06" and day.year == 2025]
    assert Decimal(swiss[-1]) == Decimal(france) / 100 / Decimal("1.2") * Decimal("1.125") * Decimal(
        "1.081"
    ) // Decimal("0.05") * Decimal("0.05")


def test_half_past_two_comes_twice_and_not_at_all(exported):
    def nights(day):
        moments = {row["ordered_at"] for _, row in exported if row["order_id"].startswith(f"GVA-{day}")}
        known = [local(moment) for moment in sorted(moments)]
        return [each.isoformat()[11:] for each in known if each.minute == 30 and each.hour < 5]

    assert nights("20241027") == ["01:30:00+02:00", "02:30:00+02:00", "02:30:00+01:00"]
    assert nights("20250330") == ["01:30:00+01:00", "03:30:00+02:00", "04:30:00+02:00"]


def test_some_sales_lie_on_another_day_in_utc(exported):
    assert sum(row["ordered_at"][:10] != str(local(row["ordered_at"]).date()) for _, row in exported) > 20


def test_rates_are_of_working_days_and_some_come_a_day_late():
    published = {day: set(rates.by_day(rates.rates(SEED, day))) for day in map(nth_day, range(200))}
    assert {day.weekday() for day in published[nth_day(199)]} == {0, 1, 2, 3, 4}
    late = [day for day in published if day.weekday() < 5 and day not in published[day]]
    assert late[0] == OPENED_ON
    assert 5 < len(late) < 30
    assert all(day in published[day + timedelta(days=1)] for day in late if day < nth_day(199))


def nth_day(number):
    return OPENED_ON + timedelta(days=number)


def test_the_file_of_rates_only_grows():
    texts = [rates.text(rates.rates(SEED, nth_day(number))) for number in range(1, 60)]
    assert all(after.startswith(before) for before, after in pairwise(texts))
    assert texts[-1] != texts[0]
    assert texts[0].splitlines()[0] == b"date;from;to;rate"


def test_sales_wait_for_a_rate_that_is_not_there_yet():
    waiting = geneva.truth(SEED, OPENED_ON)["totals"]
    assert waiting["waiting_lines"] == waiting["lines"] > 0
    assert waiting["sales_amount_chf"] > 0
    assert waiting["sales_amount"] == 0
    after = geneva.truth(SEED, OPENED_ON + timedelta(days=1))["totals"]
    assert after["waiting_lines"] == 0
    assert after["sales_amount"] > 0


def test_the_last_rate_before_holds_for_a_week():
    friday, rate = date(2025, 3, 28), Decimal("1.05")
    held = [rates.rate_on(friday + timedelta(days=later), {friday: rate}) for later in (0, 2, 7, 8)]
    assert held == [rate, rate, rate, None]
    assert rates.rate_on(friday - timedelta(days=1), {friday: rate}) is None


def test_the_past_does_not_depend_on_how_far_one_looks(exported):
    prices = PriceList(SEED, UNTIL)
    whole = dict(sales.days(SEED, prices, UNTIL, OPENED_ON))
    some = dict(sales.days(SEED, PriceList(SEED, date(2025, 2, 10)), date(2025, 2, 10), OPENED_ON))
    rest = dict(sales.days(SEED, prices, UNTIL, OPENED_ON, date(2025, 2, 11)))
    assert some | rest == whole
    assert sum(map(len, whole.values())) == len(exported)
    other = dict(sales.days(SEED + 1, PriceList(SEED + 1, UNTIL), date(2024, 9, 9), OPENED_ON))
    assert all(rows != whole[day] for day, rows in other.items())


def test_the_bytes_are_the_same_everywhere(tmp_path):
    everything.write(tmp_path, SEED, date(2024, 10, 31), date(2024, 10, 1))
    digest = hashlib.sha256()
    for name, (content, _) in sorted(contents(tmp_path).items()):
        digest.update(name.encode() + b"\0" + content)
    assert digest.hexdigest() == OCTOBER_2024


def test_a_clock_set_back_takes_the_later_days_away(tmp_path):
    everything.write(tmp_path, SEED, date(2024, 9, 9))
    everything.write(tmp_path, SEED, date(2024, 9, 4))
    names = sorted(path.name for path in (tmp_path / "geneva").glob("sales_*"))
    assert names == ["sales_2024-09-02.csv", "sales_2024-09-03.csv", "sales_2024-09-04.csv"]


def test_the_demo_of_one_command_takes_none_of_these_files(folder):
    tables = load(SOURCES, "demo").tables
    paths = [path.relative_to(folder).as_posix() for path in folder.rglob("*.csv")]
    assert {path.partition("/")[0] for path in paths} == {"geneva", "rates", "team"}
    assert [path for path in paths if fed_tables(tables, f"/exports/{path}", "")] == []
    assert fed_tables(tables, "/exports/sales/sales_2025-01-01.csv", "")


def test_by_hand_they_are_written_when_asked_for(tmp_path):
    options = ["--exports", str(tmp_path), "--until", "2023-11-02"]
    for more, expected in (([], {"sales", "reference"}), (["--everything"], {"sales", "reference", "team"})):
        assert by_hand.main(["export", *options, *more]) == 0
        assert {path.parent.name for path in tmp_path.rglob("*.csv")} == expected


def test_customers_and_the_shop_are_listed(folder, exported):
    with (folder / "geneva" / "customers.csv").open(encoding="utf-8", newline="") as file:
        customers = {row["customer_id"]: row for row in csv.DictReader(file)}
    assert {row["customer_id"] for _, row in exported} <= customers.keys()
    for day, row in exported:
        born = datetime.strptime(customers[row["customer_id"]]["created_on"], "%d.%m.%Y").date()  # noqa: DTZ007 - a day
        assert born <= day
    shop = (folder / "geneva" / "shops.csv").read_text().splitlines()
    assert shop[1] == "G01,Genève Rive,Genève,1204,Genève,Suisse,02.09.2024"
    assert {row["shop_id"] for _, row in exported} == {"G01"}
