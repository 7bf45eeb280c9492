"""The champion of each history: that of last time, or one that is made now and is at least as good."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import polars as pl

from saleslake_processor.learnt.forecasts import backtest, champion, outlook, scores
from saleslake_processor.learnt.forecasts.candidates import MEAN, NAIVE
from saleslake_processor.learnt.forecasts.champion import Champion
from saleslake_processor.learnt.forecasts.choice import allowed, chosen
from saleslake_processor.learnt.forecasts.history import HORIZONS, SHORTEST, STEPS, History
from saleslake_processor.learnt.frames import FRAMES
from saleslake_processor.learnt.study import Tell

AT_ONCE = 2
"""Models that are made at the same time: one hardly uses a second core."""


@dataclass(frozen=True)
class Judged:
    """The champion, and the scores of all methods in the backtest by which it was made, or judged last:
    `level`, `method`, `scores.SCORES`."""

    best: Champion
    scored: pl.DataFrame


def judged(histories: Sequence[History], documents: Mapping[str, str], tell: Tell) -> list[Judged]:
    """Of each history; `documents` are those of last time."""

    found = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        made = [pool.submit(_judged, each, documents.get(champion.name(each))) for each in histories]
        # Told from this thread: whoever listens may know no other.
        for history, future in zip(histories, made, strict=True):
            tell(f"{history.company}: {history.kpi} of {history.family} by {history.freq}")
            found.append(future.result())
    return found


def _judged(history: History, document: str | None) -> Judged:
    """The champion of last time where it is young, or better than what would be made now; else a new one."""
    last = champion.read(document)
    # One without scores had too short a history to be judged; it costs nothing to make another.
    if last is not None and last.about["scores"] and champion.is_young(last, history):
        return Judged(last, _scores_of(last))
    at = backtest.origins(history)
    if not at:
        short = history.periods < SHORTEST[history.freq]
        return Judged(champion.made(history, MEAN if short else NAIVE, _NONE, _ADDED_UP), _NONE)
    evaluated = backtest.evaluated(history, at)
    span = HORIZONS[history.freq] * STEPS[history.freq]
    scored = scores.scores(evaluated, backtest.actual(history), span)
    method = chosen(scored)
    if last is not None and allowed(scored, last.method):
        stays, window = champion.is_better(history, last, method)
        if stays:
            narrowed = outlook.narrowed(evaluated, last.method)
            return Judged(champion.kept(last, history, scored, narrowed, window), scored)
    return Judged(champion.made(history, method, scored, outlook.narrowed(evaluated, method)), scored)


_SCORED = {
    name: dtype
    for name, dtype in FRAMES["forecast_accuracy"].items()
    if name in ("level", "method", *scores.SCORES)
}
_NONE = pl.DataFrame(schema=_SCORED)
_ADDED_UP = dict.fromkeys(outlook.PARTS, 1.0)


def _scores_of(best: Champion) -> pl.DataFrame:
    return pl.DataFrame(best.about["scores"], _SCORED)
