"""What was known after a day stays as it was, whatever comes back later."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl

from saleslake.lake import Lake
from saleslake_processor import publish
from saleslake_processor import state as states
from saleslake_processor.learnt.forecasts.history import History, histories
from tests.integration.processor.shop import later, line, passed, write

FIRST = date(2025, 11, 3)
ORIGIN, LAST = FIRST + timedelta(days=29), FIRST + timedelta(days=39)


def of_net(lake: Lake) -> list[History]:
    """Histories of net by day, of stores and of products."""
    stored = publish.of_state(states.load(lake).frames(lake))
    inputs = ("sums/date_store_category", "sums/date_product", "current/store", "current/place")
    given = {name: stored[name].collect() for name in inputs}
    return [each for each in histories(given, "acme", LAST, "day") if each.kpi == "net_amount"]


def test_a_return_that_comes_later_does_not_change_what_was_known(tmp_path: Path):
    lake = Lake(tmp_path / "lake")
    days = [FIRST + timedelta(days=at) for at in range(40)]
    lines = [line(f"o{at}-1", day=str(day), store="s") for at, day in enumerate(days)]

    def back(sold: int, on: date) -> dict[str, str | None]:
        return {"id": f"r{sold}", "line": f"o{sold}-1", "product": None, "day": str(on), "quantity": "1"}

    write(lake, {"lines": lines, "returns": [back(3, FIRST + timedelta(days=9))]})
    passed(lake)
    before = of_net(lake)
    assert [each.family for each in before] == ["stores", "products"]
    write(lake, {"returns": [back(10, LAST), back(20, LAST - timedelta(days=1))]}, at=later(1))
    passed(lake)
    for then, now in zip(before, of_net(lake), strict=True):
        assert now.until(ORIGIN).equals(then.until(ORIGIN)), now.family
        fell = then.rows.join(now.rows, on=["series_key", "period"], suffix="_now")
        assert (fell["value"] - fell["value_now"]).filter(fell["period"] > ORIGIN).sum() == 20
        own = now.rows.filter(pl.col("period") == FIRST + timedelta(days=9))["value"]
        assert own.to_list() == [10.0], now.family
