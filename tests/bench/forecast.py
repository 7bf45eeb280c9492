"""Forecasts beside those of others, on public sales data and the demo shop, and how fast they are.

    python tests/bench/run.py forecast [--series 60] [--origins 3] [--only WORD] [--no-speed]

Errors are those of `saleslake_processor.forecast.scores`; all methods are scored on the same series,
periods and origins. CPU seconds are of all origins together; wall time is not looked at. Sets whose data is
absent are left out and named.
"""

import argparse
import contextlib
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parents[2]))

from saleslake_processor.forecast import Forecaster, judges
from saleslake_processor.forecast.backtest import MODEL
from saleslake_processor.forecast.history import PERIOD, SERIES, Grid, grid
from saleslake_processor.forecast.scores import summary
from tests.bench import quick_start
from tests.bench.series_sets import HORIZONS, SETS, SeriesSet
from tests.conftest import REAL_DATA, ROOT

LEVELS = (0.8, 0.95)
BESIDE = (judges.SEASONAL_NAIVE, judges.ETS, judges.THETA)
ANCHORS = (judges.ETS, judges.THETA)

SPEED = """
import re, resource, sys
from pathlib import Path
from datetime import date
import numpy as np, polars as pl
from saleslake_processor.forecast import Forecaster
count, days, chance = int(sys.argv[1]), 1826, np.random.default_rng(0)
day = np.arange(days)
level = chance.lognormal(3, 1, (count, 1))
mean = level * (1 + 0.4 * (day % 7 >= 5)) * (1 + 0.3 * np.sin(2 * np.pi * day / 365))
values = chance.poisson(mean).astype(float).ravel()
periods = pl.date_range(date(2020, 1, 1), date(2024, 12, 30), eager=True)
history = pl.DataFrame({
    "series_key": pl.Series([f"s{at:05}" for at in range(count)]).gather(np.repeat(np.arange(count), days)),
    "period": periods.gather(np.tile(day, count)),
    "value": values,
})
del mean, values
before = resource.getrusage(resource.RUSAGE_SELF)
Forecaster("1d", 28).fit(history).predict()
after = resource.getrusage(resource.RUSAGE_SELF)
cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
# Not `ru_maxrss`, in which the memory of the process that started this one counts.
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024
print(cpu, peak)
"""


def measured(of: SeriesSet, history: pl.DataFrame, origins: int) -> pl.DataFrame:
    """A row a method: scores, how they compare with the better of ETS and theta, and CPU seconds."""
    horizon, spent = HORIZONS[of.freq], dict[str, float]()
    with _timed(spent, MODEL):
        ours = Forecaster(of.freq, horizon, LEVELS).backtest(history, origins, static=of.by, methods=())
    asked = ours.select("level", "origin", SERIES, "horizon", PERIOD, "actual", "scale", "weight")
    whole, found = grid(history, of.freq), [ours]
    ends = [(last, _until(whole, last)) for last in ours["origin"].unique().sort()]
    for method, make in _methods(horizon).items():
        with _timed(spent, method):
            said = [(last, make(cut)) for last, cut in ends]
        for last, forecast in said:
            told = asked.filter(origin=last).join(forecast, on=[SERIES, PERIOD], how="left")
            # Where others give nothing, they are taken to say that nothing is sold.
            filled = told.with_columns(pl.col("forecast").fill_null(0.0), method=pl.lit(method))
            found.append(filled.with_columns(error=pl.col("forecast") - pl.col("actual")))
    scores = summary(pl.concat(found, how="diagonal_relaxed"), ["method"])
    anchors = scores.filter(pl.col("method").is_in(ANCHORS))
    return scores.with_columns(
        to_anchor=pl.col("rmsse") / anchors["rmsse"].min(),
        loss_to_anchor=pl.col("quantile_loss") / anchors["quantile_loss"].min(),
        cpu=pl.col("method").replace_strict(spent, return_dtype=pl.Float64),
    )


