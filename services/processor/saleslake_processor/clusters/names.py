"""Names of clusters, in words, by where their centres are among all customers."""

from collections.abc import Mapping, Sequence
from itertools import product

from saleslake_processor.clusters.scale import Points

WORDS = (
    ("very recent", "recent", "a while ago", "long ago", "very long ago"),
    ("very rare", "rare", "occasional", "frequent", "very frequent"),
    ("very low spend", "low spend", "medium spend", "high spend", "very high spend"),
)
"""By axis of `scale.AXES`, from the lowest values to the highest."""

BOUNDS = (-1.2, -0.4, 0.4, 1.2)
"""Standard deviations from the mean of all customers, between two words each."""

STICKY = 0.25
"""By how many of them a centre has to be beyond a bound before a cluster that had a name changes it."""

ALL = "all customers"

_LEVELS = {
    ", ".join(words): levels
    for levels in product(range(len(BOUNDS) + 1), repeat=len(WORDS))
    for words in [[of[level] for of, level in zip(WORDS, levels, strict=True)]]
}


def named(centres: Points, labels: Sequence[int], before: Mapping[int, str]) -> list[str]:
    """A name each, no two alike; that of `before`, by label, as long as it is about right.

    Where words do not tell two clusters apart, the one with the higher label has its label beside its name.
    """
    names: list[str] = []
    taken: dict[str, int] = {}
    levels = [
        _levels(centre, _LEVELS.get(before.get(label, "").partition(" (")[0]))
        for centre, label in zip(centres, labels, strict=True)
    ]
    for each, label in sorted(zip(levels, labels, strict=True), key=lambda pair: pair[1]):
        taken.setdefault(_words(each), label)
    for each, label in zip(levels, labels, strict=True):
        words = _words(each)
        names.append(words if taken[words] == label else f"{words} ({label})")
    return names


def _words(levels: Sequence[int]) -> str:
    return ", ".join(of[level] for of, level in zip(WORDS, levels, strict=True))


def _levels(centre: Sequence[float], before: Sequence[int] | None) -> list[int]:
    found = [sum(value > bound for bound in BOUNDS) for value in centre]
    if before is None:
        return found
    kept = zip(centre, found, before, strict=True)
    return [old if _about(value, old) else new for value, new, old in kept]


def _about(value: float, level: int) -> bool:
    low = float("-inf") if level == 0 else BOUNDS[level - 1] - STICKY
    high = float("inf") if level == len(BOUNDS) else BOUNDS[level] + STICKY
    return low <= value <= high
