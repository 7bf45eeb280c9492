"""A study: what it is made of, and what it makes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Lessons:
    """What a study made: its frames by name (`learnt.frames`), and documents by name, which are models as
    text and what is said of them."""

    frames: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Study:
    """Something that takes too long to be made anew at each publication.

    `learn` is given the inputs (names of `marts.mart.STATE`, and `CLOSED_DAYS`), the lessons of last time
    (empty ones at first) and a function to tell its progress to. It is pure: the same inputs and lessons
    give the same lessons.
    """

    name: str
    inputs: tuple[str, ...]
    makes: tuple[str, ...]
    """Its frames."""
    learn: Callable[[Mapping[str, pl.DataFrame], Lessons, Tell], Lessons]
