"""Bounds of sums: the parts' errors neither add up nor cancel out, so what sums missed in the past is asked.

A sum's error is measured in the widths that its parts' bounds would give it if they were independent. How
many such widths hold 80 % or 95 % of the past says how much the parts move together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from saleslake_processor.forecast.bounds import drifted
from saleslake_processor.forecast.model import Judged

_BLOCKS = 4
_ENOUGH = 80
"""Errors of sums in a block from which on it has bounds of its own."""

_MANY = 8
"""Sums from which on their errors speak for themselves."""


@dataclass(frozen=True)
class Widths:
    """By level and side: how many widths from the forecast a sum's bound lies, by block of the horizon."""

    levels: tuple[float, ...]
    by_block: np.ndarray
    """Level, block, side."""

    def bounds(self, forecast: np.ndarray, width: np.ndarray) -> np.ndarray:
        """Of sums (sum by period) with these widths: by sum, period, level and side."""
        horizon = forecast.shape[1]
        blocks = _blocks(horizon)
        moved = np.moveaxis(self.by_block[:, blocks], 0, 1)
        return np.asarray(forecast[:, :, None, None] + width[:, :, None, None] * moved[None])


def measured(judged: Judged, groups: Sequence[np.ndarray], levels: Sequence[float]) -> Widths:
    """Of what the sums of these groups (indices of series each) missed on past origins."""
    horizon = judged.forecast.shape[2]
    found = []
    for members in groups:
        real = judged.actual[:, members]
        known = np.isfinite(real)
        missed = np.where(known, real - judged.forecast[:, members], 0).sum(axis=1)
        width = np.sqrt(np.where(known, judged.half_width[:, members] ** 2, 0).sum(axis=1))
        there = known.any(axis=1) & (width > 0)
        found.append(np.where(there, missed / np.where(there, width, 1.0), np.nan))
    # Origin, group, period.
    share = np.stack(found, axis=1) if found else np.empty((0, 0, horizon))
    blocks = _blocks(horizon)
    out = np.zeros((len(levels), _BLOCKS, 2))
    for block in range(_BLOCKS):
        inside = share[:, :, blocks == block]
        if np.isfinite(inside).sum() < _ENOUGH:
            inside = share
        out[:, block] = [_tails(inside, drifted(level)) for level in levels]
    return Widths(tuple(levels), out)


def _tails(share: np.ndarray, level: float) -> tuple[float, float]:
    known = share[np.isfinite(share)]
    if len(known) < 2:
        return -1.5, 1.5
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    if share.shape[1] < _MANY:
        # Few origins, whose errors are alike, show less than there is: as many as they are, they count.
        spread = np.sqrt((known**2).mean()) * stats.t.ppf((1 + level) / 2, 2 * max(len(share) - 1, 2))
        low, high = (low - spread) / 2, (high + spread) / 2
    return min(0.0, low), max(0.0, high)


def _blocks(horizon: int) -> np.ndarray:
    return np.arange(horizon) * _BLOCKS // max(horizon, 1)
