"""What a forecaster is told: which days are over and which are closed, series that live, products that sell
often."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from saleslake.raw import batch_id
from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.forecast import Forecaster
from saleslake_processor.learnt.forecasts import candidates, days, feasts
from saleslake_processor.learnt.forecasts.history import History, histories

FIRST, LAST = date(2025, 1, 6), date(2025, 12, 31)
SUNDAY = 7


def sums(*rows: dict[str, Any]) -> pl.DataFrame:
    """Sums by day, store, category and product, a unit at 10 unless they say otherwise."""
    plain = {"company": "acme", "counted": 1, "lines": 1, "store_key": 1, "category_key": 5, "product_key": 7}
    amounts = {"sales_amount": 10, "refunded_amount": 0, "net_amount": 10, "units": 1}
    whole = [{**plain, **amounts, **row} for row in rows]
    schema = {
        **{"company": pl.String(), "date": pl.Date(), "counted": pl.Int64(), "lines": pl.Int64()},
        **dict.fromkeys(("store_key", "category_key", "product_key"), pl.Int64()),
        **dict.fromkeys(("sales_amount", "refunded_amount", "net_amount", "units"), MONEY),
    }
    return pl.DataFrame(whole, schema=schema)


def every_day(
    but: tuple[int, ...] = (), first: date = FIRST, last: date = LAST, **said: Any
) -> list[dict[str, Any]]:
    days_of = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [{"date": day, **said} for day in days_of if day.isoweekday() not in but]


def known(*rows: dict[str, Any], country: str | None = "France") -> dict[str, pl.DataFrame]:
    return {
        "sums/date_store_category": sums(*rows),
        "sums/date_product": sums(*rows),
        "current/store": pl.DataFrame({"company": ["acme"] * 2, "store_key": [1, 2], "place_key": [11, 12]}),
        "current/place": pl.DataFrame(
            {
                "company": ["acme"] * 2,
                "place_key": [11, 12],
                "country": [country] * 2,
                "state": [None] * 2,
                "region": ["Sud", "Nord"],
            },
            schema_overrides={"country": pl.String, "state": pl.String},
        ),
    }


def of(
    *rows: dict[str, Any], freq: str = "day", family: str = "stores", last: date = LAST, **said: Any
) -> History:
    found = histories(known(*rows, **said), "acme", last, freq)
    [history] = [each for each in found if (each.kpi, each.family) == ("net_amount", family)]
    return history


def closed_date(fetched: datetime, *sold: date, **others: datetime) -> date | None:
    """By when order lines were fetched, of one source or of others too."""
    sources = {"shop": fetched, **others}
    ledger = pl.LazyFrame(
        {
            "company": ["acme"] * len(sources),
            "source": list(sources),
            "entity": ["order_line"] * len(sources),
            "batch": [batch_id(at) for at in sources.values()],
        }
    )
    rows = sums(*({"date": day} for day in sold)).lazy()
    found = days.closed_days({"ledger": ledger, "sums/date_store_category": rows}).collect()
    return found["closed_date"].item() if found.height else None


@pytest.mark.parametrize(
    ("fetched", "closed"),
    [
        (datetime(2026, 3, 20, 8, tzinfo=UTC), date(2026, 3, 3)),
        (datetime(2026, 3, 4, 12, tzinfo=UTC), date(2026, 3, 3)),
        (datetime(2026, 3, 4, 11, 59, tzinfo=UTC), date(2026, 3, 2)),
        (datetime(2026, 3, 3, 23, tzinfo=UTC), date(2026, 3, 2)),
        (datetime(2026, 3, 2, 9, tzinfo=UTC), None),
    ],
)
def test_a_day_is_closed_once_it_is_over_everywhere(fetched: datetime, closed: date | None):
    assert closed_date(fetched, date(2026, 3, 2), date(2026, 3, 3)) == closed


@pytest.mark.parametrize(
    ("till", "closed"),
    [
        # Half of the 4th is all that the till has told of it.
        (datetime(2026, 3, 4, 11, tzinfo=UTC), date(2026, 3, 2)),
        (datetime(2026, 3, 9, 13, tzinfo=UTC), date(2026, 3, 8)),
        # It has told nothing for more than a week: a source that is no more.
        (datetime(2026, 3, 3, 12, tzinfo=UTC), date(2026, 3, 9)),
    ],
)
def test_of_several_sources_that_are_alive_the_last_one_says_what_is_over(till: datetime, closed: date):
    sold = [date(2026, 3, day) for day in range(1, 11)]
    assert closed_date(datetime(2026, 3, 10, 13, tzinfo=UTC), *sold, till=till) == closed


def test_no_sale_is_zero_up_to_the_last_closed_day_and_nothing_is_known_before_the_first_sale():
    history = of(*every_day(), *({"date": FIRST + timedelta(days=at), "store_key": 2} for at in (9, 300)))
    rows = history.rows.filter(pl.col("series_key").str.starts_with("2|"))
    assert rows["period"].to_list() == [FIRST + timedelta(days=9), FIRST + timedelta(days=300), LAST]
    assert rows["value"].to_list() == [10.0, 10.0, 0.0]


def test_a_weekday_that_a_shop_never_sells_on_is_unknown_and_forecast_as_closed():
    history = of(*every_day(but=(SUNDAY,)), *every_day(store_key=2))
    null = history.rows.filter(pl.col("value").is_null())
    assert null["series_key"].unique().to_list() == [history.rows["series_key"].min()]
    assert set(null["period"].dt.weekday()) == {SUNDAY}
    assert set(history.closed["period"].dt.weekday()) == {SUNDAY}
    assert history.closed.height == 4


@pytest.mark.parametrize(("weeks", "closed"), [(7, 0), (11, 4), (14, 4)])
def test_a_young_shop_has_closed_weekdays_once_they_have_come_often(weeks: int, closed: int):
    history = of(*every_day(but=(SUNDAY,), first=LAST - timedelta(days=7 * weeks - 1)))
    assert history.closed.height == closed
    assert set(history.closed["period"].dt.weekday()) <= {SUNDAY}


def test_a_refund_or_a_single_sale_on_a_sunday_opens_no_other_one():
    sundays = [row for row in every_day() if row["date"].isoweekday() == SUNDAY]
    back = {**sundays[-2], "lines": 0, "sales_amount": 0, "refunded_amount": 5, "units": 0}
    history = of(*every_day(but=(SUNDAY,)), sundays[-1], back)
    assert set(history.closed["period"].dt.weekday()) == {SUNDAY}
    at = history.rows.filter(pl.col("period").is_in([row["date"] for row in sundays[-2:]]))
    assert at["value"].to_list() == [None, 10.0]


def test_a_day_without_a_sale_of_a_shop_that_sells_daily_is_closed_and_of_one_that_does_not_is_zero():
    holiday = date(2025, 5, 1)
    daily = [row for row in every_day() if row["date"] != holiday]
    seldom = [row for row in every_day(store_key=2) if row["date"].day % 3 == 0]
    history = of(*daily, *seldom)
    assert history.rows.filter(pl.col("value").is_null())["period"].to_list() == [holiday]


def test_a_holiday_on_which_a_shop_has_always_been_closed_is_forecast_as_closed():
    last = date(2026, 4, 25)
    daily = [row for row in every_day(last=last) if (row["date"].month, row["date"].day) != (5, 1)]
    assert of(*daily, last=last).closed["period"].to_list() == [date(2026, 5, 1)]
    assert of(*daily, last=last, country=None).closed.is_empty()
    assert of(*every_day(last=last), last=last).closed.is_empty()


def test_a_holiday_that_fell_on_a_closed_sunday_says_nothing_of_the_next_one():
    last = date(2027, 10, 20)
    closed = of(*every_day(but=(SUNDAY,), first=date(2026, 1, 2), last=last), last=last).closed["period"]
    # All Saints' Day was a Sunday in 2026, and is a Monday in 2027.
    assert set(closed.dt.weekday()) == {SUNDAY}


def test_series_that_have_ended_are_named_and_seldom_ones_are_not():
    ended = every_day(store_key=2, last=LAST - timedelta(days=92))
    seldom = [{"date": FIRST, "category_key": 6}, {"date": FIRST + timedelta(days=200), "category_key": 6}]
    history = of(*every_day(), *ended, *seldom)
    [dead] = history.dead
    assert dead.startswith("2|5|")
    assert sorted(key.split("|")[1] for key in history.series["series_key"]) == ["5", "6"]
    assert of(*every_day(), *ended[:-1], {**ended[-1], "date": LAST - timedelta(days=91)}).dead == ()


def test_weeks_are_whole_and_one_that_has_begun_is_forecast_too():
    wednesday = of(*every_day(), freq="week")
    assert LAST.isoweekday() == 3
    assert (wednesday.start, wednesday.last, wednesday.ahead) == (FIRST, date(2025, 12, 22), 27)
    sunday = of(*every_day(last=date(2025, 12, 28)), freq="week", last=date(2025, 12, 28))
    assert (sunday.last, sunday.ahead) == (date(2025, 12, 22), 26)
    saturday = every_day(but=(SUNDAY,), last=date(2025, 12, 27))
    assert of(*saturday, freq="week", last=date(2025, 12, 27)).last == date(2025, 12, 22)


def test_products_that_sell_often_have_a_series_and_the_rest_of_a_category_one_together():
    others = [{"date": LAST - timedelta(days=5 * at), "product_key": 8} for at in range(15)]
    history = of(*every_day(), *others, {"date": LAST, "product_key": 9}, family="products")
    assert sorted(history.series["product_key"]) == ["0", "7"]
    often = [{"date": LAST - timedelta(days=4 * at), "product_key": 8} for at in range(23)]
    assert sorted(of(*every_day(), *often, family="products").series["product_key"]) == ["7", "8"]


def test_what_came_later_is_not_known_before():
    rows = every_day()
    before = of(*rows).until(date(2025, 6, 1))
    changed = [{**row, "sales_amount": 99} if row["date"] > date(2025, 6, 1) else row for row in rows]
    assert of(*changed).until(date(2025, 6, 1)).equals(before)


def test_a_return_counts_on_its_own_day():
    back = {"date": date(2025, 6, 5), "sales_amount": 0, "refunded_amount": 4, "net_amount": 0, "units": 0}
    rows = of(*every_day(), back).rows.filter(pl.col("period").is_in([date(2025, 6, 4), date(2025, 6, 5)]))
    assert rows["value"].to_list() == [10.0, 6.0]


def test_the_order_of_the_rows_does_not_matter():
    rows = [*every_day(), *every_day(store_key=2, category_key=6)]
    one, other = of(*rows), of(*reversed(rows))
    assert one.rows.equals(other.rows)
    assert one.series.equals(other.series)


@pytest.mark.parametrize(
    ("called", "area"),
    [
        (("France", None, None), "FR"),
        (("us", None, None), "US"),
        (("DEU", None, "Süd"), "DE"),
        (("United Kingdom", None, "scotland"), "GB-SCT"),
        (("US", "California", "West"), "US-CA"),
        (("US", "Ca", "Nevada"), "US-CA"),
        (("US", None, "NE"), "US"),
        (("France", None, "Alsace"), "FR-6AE"),
        (("Germany", "Bavaria", "Bayern"), "DE-BY"),
        (("Switzerland", None, "Gene\u0300ve"), "CH-GE"),
        (("Atlantis", "California", "Alsace"), None),
        ((None, None, None), None),
    ],
)
def test_areas_are_known_by_code_and_name(
    called: tuple[str | None, str | None, str | None], area: str | None
):
    assert feasts.area(*called) == area


def test_an_area_has_the_holidays_of_its_country_and_its_own():
    found = feasts.feasts(["FR", "FR-6AE"], [2026])
    days_of = {area: set(rows["date"]) for (area,), rows in found.group_by("area")}
    assert date(2026, 7, 14) in days_of["FR"]
    # Good Friday and the day after Christmas.
    assert days_of["FR-6AE"] - days_of["FR"] == {date(2026, 4, 3), date(2026, 12, 26)}


def test_a_store_has_the_holidays_of_its_region():
    given = known(*every_day(), *every_day(store_key=2))
    given["current/place"] = given["current/place"].with_columns(region=pl.Series(["Alsace", "Nord"]))
    stores, products = (
        next(each for each in histories(given, "acme", LAST, "day") if each.family == family)
        for family in ("stores", "products")
    )
    good_friday = pl.DataFrame({"series_key": stores.series["series_key"], "period": date(2026, 4, 3)})
    described = stores.described(good_friday).sort("store_key")
    assert described.select("store_key", "holiday").rows() == [("1", 1.0), ("2", 0.0)]
    # Of several regions the country's alone are those of what all stores sell together.
    assert set(products.holidays["area"]) == {"FR"}
    given["current/place"] = given["current/place"].with_columns(region=pl.lit("Alsace"))
    products = next(each for each in histories(given, "acme", LAST, "day") if each.family == "products")
    assert set(products.holidays["area"]) == {"FR-6AE"}


def test_a_store_that_opens_between_two_origins_is_forecast_from_the_later_one():
    """With it there are three series to a store, as there were not when the model was learnt."""
    opened, first = LAST - timedelta(days=41), LAST - timedelta(days=180)
    before = [row for key in range(4, 9) for row in every_day(first=first, category_key=key)]
    history = of(*before, *every_day(first=opened, store_key=2, category_key=4))
    late, early = LAST - timedelta(days=28), LAST - timedelta(days=56)
    text = candidates.fitted(history, early).save()
    found = candidates.of_model(history, late, candidates.told(history, late, text))
    opened_key = pl.col("series_key").str.starts_with("2|")
    assert found.series.filter(opened_key)["forecast"].is_between(5, 15).all()
    assert found.series.filter(opened_key).height == history.ahead


def test_a_holiday_of_one_country_is_one_on_days_without_a_sale(monkeypatch: pytest.MonkeyPatch):
    """Or the model is taught that holidays on which nothing is sold are no holidays."""
    bastille_day = date(2025, 7, 14)
    seldom = [row for at in (1, 2) for row in every_day(store_key=at) if row["date"].day % 3 == 0]
    given = known(*seldom)
    given["current/place"] = given["current/place"].with_columns(country=pl.Series(["France", "Germany"]))
    history = next(each for each in histories(given, "acme", LAST, "day") if each.family == "stores")
    taught: list[pl.DataFrame] = []
    monkeypatch.setattr(Forecaster, "fit", lambda _, rows, **__: taught.append(rows))
    monkeypatch.setattr(Forecaster, "load", lambda _, rows: taught.append(rows))
    candidates.fitted(history, LAST)
    candidates.told(history, LAST, "")
    for rows in taught:
        there = rows.filter(pl.col("period") == bastille_day).sort("store_key")
        assert there.select("value", "holiday").rows() == [(0.0, 1.0), (0.0, 0.0)]
    assert len(taught) == 2
