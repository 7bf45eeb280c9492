"""Histories: what a forecaster is told of a company's sales, series by series, and what is known ahead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

import polars as pl

from saleslake_processor import keys
from saleslake_processor.derive.terms import region_key
from saleslake_processor.learnt.forecasts import days
from saleslake_processor.learnt.forecasts.days import closings
from saleslake_processor.learnt.forecasts.feasts import area, feasts

Frames = Mapping[str, pl.DataFrame]

KPIS = {
    "net_amount": pl.col("sales_amount") - pl.col("refunded_amount"),
    "units": pl.col("units"),
}
"""What is forecast, of the sums of a day. A return counts on its own day: in `net_amount` of the sums it is
one of the day of the sale, and what is known of a day would go on to change."""
HORIZONS = {"day": 28, "week": 26}
STEPS = {"day": 1, "week": 7}
SHORTEST = {"day": 2 * 28 + 14, "week": 2 * 26 + 2}
"""Periods that a company must have sold for before a model is fitted."""
LONGEST = {"day": 3 * 364, "week": 5 * 52}
"""Periods of history that are learnt from."""

DEAD_DAYS = 91
DEAD_GAPS = 4
"""A series has ended that sold nothing for so many days, and for so many times its longest gap before."""

PRODUCTS = 200
"""Products with forecasts of their own, at most: those that sold on the most days, then by sales."""
PRODUCT_DAYS, PRODUCT_WINDOW = 4, {"day": 91, "week": 182}
"""A product sells often enough if it sold on a quarter of the days of the window, or in half of its weeks."""

KEYS = {"stores": ("store_key", "category_key", "region_key"), "products": ("category_key", "product_key")}
"""Columns of the series of each family. A region is that of the store's place."""


