"""Money against Python's own fractions: one rounding rule, shares that add up."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleslake_processor.contracts.columns import MONEY, PRICE
from saleslake_processor.money import TICKS, amount, fine, rounded, spread, ticks, unit

places = st.integers(0, 4)
many = st.integers(-(10**17), 10**17)


def half_away_from_zero(exact: Fraction, step: int) -> int:
    """The multiple of `step` that is nearest; of two the one farther from zero."""
    steps = abs(exact) / step
    whole = int(steps) + (steps - int(steps) >= Fraction(1, 2))
    return (1 if exact >= 0 else -1) * whole * step


def of_one(**values: tuple[object, pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame({name: pl.Series([value], dtype=dtype) for name, (value, dtype) in values.items()})


def shares(total: int, weights: list[int], of_places: int, names: list[int] | None = None) -> dict[int, int]:
    """What `spread` gives each row, by the row's name; one group."""
    frame = pl.DataFrame(
        {
            "group": 1,
            "name": names if names is not None else list(range(len(weights))),
            "total": pl.Series([total] * len(weights), dtype=pl.Int128),
            "weight": pl.Series(weights, dtype=pl.Int128),
            "places": pl.Series([of_places] * len(weights), dtype=pl.Int64),
        }
    )
    share = spread(pl.col("total"), pl.col("weight"), pl.col("places"), "group", "name")
    return dict(frame.select("name", share=share).iter_rows())


@given(many, st.integers(1, 10**15), places)
def test_a_ratio_is_rounded_half_away_from_zero(numerator, denominator, of_places):
    frame = of_one(n=(numerator, pl.Int128()), d=(denominator, pl.Int128()), places=(of_places, pl.Int64()))
    got = frame.select(rounded(pl.col("n"), pl.col("d"), pl.col("places"))).item()
    assert got == half_away_from_zero(Fraction(numerator, denominator), TICKS // 10**of_places)


@given(st.integers(-(10**9), 10**9), places)
def test_a_half_goes_the_way_decimal_sends_it(halves, of_places):
    """Ticks that lie in the very middle between two amounts, which most random ratios never do."""
    step = TICKS // 10**of_places
    frame = of_one(n=(halves * step, pl.Int128()), places=(of_places, pl.Int64()))
    got = frame.select(rounded(pl.col("n"), 2, pl.col("places"))).item()
    with localcontext(prec=40):
        middle = Decimal(halves * step) / 2 / TICKS
        assert Decimal(got) / TICKS == middle.quantize(Decimal(1).scaleb(-of_places), ROUND_HALF_UP)


def test_nothing_rounds_to_nothing():
    frame = of_one(n=(None, pl.Int128()), places=(2, pl.Int64()))
    assert frame.select(rounded(pl.col("n"), 2, pl.col("places"))).item() is None


@given(st.decimals(-(10**13), 10**13, places=4))
def test_ticks_and_amount_are_each_other_s_inverse(value):
    frame = of_one(value=(value, MONEY))
    assert frame.select(ticks(pl.col("value"))).item() == int(value * TICKS)
    assert frame.select(amount(ticks(pl.col("value")))).item() == value


@given(st.decimals(-(10**11), 10**11, places=6))
def test_fine_keeps_all_six_places_of_a_price(value):
    assert of_one(value=(value, PRICE)).select(fine(pl.col("value"))).item() == int(value * 10**6)


def test_the_smallest_amounts_by_places():
    frame = pl.DataFrame({"places": [0, 1, 2, 3, 4]})
    assert frame.select(unit(pl.col("places"))).to_series().to_list() == [10_000, 1000, 100, 10, 1]


@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.integers(0, 10**15), min_size=1, max_size=9),
    places,
    st.data(),
)
def test_shares_add_up_and_each_is_within_one_smallest_amount_of_its_own(total, weights, of_places, data):
    step = TICKS // 10**of_places
    total -= (abs(total) % step) * (1 if total > 0 else -1)
    given_out = shares(total, weights, of_places)
    assert sum(given_out.values()) == total
    weights = weights if any(weights) else [1] * len(weights)
    for name, share in given_out.items():
        assert share % step == 0
        assert abs(share - Fraction(total * weights[name], sum(weights))) < step
    shuffled = data.draw(st.permutations(range(len(weights))))
    assert shares(total, [weights[name] for name in shuffled], of_places, shuffled) == given_out


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 1000), min_size=1, max_size=5), places)
def test_a_total_finer_than_the_smallest_amount_still_adds_up(total, weights, of_places):
    assert sum(shares(total, weights, of_places).values()) == total


def test_one_row_gets_all():
    assert shares(-123_456, [7], 2) == {0: -123_456}


def test_rows_without_weight_share_alike_and_the_first_get_what_is_left():
    assert shares(10_000, [0, 0, 0], 2) == {0: 3400, 1: 3300, 2: 3300}


def test_the_largest_remainders_get_what_is_left():
    assert shares(1000, [10, 24, 26], 2) == {0: 200, 1: 400, 2: 400}


@pytest.mark.parametrize("total", [10_000, -10_000])
def test_a_negative_total_is_shared_like_a_positive_one(total):
    assert shares(total, [1, 2, 4], 2) == {0: total * 14 // 100, 1: total * 29 // 100, 2: total * 57 // 100}


def test_groups_do_not_meet():
    frame = pl.DataFrame(
        {"group": [1, 1, 2], "name": [1, 2, 3], "total": [100, 100, 900], "weight": [1, 1, 5], "places": 4}
    ).with_columns(pl.col("total", "weight").cast(pl.Int128))
    share = spread(pl.col("total"), pl.col("weight"), pl.col("places"), "group", "name")
    assert frame.select(share).to_series().to_list() == [50, 50, 900]
