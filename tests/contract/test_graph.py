"""The graph of gold tables: each is made of the state or of earlier ones, and says of which."""

from collections.abc import Iterator, Mapping

import polars as pl
import pytest

from saleslake_processor.marts.graph import MARTS
from saleslake_processor.marts.mart import STATE, Mart
from tests.unit.processor.derived import line, taken
from tests.unit.processor.gold import built, given

each = pytest.mark.parametrize("mart", MARTS, ids=[mart.name for mart in MARTS])


class Recording(Mapping[str, pl.LazyFrame]):
    """Frames by name, which remember those that were asked for."""

    def __init__(self, frames: dict[str, pl.LazyFrame]) -> None:
        self._frames = frames
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> pl.LazyFrame:
        self.asked.add(name)
        return self._frames[name]

    def __iter__(self) -> Iterator[str]:
        raise NotImplementedError("a mart names what it reads")

    def __len__(self) -> int:
        return len(self._frames)


@pytest.fixture(scope="module")
def frames() -> dict[str, pl.LazyFrame]:
    state = given(taken(line("a")))
    return state | {name: table.lazy() for name, table in built(state).items() if name not in state}


def test_each_table_is_there_once():
    names = [mart.name for mart in MARTS]
    assert len(names) == len(set(names))


@each
def test_a_table_is_made_of_the_state_and_of_earlier_ones(mart: Mart):
    earlier = [other.name for other in MARTS[: MARTS.index(mart)]]
    assert set(mart.inputs) <= {*STATE, *earlier}
    assert len(mart.inputs) == len(set(mart.inputs)) > 0


@each
def test_a_table_reads_all_that_it_says_and_nothing_else(mart: Mart, frames: dict[str, pl.LazyFrame]):
    recording = Recording(frames)
    mart.build(recording)
    assert recording.asked == set(mart.inputs)


@each
def test_a_build_is_lazy_and_does_not_depend_on_how_often_it_is_asked(
    mart: Mart, frames: dict[str, pl.LazyFrame]
):
    first, second = (mart.build(frames).select(mart.columns).collect() for _ in range(2))
    key = mart.contract.primary_key()
    assert first.sort(key).equals(second.sort(key))


def test_what_the_state_offers_is_what_a_publication_hands_over(frames: dict[str, pl.LazyFrame]):
    assert set(STATE) == set(given(taken()))


def test_additive_tables_are_the_state_s_own():
    for mart in MARTS:
        if mart.kind == "additive":
            assert mart.inputs == (mart.name,)
            assert mart.name in STATE


def test_dimensions_are_made_of_no_fact():
    for mart in MARTS:
        if mart.name.startswith("dim_"):
            assert not {name for name in mart.inputs if name.startswith("fact_")}