@dataclass(frozen=True)
class History:
    """Series of one company, frequency, kpi and family, up to its last closed day."""

    company: str
    freq: str
    """day or week (from Monday)."""
    kpi: str
    family: str
    """stores: store x topmost category; products: of the whole company, with "other products" (product_key 0)
    of each category."""
    series: pl.DataFrame
    """The living ones: `series_key`, the keys of the family as text, `area` whose holidays they have
    (`feasts.area`; null where it is not known)."""
    rows: pl.DataFrame
    """`series_key`, `period`, `value`; null where the shop was closed; no row before the first sale, nor of
    another period in which nothing was sold, but for the last one."""
    holidays: pl.DataFrame
    """`area`, `period`, `holiday`: how many days of it are holidays."""
    closed: pl.DataFrame
    """`series_key`, `period` of the periods ahead in which the shop is closed by rule."""
    dead: tuple[str, ...]
    """Series that have ended, of which nothing is forecast."""
    start: date
    """First period that is learnt from."""
    last: date
    """Last whole period."""
    origin: date
    """Last closed day; forecasts of periods after it are published."""

    @property
    def periods(self) -> int:
        """How many periods it spans."""
        return (self.last - self.start).days // STEPS[self.freq] + 1

    @property
    def ahead(self) -> int:
        """Periods to forecast: a week that has begun as well, which is not published."""
        begun = self.freq == "week" and self.last + timedelta(weeks=1) <= self.origin
        return HORIZONS[self.freq] + begun

    def until(self, last: date) -> pl.DataFrame:
        """The rows that were known after a period, each series that had begun by then up to it."""
        rows = self.rows.filter(pl.col("period") <= last)
        ends = rows.select("series_key").unique().with_columns(period=pl.lit(last), value=pl.lit(0.0))
        return (
            pl.concat([rows, ends])
            .unique(["series_key", "period"], keep="first", maintain_order=True)
            .sort("series_key", "period")
        )

    def after(self, last: date) -> pl.DataFrame:
        """`series_key`, `period` of what is to be forecast after a period: of the series that had begun by
        then."""
        step = timedelta(days=STEPS[self.freq])
        periods = pl.DataFrame({"period": [last + number * step for number in range(1, self.ahead + 1)]})
        begun = self.rows.filter(pl.col("period") <= last).select("series_key").unique().sort("series_key")
        return begun.join(periods, how="cross")

    def described(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows of series and period with the keys and `holiday`."""
        return (
            rows.join(self.series, on="series_key", maintain_order="left")
            .join(self.holidays, on=["area", "period"], how="left", maintain_order="left")
            .with_columns(pl.col("holiday").fill_null(0.0))
            .drop("area")
        )


def histories(given: Frames, company: str, closed_date: date, freq: str) -> list[History]:
    """Of all kpis and both families, where there are living series."""
    daily, sold = (
        given[name].filter(
            (pl.col("company") == company) & (pl.col("counted") > 0), pl.col("date") <= closed_date
        )
        for name in ("sums/date_store_category", "sums/date_product")
    )
    daily = daily.join(_stores(given, company), on="store_key", how="left").with_columns(
        pl.col("region_key").fill_null(keys.UNKNOWN)
    )
    if daily.filter(_SELLS).is_empty():
        return []
    own = often_sold(sold, freq, closed_date)
    named = pl.when(pl.col("product_key").is_in(own.implode())).then("product_key").otherwise(keys.UNKNOWN)
    sold = sold.with_columns(product_key=named, area=pl.lit(_area_of_all(daily), pl.String))
    found = []
    for kpi, value in KPIS.items():
        for family, rows, shop in (("stores", daily, "store_key"), ("products", sold, "company")):
            if family == "stores" or len(own):
                columns = dict.fromkeys(("date", shop, *KEYS[family], "area"))
                found.append(
                    _history(
                        rows.select(*columns, "lines", value=value),
                        (company, freq, kpi, family),
                        shop,
                        closed_date,
                    )
                )
    return [each for each in found if not each.rows.is_empty()]


_SELLS = pl.col("lines") > 0
"""A day with a refund alone is no day of sales: who is closed on Sundays may pay back on one."""


def often_sold(sold: pl.DataFrame, freq: str, closed_date: date) -> pl.Series:
    """Keys of the products that sell often enough for a forecast of their own; see `PRODUCT_DAYS`."""
    window = PRODUCT_WINDOW[freq]
    period = pl.col("date") if freq == "day" else pl.col("date").dt.truncate("1w")
    least = window // PRODUCT_DAYS if freq == "day" else window // STEPS[freq] // 2
    return (
        sold.filter(
            pl.col("date") > closed_date - timedelta(days=window),
            pl.col("product_key") != keys.UNKNOWN,
            pl.col("units") > 0,
        )
        .group_by("product_key")
        .agg(times=period.n_unique(), sales=pl.col("sales_amount").sum())
        .filter(pl.col("times") >= least)
        .sort("times", "sales", "product_key", descending=[True, True, False])
        .head(PRODUCTS)["product_key"]
        .sort()
    )


def _stores(given: Frames, company: str) -> pl.DataFrame:
    """`region_key` and `area` of each store."""
    called = ("country", "state", "region")
    places = given["current/place"].select("place_key", *called, region_key=region_key())
    stores = given["current/store"].filter(pl.col("company") == company).select("store_key", "place_key")
    found = stores.join(places, on="place_key", how="left")
    areas = [area(*names) for names in found.select(called).iter_rows()]
    return found.select("store_key", "region_key", area=pl.Series(areas, dtype=pl.String))


def _area_of_all(daily: pl.DataFrame) -> str | None:
    """That of the stores where it is one, else the country of those in which most is sold."""
    areas = daily["area"].unique()
    if len(areas) == 1:
        return cast(str | None, areas.item())
    country = pl.col("area").str.head(2)
    by = daily.filter(country.is_not_null()).group_by(country=country).agg(pl.col("sales_amount").sum())
    first = by.sort("sales_amount", "country", descending=[True, False])["country"].head(1)
    return first.item() if len(first) else None


def _history(rows: pl.DataFrame, about: tuple[str, str, str, str], shop: str, closed_date: date) -> History:
    """Of sums by day: `date`, `shop`, the keys of the family, `area`, `lines`, `value`."""
    _, freq, _, family = about
    selling = rows.filter(_SELLS).select(shop, "date").unique()
    last = closed_date if freq == "day" else _last_week(selling.select("date").unique(), closed_date)
    first_date: date = rows["date"].min()  # type: ignore[assignment]  # of any type, to mypy
    start = first_date if freq == "day" else _monday(first_date + timedelta(days=6))
    step = timedelta(days=STEPS[freq])
    start = max(start, last - (LONGEST[freq] - 1) * step)
    series = (
        rows.select(*dict.fromkeys((shop, *KEYS[family], "area")))
        .unique(KEYS[family])
        .with_columns(series_key=pl.concat_str(KEYS[family], separator="|"))
    )
    period = pl.col("date") if freq == "day" else pl.col("date").dt.truncate("1w")
    whole = rows.join(series.select(*KEYS[family], "series_key"), on=KEYS[family])
    dead = _dead(whole, closed_date)
    living = series.filter(~pl.col("series_key").is_in(dead.implode()))
    sums = (
        whole.filter(~pl.col("series_key").is_in(dead.implode()))
        .group_by("series_key", period=period)
        .agg(pl.col("value").sum().cast(pl.Float64))
        .filter(pl.col("period").is_between(start, last))
    )
    # A series that has sold nothing at all in what is learnt from, or only in a week that has begun.
    living = living.join(sums.select("series_key").unique(), on="series_key", how="semi")
    ends = living.select("series_key", period=pl.lit(last), value=pl.lit(0.0))
    shut = closings(selling, [shop], pl.lit(last)) if freq == "day" else selling.clear()
    closed = (
        living.select("series_key", shop)
        .join(sums.group_by("series_key").agg(begins=pl.col("period").min()), on="series_key")
        .join(shut, on=shop)
        .filter(pl.col("date").is_between(pl.max_horizontal("begins", pl.lit(start)), last))
        .select("series_key", period="date", value=pl.lit(None, pl.Float64))
    )
    known = pl.concat([closed, sums, ends]).unique(
        ["series_key", "period"], keep="first", maintain_order=True
    )
    coming = [last + number * step for number in range(1, HORIZONS[freq] + 2)]
    named = feasts(living["area"].drop_nulls().unique(), range(start.year, coming[-1].year + 1))
    counts = named.group_by("area", period=period).agg(holiday=pl.len().cast(pl.Float64))
    never = _never(living.select("series_key", shop, "area"), selling, shut, named, shop, last, coming)
    return History(
        *about,
        series=living.select("series_key", pl.col(KEYS[family]).cast(pl.String), "area").sort("series_key"),
        rows=known.sort("series_key", "period"),
        holidays=counts.sort("area", "period"),
        closed=never if freq == "day" else never.clear(),
        dead=tuple(dead.sort()),
        start=start,
        last=last,
        origin=closed_date,
    )


def _monday(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def _last_week(selling: pl.DataFrame, closed_date: date) -> date:
    """Monday of the last whole week: what is left of it after the last closed day are days that the company
    never sells on."""
    never = days.closed_weekdays(selling.with_columns(shop=0), ["shop"], pl.lit(closed_date))[
        "weekday"
    ].to_list()
    end = closed_date
    while (end + timedelta(days=1)).isoweekday() in never and end.isoweekday() != _SUNDAY:
        end += timedelta(days=1)
    return _monday(end + timedelta(days=1)) - timedelta(weeks=1)


_SUNDAY = 7


def _dead(rows: pl.DataFrame, closed_date: date) -> pl.Series:
    """Series that have ended; see `DEAD_DAYS`."""
    gaps = (
        rows.select("series_key", "date")
        .unique()
        .sort("series_key", "date")
        .with_columns(gap=pl.col("date").diff().over("series_key").dt.total_days())
        .group_by("series_key")
        .agg(
            gap=pl.col("gap").max().fill_null(1), silent=(closed_date - pl.col("date").max()).dt.total_days()
        )
    )
    ended = (pl.col("silent") > DEAD_DAYS) & (pl.col("silent") > DEAD_GAPS * pl.col("gap"))
    return gaps.filter(ended)["series_key"].sort()


def _never(
    living: pl.DataFrame,
    selling: pl.DataFrame,
    shut: pl.DataFrame,
    named: pl.DataFrame,
    shop: str,
    last: date,
    coming: list[date],
) -> pl.DataFrame:
    """`series_key`, `period` of the days to come that fall on a weekday, or a holiday, on which the shop has
    been closed whenever it came. A holiday that fell on a closed weekday says nothing of the next one."""
    weekdays = days.closed_weekdays(selling, [shop], pl.lit(last))
    every = living.join(pl.DataFrame({"period": coming}), how="cross")
    by_weekday = every.with_columns(weekday=pl.col("period").dt.weekday()).join(
        weekdays, on=[shop, "weekday"], how="semi"
    )
    began = selling.group_by(shop).agg(began=pl.col("date").min())
    of_shop = living.select(shop, "area").unique().join(named, on="area").join(began, on=shop)
    always = (
        of_shop.filter(pl.col("date").is_between(pl.col("began"), last))
        .with_columns(weekday=pl.col("date").dt.weekday())
        .join(weekdays, on=[shop, "weekday"], how="anti")
        .join(shut.with_columns(shut=True), on=[shop, "date"], how="left")
        .group_by(shop, "holiday")
        .agg(always=pl.col("shut").fill_null(False).all())
        .filter("always")
    )
    feast_days = of_shop.join(always, on=[shop, "holiday"], how="semi").select(shop, period="date")
    by_feast = every.join(feast_days, on=[shop, "period"], how="semi")
    found = pl.concat([rows.select("series_key", "period") for rows in (by_weekday, by_feast)])
    return found.unique().sort("series_key", "period")
