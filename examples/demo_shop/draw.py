"""Seeded draws that give the same values on every platform and Python version.

Only `Random.random()` is promised to stay the same between Python versions, so every draw is made from it.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


def source(*parts: object) -> Random:
    """A random source of its own for the named thing, such as (seed, "orders", day)."""
    rng = Random()
    rng.seed("/".join(str(part) for part in parts), version=2)
    return rng


def chance(rng: Random, probability: float) -> bool:
    """True with the given probability, 0..1."""
    return rng.random() < probability


def between(rng: Random, low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    return low + int(rng.random() * (high - low + 1))


def one_of(rng: Random, items: Sequence[T]) -> T:
    """One item, each equally likely."""
    return items[int(rng.random() * len(items))]


class Weighted(Generic[T]):
    """Items with weights, drawn in proportion to them."""

    __slots__ = ("_bounds", "_items", "total")

    def __init__(self, items: Iterable[T], weights: Iterable[float]) -> None:
        self._items = tuple(items)
        self._bounds = tuple(accumulate(weights))
        self.total = self._bounds[-1] if self._bounds else 0.0

    def pick(self, rng: Random) -> T:
        """One item; items of weight 0 are never drawn."""
        place = bisect_right(self._bounds, rng.random() * self.total)
        return self._items[min(place, len(self._items) - 1)]
