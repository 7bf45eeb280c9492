"""Forecasts as a picture: what was sold, what is forecast, and bounds. Only here matplotlib is imported."""

import io
import math
from datetime import date, timedelta
from typing import Any, cast

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from saleslake_processor.forecast.history import PERIOD, SERIES, VALUE, Freq

PANELS = 6
"""At most; of more series the total is one, and the largest are the others."""

TOTAL = "total"

_HORIZONS = 4
"""Of the past that are drawn."""
_PANEL = (6.0, 3.2)
"""Inches."""
_LONGEST_NAME = 48
_ACTUAL, _FORECAST = "#333333", "#c44e00"


def picture(
    history: pl.DataFrame,
    forecast: pl.DataFrame,
    freq: Freq,
    total: pl.DataFrame | None = None,
    value: str = VALUE,
) -> bytes:
    """A PNG of a history (`series_key`, `period`, `value`) and of what `Forecaster.predict` gave, a panel a
    series; `total` is what `Forecaster.predict_sums` gave for the sum of all, `value` the
    name of what is drawn. Equal frames give equal bytes."""
    panels = _panels(history, forecast, freq, total)
    columns = 1 if len(panels) == 1 else 2
    rows = math.ceil(len(panels) / columns)
    figure = Figure(figsize=(_PANEL[0] * columns, _PANEL[1] * rows + 0.5), dpi=110, layout="constrained")
    canvas: Any = FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, squeeze=False)
    for place, (name, past, ahead) in enumerate(panels):
        _drawn(axes.flat[place], name, past, ahead)
        axes.flat[place].set_xlabel("week" if freq == "1w" else "day", fontsize=8)
        axes.flat[place].set_ylabel(_short(value), fontsize=8, parse_math=False)
    for place in range(len(panels), rows * columns):
        axes.flat[place].set_axis_off()
    handles, labels = axes.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(labels), frameon=False)
    buffer = io.BytesIO()
    # The version of the library would make other bytes of the same picture.
    canvas.print_png(buffer, metadata={"Software": None})
    return buffer.getvalue()


def _panels(
    history: pl.DataFrame, forecast: pl.DataFrame, freq: Freq, total: pl.DataFrame | None
) -> list[tuple[str, pl.DataFrame, pl.DataFrame]]:
    """Name, past and forecast of each panel."""
    step = timedelta(weeks=1) if freq == "1w" else timedelta(days=1)
    begins = cast(date, forecast[PERIOD].min())
    since = begins - _HORIZONS * forecast[PERIOD].n_unique() * step
    rows = history.select(SERIES, pl.col(PERIOD).cast(pl.Date), pl.col(VALUE).cast(pl.Float64)).filter(
        pl.col(PERIOD) >= since
    )
    size = forecast.group_by(SERIES).agg(ahead=pl.col("forecast").abs().sum())
    before = rows.group_by(SERIES).agg(past=pl.col(VALUE).abs().sum())
    names = (
        size.join(before, on=SERIES, how="left")
        .select(SERIES, size=pl.sum_horizontal("ahead", "past"))
        .sort("size", SERIES, descending=[True, False])[SERIES]
        .to_list()
    )
    found = []
    if total is not None and len(names) > 1:
        sums = rows.group_by(PERIOD).agg(pl.col(VALUE).sum())
        found.append((f"{TOTAL} of {len(names):,} series", _whole(sums, begins, step), total))
    for name in names[: PANELS - len(found)]:
        own = rows.filter(pl.col(SERIES) == name)
        found.append((name, _whole(own, begins, step), forecast.filter(pl.col(SERIES) == name)))
    return found


def _whole(own: pl.DataFrame, until: date, step: timedelta) -> pl.DataFrame:
    """From its first row on: zeros where the series has none, gaps where it has one without a value."""
    if own.is_empty():
        return own.select(PERIOD, VALUE)
    every = pl.date_range(cast(date, own[PERIOD].min()), until, step, closed="left", eager=True)
    there = pl.DataFrame({PERIOD: every}).join(
        own.select(PERIOD, VALUE, there=True), on=PERIOD, how="left", maintain_order="left"
    )
    return there.select(PERIOD, pl.when(pl.col("there").is_null()).then(0.0).otherwise(VALUE).alias(VALUE))


def _drawn(axes: Axes, name: str, past: pl.DataFrame, ahead: pl.DataFrame) -> None:
    axes.plot(past[PERIOD].to_list(), past[VALUE].to_list(), color=_ACTUAL, linewidth=1.1, label="actual")
    days = ahead[PERIOD].to_list()
    levels = [column.removeprefix("lo") for column in ahead.columns if column.startswith("lo")]
    marker = "o" if len(days) == 1 else None
    for place, level in enumerate(reversed(levels)):
        low, high = ahead[f"lo{level}"].to_list(), ahead[f"hi{level}"].to_list()
        shade = 0.16 + 0.2 * place / max(1, len(levels) - 1)
        label = f"{level.replace('_', '.')} % bounds"
        axes.fill_between(days, low, high, color=_FORECAST, alpha=shade, linewidth=0, label=label)
    axes.plot(
        days, ahead["forecast"].to_list(), color=_FORECAST, linewidth=1.6, marker=marker, label="forecast"
    )
    axes.axvline(days[0], color="#999999", linewidth=0.8, linestyle=":")
    # A dollar would begin a formula.
    axes.set_title(_short(name), fontsize=10, loc="left", parse_math=False)
    locator = cast(Any, AutoDateLocator)(minticks=3, maxticks=8)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(cast(Any, ConciseDateFormatter)(locator))
    axes.yaxis.set_major_formatter(FuncFormatter(_amount))
    axes.tick_params(labelsize=8)
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    values = np.array([*past[VALUE].fill_null(0).to_list(), *ahead["forecast"].to_list()])
    if len(values) == 0 or values.min() >= 0:
        axes.set_ylim(bottom=0)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"


def _amount(value: float, _: int) -> str:
    return f"{value:,.0f}" if abs(value) >= 10 or value == 0 else f"{value:,.4g}"
