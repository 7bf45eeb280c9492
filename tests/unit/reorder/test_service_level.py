"""Whoever follows the plan runs out in no more lead times than it says, where demand is as it expects.

The reorder point lasts from one look to the coming of what is ordered at the next one in 95 of 100 cases.
Most orders are placed when there is more, or sooner, so that fewer lead times run out.
"""

import numpy as np
import pytest
from scipy.stats import poisson

from saleslake_processor.reorder.plan import CYCLE_DAYS, SERVICE_LEVEL
from tests.unit.reorder.frames import OTHER, by_chance, counted, planned, sold

_DAYS = 60_000


def ran_out(point: float, daily: float, lead: int, demand: np.ndarray) -> float:
    """The share of lead times in which a shop that looks each evening runs out. What it lacks is owed."""
    hand = position = float(np.ceil(point + CYCLE_DAYS * daily))
    coming: list[tuple[int, float]] = []
    ends: list[bool] = []
    empty = False
    for day, wanted in enumerate(demand):
        while coming and coming[0][0] <= day:
            hand += coming.pop(0)[1]
            ends.append(empty)
            empty = bool(coming) and hand < 0
        hand -= wanted
        position -= wanted
        empty = empty or (bool(coming) and hand < 0)
        if position <= point:
            ordered = float(np.ceil(point + CYCLE_DAYS * daily - position))
            coming.append((day + 1 + lead, ordered))
            position += ordered
    return sum(ends) / len(ends)


@pytest.mark.parametrize("lead", [3, 10])
@pytest.mark.parametrize("mean", [0.4, 3, 40])
def test_of_demand_that_comes_by_chance(mean: float, lead: int):
    sales = sold([1] * 120)
    row = planned([counted(0, lead=lead)], sales, by_chance(mean))
    assert 0.02 < poisson.sf(float(row["reorder_point_units"]), mean * (lead + 1)) < 0.06
    demand = np.random.default_rng(5).poisson(mean, _DAYS)
    share = ran_out(float(row["reorder_point_units"]), float(row["daily_units"]), lead, demand)
    # Seen: 0.8 to 3.0 %.
    assert 0.004 < share < 1 - SERVICE_LEVEL


@pytest.mark.parametrize("mean", [3, 40])
def test_of_a_store_that_has_a_part_of_it(mean: float):
    # Four lines a day, of which the store has one: bounds of all say too little of one store's luck.
    sales = [*sold([1] * 120), *[row for _ in range(3) for row in sold([1] * 120, OTHER)]]
    row = planned([counted(0, lead=6)], sales, by_chance(mean))
    assert float(row["demand_units"]) == pytest.approx(7 * mean / 4)
    assert 0.02 < poisson.sf(float(row["reorder_point_units"]), 7 * mean / 4) < 0.06
    demand = np.random.default_rng(5).poisson(mean / 4, _DAYS)
    share = ran_out(float(row["reorder_point_units"]), float(row["daily_units"]), 6, demand)
    assert 0.004 < share < 1 - SERVICE_LEVEL


def test_of_days_that_hang_together():
    # A level that changes each four weeks: deviations last, and the plan of history alone has to know it.
    rng = np.random.default_rng(9)
    levels = rng.gamma(4, 5, _DAYS // 28)
    demand = rng.poisson(np.repeat(levels, 28))
    found = []
    for start in range(40):
        past = demand[start * 1400 : start * 1400 + 200]
        row = planned([counted(0, lead=20)], sold([int(each) for each in past]))
        ahead = demand[start * 1400 + 200 : start * 1400 + 221].sum()
        found.append(ahead > float(row["reorder_point_units"]))
    # Seen: 5 of 40; 7 where days are taken to have nothing to do with each other.
    assert sum(found) <= 5