def speed(count: int) -> str:
    """Of so many daily series of five years, in a process of their own."""
    done = subprocess.run(
        [sys.executable, "-c", SPEED, str(count)], check=True, capture_output=True, text=True, cwd=ROOT
    )
    cpu, peak = (float(word) for word in done.stdout.split())
    return f"{count:>6,} series {cpu:>8.1f} CPU seconds {peak:>8,.0f} MB at most"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--series", type=int, default=60, help="of a set at most, the largest (%(default)s)")
    parser.add_argument("--origins", type=int, default=3, help="past origins (%(default)s)")
    parser.add_argument("--only", default="", help="sets whose names have this in them")
    parser.add_argument("--no-speed", action="store_true", help="leave out how fast it is")
    options = parser.parse_args()
    # What statsforecast says of series that it cannot fit is seen in its errors.
    warnings.simplefilter("ignore")
    _warm()
    with tempfile.TemporaryDirectory() as folder:
        for of in SETS:
            if options.only not in of.name:
                continue
            try:
                history = of.history(REAL_DATA, Path(folder) / "exports", options.series)
            except FileNotFoundError as error:
                print(f"\n{of.name}: left out, {error}")
                continue
            count, horizon = history[SERIES].n_unique(), HORIZONS[of.freq]
            print(f"\n{of.name}: {count} series, {horizon} periods ahead, {options.origins} origins")
            for line in _lines(measured(of, history, options.origins)):
                print(line, flush=True)
    if not options.no_speed:
        print("\nfit and predict, daily, 5 years, 28 days ahead, with bounds")
        for count in (500, 5_000):
            print(speed(count), flush=True)


def _methods(horizon: int) -> dict[str, Callable[[Grid], pl.DataFrame]]:
    def judge(method: str) -> Callable[[Grid], pl.DataFrame]:
        return lambda cut: judges.forecasts(cut, horizon, LEVELS, (method,)).drop("method")

    def quick(cut: Grid) -> pl.DataFrame:
        return quick_start.forecasts(judges.rows(cut, cut.length), cut.freq, horizon, LEVELS)

    return {**{method: judge(method) for method in BESIDE}, quick_start.NAME: quick}


def _until(whole: Grid, last: object) -> Grid:
    return next(whole.until(at + 1) for at in range(whole.length) if whole.period(at) == last)


def _warm() -> None:
    """What is compiled when it is first called is not counted."""
    days = pl.date_range(pl.date(2024, 1, 1), pl.date(2024, 6, 1), eager=True)
    rows = pl.DataFrame({SERIES: "warm", PERIOD: days, "value": [float(at % 9) for at in range(len(days))]})
    for make in _methods(7).values():
        make(grid(rows, "1d"))


@contextlib.contextmanager
def _timed(spent: dict[str, float], name: str) -> Iterator[None]:
    before = time.process_time()
    yield
    spent[name] = time.process_time() - before


def _lines(scores: pl.DataFrame) -> Iterator[str]:
    heads = ("rmsse", "to best", "wape", "bias %", "cover80", "cover95", "q-loss to best", "CPU s")
    yield f"  {'method':24}" + "".join(f"{head:>{max(9, len(head) + 2)}}" for head in heads)
    for row in scores.sort("rmsse").iter_rows(named=True):
        cells = (
            f"{row['rmsse']:.3f}",
            f"{row['to_anchor']:.3f}",
            f"{row['wape']:.3f}",
            f"{100 * row['bias']:+.1f}",
            f"{100 * row['coverage80']:.1f}",
            f"{100 * row['coverage95']:.1f}",
            f"{row['loss_to_anchor']:.3f}",
            f"{row['cpu']:.1f}",
        )
        yield f"  {row['method']:24}" + "".join(
            f"{text:>{max(9, len(head) + 2)}}" for text, head in zip(cells, heads, strict=True)
        )


if __name__ == "__main__":
    main()
