"""What a currency is worth in another one on a day, by the rates that are known now.

A rate holds from its day until a later one. The rate of a pair that is published the other way round alone
is turned over; exact, as the two whole numbers `num` / `den`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from saleslake_processor.contracts.columns import RATE
from saleslake_processor.money import TICKS, fine, price, rate_steps, rounded
from saleslake_processor.versions import LATER

OLDEST_DAYS = 7
"""How much older than its use a rate may be. Banks are closed for four days at most, so that a week bears
their holidays and a publisher's late days; after that the rates have stopped, and an old one would be wrong
unnoticed."""
_MOST = 10**12 * TICKS
"""What a row comes to is less: gold could not hold it, and the rate is rather not one between currencies."""

ASKED: dict[str, pl.DataType] = {
    "touch_key": pl.Int64(),
    "company": pl.String(),
    "from_currency": pl.String(),
    "to_currency": pl.String(),
    "date": pl.Date(),
}
"""One row per order (or return without a sale), pair of currencies and day: the rates that it takes, or waits
for."""

PAIR = [*ASKED][1:]


@dataclass(frozen=True)
class Ask:
    """Which rate rows take: columns of both currencies and of the day, and the rows that do."""

    of: str
    into: str
    on: str
    where: pl.Expr

    @property
    def needed(self) -> pl.Expr:
        """Whether a row takes a rate: one that is in the right currency already does not."""
        return (self.where & (pl.col(self.of) != pl.col(self.into))).fill_null(False)


def asked(rows: pl.LazyFrame, asks: Mapping[str, Ask]) -> pl.DataFrame:
    """What the rows ask for: `ASKED`, each once. Expects `touch_key`."""
    said = [
        rows.filter(ask.needed).select(
            "touch_key", "company", from_currency=ask.of, to_currency=ask.into, date=ask.on
        )
        for ask in asks.values()
    ]
    return pl.concat(said).unique().collect()


def rated(
    rows: pl.LazyFrame, rates: pl.LazyFrame, asks: Mapping[str, Ask]
) -> tuple[pl.LazyFrame, pl.DataFrame]:
    """Adds `<name>:num` and `<name>:den` of each rate that is asked, 1 where none is needed, and `lacking`:
    whether the row needs a rate that is not known. With what was `asked`. Expects `touch_key`."""
    wanted = asked(rows, asks)
    if wanted.is_empty():
        one = pl.lit(1, pl.Int128)
        ones = {f"{name}:{part}": one for name in asks for part in ("num", "den")}
        return rows.with_columns(**ones, lacking=pl.lit(False)), wanted
    found = worth(wanted.lazy(), rates).collect().lazy()
    for name, ask in asks.items():
        on = [ask.of, ask.into, ask.on]
        rate = found.rename(dict(zip(PAIR[1:], on, strict=True)))
        parts = {f"{name}:{part}": pl.when(ask.needed).then(part).otherwise(1) for part in ("num", "den")}
        rows = rows.join(rate, on=["company", *on], how="left").with_columns(**parts).drop("num", "den")
    lacking = pl.any_horizontal(pl.col(f"{name}:num").is_null() for name in asks)
    return rows.with_columns(lacking=lacking), wanted


def converted(ticks: pl.Expr, name: str, places: pl.Expr) -> pl.Expr:
    """Ticks by the rate of a name that `rated` added, rounded to the decimal places."""
    return rounded(ticks * pl.col(f"{name}:num"), pl.col(f"{name}:den"), places)


def ratio(name: str) -> pl.Expr:
    """The rate of a name that `rated` added, as a number for people."""
    return pl.col(f"{name}:num").cast(pl.Float64) / pl.col(f"{name}:den").cast(pl.Float64)


def converted_price(of_unit: pl.Expr, name: str) -> pl.Expr:
    """A price by the rate of a name that `rated` added."""
    there = rounded(fine(of_unit) * pl.col(f"{name}:num"), pl.col(f"{name}:den"), pl.lit(4))
    same = pl.col(f"{name}:num") == pl.col(f"{name}:den")
    return pl.when(same).then(of_unit).otherwise(price(there))


def holds(ticks: pl.Expr) -> pl.Expr:
    """Whether gold can hold the amounts; unknown ones it can."""
    return pl.all_horizontal((ticks.abs() < _MOST).fill_null(True))


def worth(pairs: pl.LazyFrame, rates: pl.LazyFrame) -> pl.LazyFrame:
    """Each pair and day once, with `num` and `den`: the day's rate, else that of the last day before it, not
    older than `OLDEST_DAYS`; a rate of the pair itself before one that is turned over; null where none is."""
    days = pairs.select(PAIR).unique()
    tried = days.with_columns(
        rate_date=pl.date_ranges(pl.col("date").dt.offset_by(f"-{OLDEST_DAYS}d"), "date")
    ).explode("rate_date")
    found = (
        tried.join(_both_ways(rates), on=[*PAIR[:-1], "rate_date"])
        .sort("turned", "rate_date", descending=[False, True])
        .unique(PAIR, keep="first")
        .select(*PAIR, "num", "den")
    )
    return days.join(found, on=PAIR, how="left")


def changed(pairs: pl.LazyFrame, before: pl.LazyFrame, after: pl.LazyFrame) -> pl.LazyFrame:
    """Those of the pairs and days whose rate is another one now."""
    was, now = worth(pairs, before), worth(pairs, after)
    return now.join(was, on=[*PAIR, "num", "den"], how="anti", nulls_equal=True).select(PAIR)


def _both_ways(rates: pl.LazyFrame) -> pl.LazyFrame:
    """The rates as they are published, and turned over."""
    of = ["company", "from_currency", "to_currency", "rate_date"]
    steps, one = rate_steps(pl.col("rate")), pl.lit(10**RATE.scale, pl.Int128)
    # Two sources of a company may publish a rate under ids of their own.
    last = rates.sort(LATER).unique(of, keep="last")
    direct = last.select(*of, num=steps, den=one, turned=pl.lit(False))
    turned = last.select(
        "company",
        pl.col("to_currency").alias("from_currency"),
        pl.col("from_currency").alias("to_currency"),
        "rate_date",
        num=one,
        den=steps,
        turned=pl.lit(True),
    )
    return pl.concat([direct, turned])
