"""The model that is published: kept from time to time as a document, and replaced by one that is at least as
good."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version
from typing import Any

import polars as pl

from saleslake_processor.forecast import Forecaster
from saleslake_processor.learnt.forecasts import backtest, candidates, scores
from saleslake_processor.learnt.forecasts.candidates import BLENDS, MODEL, SEED, Candidate
from saleslake_processor.learnt.forecasts.history import HORIZONS, KEYS, STEPS, History
from saleslake_processor.learnt.forecasts.levels import AT

RECIPE = 3
"""Raised when the same history gives another model: one of before is then replaced, whatever it is worth."""

FRESH = {"day": 28, "week": 13}
"""Periods that have to close after a model was made, or judged last, before it is judged against another."""

WINDOW = {"day": 14, "week": 8}
"""Of these the last ones, by which both are judged: what came before them only the challenger has learnt."""

_LIBRARIES = ("holidays", "lightgbm", "numpy", "polars")


@dataclass(frozen=True)
class Champion:
    """A method, and the model that it needs."""

    method: str
    text: str | None
    """The model, as text; none where the method needs none."""
    about: dict[str, Any]
    """What is said of it: see `described`."""

    @property
    def id(self) -> str:
        """The name that forecasts have it by."""
        return str(self.about["model"])

    @property
    def judged_until(self) -> date:
        """Last period that was known when it was made, or judged last."""
        return date.fromisoformat(self.about["judged_until"])

    def says(self, history: History, last: date) -> Candidate:
        """What it forecasts, its parameters as they are, of what was known after a period."""
        return candidates.candidates(history, last, self.told(history, last))[self.method]

    def told(self, history: History, last: date) -> Forecaster | None:
        """The model, told what was known after a period."""
        return candidates.told(history, last, self.text) if self.text else None

    def document(self) -> str:
        """As text."""
        return json.dumps({**self.about, "text": self.text}, indent=1, sort_keys=True)


def name(history: History) -> str:
    """Of its document."""
    plain = re.sub(r"[^a-z0-9]+", "-", history.company.lower()).strip("-")[:24]
    told_apart = hashlib.sha256(history.company.encode()).hexdigest()[:6]
    return f"forecast-{plain}-{told_apart}-{history.freq}-{history.kpi}-{history.family}"


def read(text: str | None) -> Champion | None:
    """The champion of a document; none where there is none, or it was made by another recipe or library."""
    about = json.loads(text) if text else {}
    if about.get("recipe") != RECIPE or about.get("versions") != versions():
        return None
    text = about.pop("text")
    return Champion(about["method"], text, about)


def made(history: History, method: str, scored: pl.DataFrame, narrowed: Mapping[str, float]) -> Champion:
    """A champion that has learnt all that is known; `narrowed` is that of `outlook`."""
    learns = method == MODEL or method in BLENDS
    text = candidates.fitted(history, history.last).save() if learns else None
    data = hashlib.sha256(repr(history.rows.to_dict(as_series=False)).encode()).hexdigest()[:16]
    about = {
        "recipe": RECIPE,
        "versions": versions(),
        "company": history.company,
        "freq": history.freq,
        "kpi": history.kpi,
        "family": history.family,
        "method": method,
        "data_hash": data,
        "first_period": history.start.isoformat(),
        "last_period": history.last.isoformat(),
        "judged_until": history.last.isoformat(),
        "parameters": {"seed": SEED, "horizon": history.ahead},
        "known_ahead": ["holiday"],
        "static": list(KEYS[history.family]),
        "series": history.series.height,
        "ended": list(history.dead),
        "scores": scored.to_dicts(),
        "narrowed": dict(narrowed),
    }
    stamp = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:8]
    said = f"{history.freq}-{history.kpi}-{history.family}-{history.last:%Y%m%d}-{stamp}"
    return Champion(method, text, {**about, "model": said})


def kept(
    champion: Champion,
    history: History,
    scored: pl.DataFrame,
    narrowed: Mapping[str, float],
    window: Mapping[str, Any],
) -> Champion:
    """The champion as it stays: the same model, with what its method came to when it was judged; `window` is
    that of `is_better`."""
    said = {"judged_until": history.last.isoformat(), "scores": scored.to_dicts(), "narrowed": dict(narrowed)}
    return Champion(champion.method, champion.text, {**champion.about, **said, "stayed": dict(window)})


def is_young(champion: Champion, history: History) -> bool:
    """Whether too little has come since it was made, or judged last, to judge it by."""
    return (history.last - champion.judged_until).days < FRESH[history.freq] * STEPS[history.freq]


def is_better(history: History, champion: Champion, challenger: str) -> tuple[bool, dict[str, Any]]:
    """Whether the champion, as it is, is better than a method that has learnt all that was known before the
    latest closed periods (`WINDOW`), on these; and what both came to there, as mean over the levels of
    `rmsse`."""
    step = timedelta(days=STEPS[history.freq])
    since = history.last - WINDOW[history.freq] * step
    came = backtest.actual(history)
    learns = challenger == MODEL or challenger in BLENDS
    other = Champion(challenger, candidates.fitted(history, since).save() if learns else None, {})
    errors = []
    for each in (champion, other):
        said = each.says(history, since).levels.filter(pl.col("period") <= history.last)
        both = said.join(came, on=[*AT, "period"]).drop_nulls("value")
        scored = scores.scores(
            both.with_columns(origin=pl.lit(since), method=pl.lit("any")),
            came,
            HORIZONS[history.freq] * step.days,
        )
        errors.append(float(scored["rmsse"].mean() or 0.0))  # type: ignore[arg-type]  # of any type, to mypy
    window = {"after": since.isoformat(), "champion": errors[0], "challenger": errors[1]}
    return errors[0] < errors[1], window


def versions() -> dict[str, str]:
    """Of the libraries that a model, and what it is told, come from."""
    return {library: version(library) for library in _LIBRARIES}
