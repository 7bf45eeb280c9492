"""Forecasts of a file: what comes of its series, or how well what came was forecast."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from saleslake.durable import replacing
from saleslake_flows import series_file
from saleslake_flows.exits import WrongUseError
from saleslake_flows.output import Output, given
from saleslake_flows.screen import Screen, counted
from saleslake_flows.series_file import Names
from saleslake_processor.forecast import Forecaster
from saleslake_processor.forecast.history import SERIES, Freq, HistoryError

_TOTAL = "total"


@dataclass(frozen=True)
class Wanted:
    """What is to be forecast, and how."""

    names: Names
    freq: Freq | None
    """None: seen from the dates."""
    horizon: int
    levels: Sequence[float]
    seed: int
    series: Sequence[str]
    """Those that are given and drawn; none: all."""
    origins: int | None
    """Of a backtest; none: a forecast."""


def shares(said: str) -> list[float]:
    """Levels such as `0.8,0.95`."""
    try:
        return [float(part) for part in said.split(",")]
    except ValueError as error:
        raise WrongUseError(
            f"--levels {said}: shares between 0 and 1 are expected, such as 0.8,0.95"
        ) from error


def forecast(
    screen: Screen, file: Path, future: Path | None, wanted: Wanted, out: Output, picture: Path | None
) -> None:
    """Give the forecasts of a file, or the errors of a backtest, and draw them where that is asked for.

    Raises `WrongUseError` where options, columns or rows are wrong.
    """
    try:
        _forecast(screen, file, future, wanted, out, picture)
    except HistoryError as error:
        raise WrongUseError(f"{file}: {error}") from error


def _forecast(
    screen: Screen, file: Path, future: Path | None, wanted: Wanted, out: Output, picture: Path | None
) -> None:
    names = wanted.names
    _fit_together(wanted, future, picture)
    rows = series_file.history(file, names)
    freq = wanted.freq or series_file.guessed(rows)
    if wanted.freq is None:
        screen.note(
            f"read as {'weeks' if freq == '1w' else 'days'}, by how far apart they are; --freq overrides"
        )
    try:
        forecaster = Forecaster(freq, wanted.horizon, wanted.levels, wanted.seed)
    except ValueError as error:
        raise WrongUseError(str(error)) from error
    keys = rows[SERIES].drop_nulls().unique().sort().to_list()
    unknown = [name for name in wanted.series if name not in keys]
    if unknown:
        raise WrongUseError(f"no series {', '.join(unknown)}; there are {_some(keys)}")
    if wanted.origins is not None:
        given(screen, _scores(screen, forecaster, rows, wanted).lazy(), out)
        return
    with screen.steps() as step:
        step(f"learning from {counted(len(keys), 'series', 'series')}")
        forecaster.fit(rows, static=names.static, known=names.known, groups={_TOTAL: []})
    if not forecaster.is_tried:
        screen.note(
            "the history is short: forecasts of so many periods could not be tried on it, bounds are by how "
            "much it varies; more periods or a shorter --horizon help"
        )
    ahead = series_file.future(future, names, keys) if future else None
    found = forecaster.predict(ahead)
    chosen = pl.col(SERIES).is_in(list(wanted.series or keys))
    if picture is not None:
        total = forecaster.predict_sums(ahead)[_TOTAL] if not wanted.series else None
        _draw(screen, forecaster, rows.filter(chosen), found.filter(chosen), total, names.value, picture)
    given(screen, found.filter(chosen).lazy(), out)


def _fit_together(wanted: Wanted, future: Path | None, picture: Path | None) -> None:
    if wanted.origins is not None and (future or picture):
        raise WrongUseError("--backtest is of the past: without --future, without --picture")
    if wanted.origins is None and wanted.names.known and future is None:
        raise WrongUseError(
            f"--known {','.join(wanted.names.known)}: --future names a file that has them ahead"
        )
    if future and not wanted.names.known:
        raise WrongUseError("--future: --known says which of its columns count")


def _scores(screen: Screen, forecaster: Forecaster, rows: pl.DataFrame, wanted: Wanted) -> pl.DataFrame:
    # It brings statsforecast along, which takes seconds.
    from saleslake_processor.forecast import scores

    groups = {_TOTAL: list[str]()} if rows[SERIES].n_unique() > 1 and not wanted.series else {}
    with screen.steps() as step:
        step("forecasting past periods")
        found = forecaster.backtest(
            rows,
            wanted.origins or 1,
            static=wanted.names.static,
            known=wanted.names.known,
            groups=groups,
        )
    if wanted.series:
        found = found.filter(pl.col(SERIES).is_in(list(wanted.series)))
    return scores.summary(found)


def _draw(
    screen: Screen,
    forecaster: Forecaster,
    rows: pl.DataFrame,
    found: pl.DataFrame,
    total: pl.DataFrame | None,
    value: str,
    file: Path,
) -> None:
    # It brings matplotlib along.
    from saleslake_processor.forecast.picture import picture

    drawn = picture(rows, found, forecaster.freq, total, value)
    with replacing(file) as aside:
        aside.write_bytes(drawn)
    screen.note(f"{file}: a picture")


def _some(keys: Sequence[str], most: int = 10) -> str:
    more = f" and {len(keys) - most} more" if len(keys) > most else ""
    return ", ".join(keys[:most]) + more
