"""Champion and challenger over weeks, of two small series: who stays, who goes, and when it is asked."""

import random
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from saleslake_processor.learnt.forecasts import champion, judging
from saleslake_processor.learnt.forecasts.candidates import MEAN, MODEL
from saleslake_processor.learnt.forecasts.champion import Champion
from saleslake_processor.learnt.forecasts.choice import allowed, chosen
from saleslake_processor.learnt.forecasts.history import History
from saleslake_processor.learnt.forecasts.judging import Judged
from tests.unit.processor.test_forecast_history import FIRST, of

WEEK = (100, 200, 300, 400, 500, 600, 50)
MADE = 100
"""Days of the history that the champion is made of."""
ODD = (1, 40, 600, 900)
"""What is sold on days that follow no week."""


def after(days: int, odd: range) -> History:
    """So many days of two stores, a steady week but for the `odd` ones."""
    chance = random.Random(1)
    rows: list[dict[str, Any]] = []
    for at in range(days):
        for store in (1, 2):
            sold = chance.choice(ODD) if at in odd else WEEK[at % 7] + chance.randint(-9, 9)
            rows.append({"date": FIRST + timedelta(days=at), "store_key": store, "sales_amount": sold})
    return of(*rows, last=FIRST + timedelta(days=days - 1))


def made(odd: range, method: str = MODEL) -> Champion:
    scored = pl.DataFrame([{"level": "total", "method": method, "rmsse": 0.1}])
    return champion.made(after(MADE, odd), method, scored, dict.fromkeys(("80", "95"), 1.0))


def of_days(judged: Judged) -> date:
    return date.fromisoformat(judged.best.about["last_period"])


def test_a_champion_stays_where_what_came_since_would_mislead():
    odd = range(MADE, MADE + 14)
    stays, window = champion.is_better(after(MADE + 28, odd), made(odd), MODEL)
    assert stays, window
    assert window["champion"] < window["challenger"]
    assert date.fromisoformat(window["after"]) == FIRST + timedelta(days=MADE + 13)


def test_a_champion_goes_that_was_made_of_odd_days():
    odd = range(MADE)
    stays, window = champion.is_better(after(MADE + 28, odd), made(odd), MODEL)
    assert not stays, window
    assert window["challenger"] < window["champion"]


def test_it_is_judged_every_four_weeks_and_has_the_scores_of_its_method():
    odd = range(MADE, MADE + 21)
    document = made(odd).document()
    young = judging._judged(after(MADE + 27, odd), document)
    assert young.best.document() == document
    kept = judging._judged(after(MADE + 35, odd), document)
    assert kept.best.text == young.best.text
    assert kept.best.id == young.best.id
    assert kept.scored.filter(method=MODEL).height > 0
    # It was judged a short time ago, and so is young again.
    later = judging._judged(after(MADE + 42, odd), kept.best.document())
    assert later.best.document() == kept.best.document()
    assert later.scored.equals(kept.scored)


def test_a_champion_goes_whose_method_may_not_be_published():
    odd = range(MADE, MADE + 14)
    found = judging._judged(after(MADE + 28, odd), made(odd, MEAN).document())
    assert found.best.method != MEAN
    assert of_days(found) == FIRST + timedelta(days=MADE + 27)


def test_what_was_never_judged_is_as_soon_as_it_can_be():
    odd = range(0)
    short = judging._judged(after(MADE - 3, odd), None)
    assert (short.best.method, short.scored.height) == ("seasonal_naive", 0)
    assert judging._judged(after(MADE, odd), short.best.document()).scored.height > 0


@pytest.mark.parametrize(("ratios", "may"), [((0.9, 1.0), True), ((0.2, 1.1), False), ((), False)])
def test_a_method_may_be_published_that_is_worse_than_the_naive_one_at_no_level(
    ratios: tuple[float, ...], may: bool
):
    scored = pl.DataFrame(
        [{"level": str(at), "method": MODEL, "naive_ratio": ratio} for at, ratio in enumerate(ratios)],
        {"level": pl.String(), "method": pl.String(), "naive_ratio": pl.Float64()},
    )
    assert allowed(scored, MODEL) == may
    assert chosen(scored) == (MODEL if may else "seasonal_naive")
    assert allowed(scored, "seasonal_naive")


def test_a_library_that_makes_features_is_one_of_its_versions():
    assert "holidays" in champion.versions()
    assert "statsforecast" not in champion.versions()
