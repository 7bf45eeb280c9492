"""Each customer's future: probabilities, orders and spend of simulated shops, and what cannot be learnt."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy.special import hyp2f1

from saleslake_processor.customers import OrdersError, predict, score
from saleslake_processor.customers.bg_nbd import BgNbd, fit
from saleslake_processor.customers.examples import cut_offs, learnable
from saleslake_processor.customers.future import foresee
from saleslake_processor.customers.gamma_gamma import GammaGamma
from saleslake_processor.customers.season import factor

START = date(2024, 1, 1)
AS_OF = date(2025, 6, 30)
COLUMNS = [
    "probability_active",
    "expected_orders",
    "expected_spend_mean",
    "expected_spend_median",
    "lifetime_value",
]


def shop(customers: int = 400, days: int = 700, seed: int = 7) -> pl.DataFrame:
    """Customers who buy at rates of their own until they leave, one in four at once; a tenth of it comes
    back."""
    draw = np.random.default_rng(seed)
    rows: list[tuple[int, date, float]] = []
    for key in range(1, customers + 1):
        rate, level = draw.gamma(1.0, 0.04), draw.lognormal(4, 0.6)
        day, left = draw.uniform(0, days - 60), False
        while day < days and not left:
            amount = round(float(level * draw.lognormal(0, 0.4)), 2)
            rows.append((key, START + timedelta(days=int(day)), amount))
            if draw.random() < 0.1:
                rows.append((key, START + timedelta(days=int(day) + 5), -amount))
            left = draw.random() < 0.15
            day += draw.exponential(1 / rate)
    return pl.DataFrame(rows, schema=["customer_key", "date", "amount"], orient="row")


@pytest.fixture(scope="module")
def orders() -> pl.DataFrame:
    return shop()


@pytest.fixture(scope="module")
def predicted(orders: pl.DataFrame) -> pl.DataFrame:
    return predict(orders, AS_OF, 90, seed=1)


def test_one_row_for_each_customer_known_by_then(orders: pl.DataFrame, predicted: pl.DataFrame) -> None:
    known = orders.filter(pl.col("date") <= AS_OF)["customer_key"].unique().sort()
    assert 0 < known.len() < orders["customer_key"].n_unique()
    assert predicted.columns == ["customer_key", *COLUMNS]
    assert predicted["customer_key"].to_list() == known.to_list()
    assert predicted.null_count().sum_horizontal()[0] == 0


def test_what_is_told_fits_together(orders: pl.DataFrame, predicted: pl.DataFrame) -> None:
    active, number = predicted["probability_active"], predicted["expected_orders"]
    assert active.is_between(0, 1).all()
    assert (number >= active - 1e-12).all()
    assert (predicted["expected_spend_mean"] >= 0).all()
    assert (predicted["expected_spend_median"] >= 0).all()
    net = orders.filter(pl.col("date") <= AS_OF).group_by("customer_key").agg(pl.col("amount").sum())
    told = predicted.join(net, on="customer_key")
    # A year holds the quarter.
    year = told["lifetime_value"] - told["amount"] - told["expected_spend_mean"]
    assert (year >= -1e-6).all()


def test_trees_were_asked(orders: pl.DataFrame, predicted: pl.DataFrame) -> None:
    future = foresee(orders, AS_OF, 90, 1)
    assert future.mix is not None
    assert (future.learnt_days, future.cut_offs) == (90, 12)
    assert_frame_equal(future.customers, predicted)
    assert not future.prior["expected_spend_mean"].equals(future.customers["expected_spend_mean"])


def test_total_and_deciles_are_right_where_nothing_changes(orders: pl.DataFrame) -> None:
    rows = {row["method"]: row for row in score(shop(1200, 900), START + timedelta(days=790), 90).to_dicts()}
    model = rows["model"]
    # What a thousand such customers spend in a quarter varies by a tenth itself, whoever foretells it.
    chance = model["mean_squared_error_root"] * model["customers"] ** 0.5 / model["actual_spend"]
    assert abs(model["total_error_rate"]) < 2 * chance < 0.2
    assert abs(model["total_error_rate"]) < abs(rows["bg_nbd"]["total_error_rate"]) / 2
    assert rows["model"]["decile_error_rate"] < 0.25
    assert rows["model"]["median_absolute_error"] < 0.9 * rows["naive"]["median_absolute_error"]
    assert rows["model"]["mean_squared_error_root"] < rows["naive"]["mean_squared_error_root"]
    assert rows["model"]["auc"] > 0.7


def test_what_comes_later_is_not_looked_at(orders: pl.DataFrame, predicted: pl.DataFrame) -> None:
    later = orders.filter(pl.col("date") > AS_OF)
    assert later.height > 100
    changed = pl.concat([orders.filter(pl.col("date") <= AS_OF), later.with_columns(pl.col("amount") * 1000)])
    assert_frame_equal(predict(changed, AS_OF, 90, seed=1), predicted, check_exact=True)


def test_neither_the_order_of_rows_nor_lines_of_a_day_matter(
    orders: pl.DataFrame, predicted: pl.DataFrame
) -> None:
    halves = orders.with_columns(pl.col("amount") / 2)
    mixed = pl.concat([halves, halves]).sample(fraction=1.0, shuffle=True, seed=3)
    assert_frame_equal(predict(mixed, AS_OF, 90, seed=1), predicted, check_exact=True)


def test_a_shifted_calendar_shifts_nothing(orders: pl.DataFrame, predicted: pl.DataFrame) -> None:
    days = timedelta(days=4321)
    shifted = orders.with_columns(pl.col("date") + days)
    assert_frame_equal(predict(shifted, AS_OF + days, 90, seed=1), predicted, check_exact=True)


def test_another_currency_is_the_same_in_its_money(orders: pl.DataFrame, predicted: pl.DataFrame) -> None:
    cents = predict(orders.with_columns(pl.col("amount") * 128), AS_OF, 90, seed=1)
    for name in ("expected_spend_mean", "lifetime_value"):
        ratio = float(cents[name].sum()) / float(predicted[name].sum())
        assert ratio == pytest.approx(128, rel=0.02)


def test_keys_may_be_text_and_amounts_decimal(orders: pl.DataFrame) -> None:
    exact = orders.select(
        pl.format("C{}", pl.col("customer_key").cast(pl.String).str.zfill(5)).alias("customer_key"),
        "date",
        pl.col("amount").cast(pl.Decimal(18, 4)),
    )
    told = predict(exact, AS_OF, 30)
    assert told.schema["customer_key"] == pl.String
    assert_frame_equal(told.select(COLUMNS), predict(orders, AS_OF, 30).select(COLUMNS))


def test_a_longer_horizon_is_worth_more(orders: pl.DataFrame, predicted: pl.DataFrame) -> None:
    longer = predict(orders, AS_OF, 180, seed=1)
    assert longer["probability_active"].sum() > predicted["probability_active"].sum()
    more, before = (sum(each["expected_spend_mean"].to_list()) for each in (longer, predicted))
    assert more > 1.2 * before


def few(*rows: tuple[int, int, float]) -> pl.DataFrame:
    """Orders of a customer, so many days before `AS_OF`, of so much."""
    told = [(key, AS_OF - timedelta(days=ago), amount) for key, ago, amount in rows]
    return pl.DataFrame(told, schema=["customer_key", "date", "amount"], orient="row")


@pytest.mark.parametrize(
    "orders",
    [
        few((1, 0, 10.0)),
        few((1, 400, 10.0), (1, 200, 12.0), (1, 3, 9.0)),
        few((1, 0, -10.0)),
        few((1, 50, 10.0), (1, 40, -10.0)),
        few(*((key, key, 10.0) for key in range(300))),
        few(*((key, key + 30 * turn, 10.0) for key in range(300) for turn in range(5))),
        few(*((key, 500, 10.0) for key in range(300))),
        few(*((key, key, -10.0) for key in range(300))),
        few(*((key, day, 10.0) for key in range(40) for day in range(20))),
    ],
    ids=[
        *("one order", "one customer", "one return", "all returned", "no repeat buyer", "equal amounts"),
        *("one day", "only returns", "three weeks"),
    ],
)
def test_what_little_is_known_gives_finite_answers(orders: pl.DataFrame) -> None:
    for horizon in (1, 90):
        told = predict(orders, AS_OF, horizon)
        assert told.height == orders["customer_key"].n_unique()
        for name in COLUMNS:
            assert told[name].is_finite().all()
        assert told["probability_active"].is_between(0, 1).all()
        assert (told["expected_spend_mean"] >= 0).all()


def loyal(*keys: int) -> pl.DataFrame:
    """Twenty-six customers who bought once long ago, those of `keys` every third week since."""
    once = [(key, 500 - key, 100.0) for key in range(26)]
    since = [(key, day, 50.0 + key + day % 7) for key in keys for day in range(key, 480, 21)]
    return few(*once, *since)


@pytest.mark.parametrize("keys", [(1, 3, 5, 7, 9), (0, 2, 4, 6, 8)])
def test_who_comes_again_may_have_keys_of_one_parity(keys: tuple[int, ...]) -> None:
    told = predict(loyal(*keys), AS_OF, 90)
    active = told.sort("probability_active", descending=True)["customer_key"]
    assert set(active.head(5)) == set(keys)


def test_trees_learn_where_each_part_of_the_customers_has_outcomes() -> None:
    few_loyal, many_loyal = (foresee(loyal(*range(1, most, 2)), AS_OF, 90).mix for most in (10, 24))
    assert few_loyal is None
    assert many_loyal is not None


def test_who_only_took_back_is_expected_to_spend_less_than_a_regular(orders: pl.DataFrame) -> None:
    both = few((1, 10, -50.0), *((2, day, 50.0) for day in range(0, 300, 30)))
    told = predict(pl.concat([both.with_columns(-pl.col("customer_key")), orders]), AS_OF, 90)
    returns, regular = (told.row(by_predicate=pl.col("customer_key") == key, named=True) for key in (-1, -2))
    assert returns["expected_spend_mean"] < regular["expected_spend_mean"]
    assert returns["probability_active"] < regular["probability_active"]


def test_nobody_is_known_before_the_first_order() -> None:
    orders = few((1, 0, 10.0))
    assert predict(orders, AS_OF - timedelta(days=1), 90).schema == predict(orders, AS_OF, 90).schema
    assert predict(orders, AS_OF - timedelta(days=1), 90).is_empty()
    assert score(orders, AS_OF, 90).is_empty()


@pytest.mark.parametrize(
    ("orders", "said"),
    [
        (few((1, 0, 1.0)).drop("amount"), "columns lack: amount"),
        (few((1, 0, 1.0), (2, 0, float("nan"))), "rows 1"),
        (few((1, 0, 1.0)).with_columns(customer_key=pl.lit(None, pl.Int64)), "rows 0"),
        (few((1, 0, 1.0)).with_columns(pl.col("date").cast(pl.Datetime)), "date: Date is needed"),
        (few((1, 0, 1.0)).with_columns(pl.col("customer_key").cast(pl.Float64)), "customer_key: integers"),
        (few((1, 0, 1.0)).with_columns(amount=pl.lit("1")), "amount: numbers"),
    ],
)
def test_wrong_orders_are_named(orders: pl.DataFrame, said: str) -> None:
    with pytest.raises(OrdersError, match=said):
        predict(orders, AS_OF, 90)


def test_a_horizon_has_a_day() -> None:
    with pytest.raises(OrdersError, match="less than a day"):
        predict(few((1, 0, 1.0)), AS_OF, 0)


def test_scores_by_hand() -> None:
    """Two customers; in the ten days held out the first spends 30 and the second nothing."""
    orders = few((1, 15, 20.0), (2, 12, 50.0), (1, 3, 40.0), (1, 2, -10.0), (3, 1, 99.0))
    exact = orders.with_columns(
        pl.col("amount").map_elements(lambda each: Decimal(str(each)), pl.Decimal(18, 4))
    )
    rows = {row["method"]: row for row in score(exact, AS_OF, 10).to_dicts()}
    assert list(rows) == ["model", "bg_nbd", "naive"]
    naive = rows["naive"]
    assert (naive["customers"], naive["actual_spend"]) == (2, 30.0)
    assert naive["median_absolute_error"] == (10 + 50) / 2
    assert naive["mean_squared_error_root"] == pytest.approx(((10**2 + 50**2) / 2) ** 0.5)
    assert naive["rank_correlation"] == pytest.approx(-1)
    assert naive["total_error_rate"] == pytest.approx(70 / 30 - 1)
    assert naive["decile_error_rate"] == pytest.approx((10 + 50) / 30)
    # Both bought in the ten days before, one of them again.
    assert (naive["brier_score"], naive["auc"]) == (0.5, 0.5)


def test_the_model_that_is_scored_knew_nothing_of_what_came(orders: pl.DataFrame) -> None:
    start = AS_OF - timedelta(days=90)
    told = predict(orders, start, 90, seed=1)
    row = score(orders, AS_OF, 90, seed=1).row(0, named=True)
    came = orders.filter(pl.col("date") > start, pl.col("date") <= AS_OF).join(told, on="customer_key")
    expected = float(told["expected_spend_mean"].sum()) / float(came["amount"].sum()) - 1
    assert row["total_error_rate"] == pytest.approx(expected)


def test_the_law_is_that_of_the_paper() -> None:
    """Fader, Hardie and Lee's CDNOW parameters, in weeks, and the customer of their spreadsheet."""
    law = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
    repeats, last, age = (
        np.array([2.0, 0.0, 26.0]),
        np.array([30.43, 0.0, 31.0]),
        np.array([38.86, 38.86, 32.0]),
    )
    told = law.purchases(repeats, last, age, 39.0)
    assert told[0] == pytest.approx(1.226, abs=0.001)
    r, alpha, a, b = law.r, law.alpha, law.a, law.b
    beyond = hyp2f1(r + repeats, b + repeats, a + b + repeats - 1, 39 / (alpha + age + 39))
    closed = 1 - ((alpha + age) / (alpha + age + 39)) ** (r + repeats) * beyond
    closed *= (a + b + repeats - 1) / (a - 1) * law.alive(repeats, last, age)
    np.testing.assert_allclose(told, closed, rtol=2e-3)


def test_the_law_has_no_pole() -> None:
    ages = np.array([40.0])
    near = [
        BgNbd(0.5, 10.0, a, 2.0).purchases(ages / 20, ages / 2, ages, 30.0)[0] for a in (0.999, 1.0, 1.001)
    ]
    assert near[0] > near[1] > near[2] > 0
    assert near[0] == pytest.approx(near[2], rel=0.01)


def test_parameters_come_back() -> None:
    draw = np.random.default_rng(1)
    repeats: list[float] = []
    last: list[float] = []
    age: list[float] = []
    for _ in range(3000):
        rate, leaves, until = draw.gamma(0.8, 1 / 30), draw.beta(0.8, 2.5), draw.uniform(100, 400)
        now, before, count, alive = 0.0, 0.0, 0, True
        while alive and (now := now + draw.exponential(1 / rate)) <= until:
            before, count, alive = now, count + 1, draw.random() >= leaves
        repeats.append(float(count))
        last.append(before)
        age.append(until)
    law = fit(np.array(repeats), np.array(last), np.array(age))
    assert law is not None
    assert law.r == pytest.approx(0.8, rel=0.15)
    assert law.alpha == pytest.approx(30, rel=0.2)


def test_amounts_are_drawn_to_those_of_all() -> None:
    law = GammaGamma(p=6.25, q=3.74, v=15.44)
    everyone = 6.25 * 15.44 / 2.74
    told = law.amount(np.array([0.0, 1.0, 1000.0]), np.array([0.0, 100.0, 100.0]))
    assert told[0] == pytest.approx(everyone)
    assert everyone < told[1] < 100
    assert told[2] == pytest.approx(100, rel=0.001)


def test_cut_offs_have_a_known_horizon_and_one_lies_a_year_back() -> None:
    cuts = cut_offs(START, START + timedelta(days=800), 90)
    ago = [(START + timedelta(days=800) - cut).days for cut in cuts]
    assert ago[0] == 90
    assert 365 in ago
    assert min(ago) == 90
    assert max(ago) <= 426


@pytest.mark.parametrize(("history", "days"), [(20, 0), (57, 0), (58, 14), (150, 60), (210, 90), (900, 90)])
def test_a_short_history_teaches_a_part_of_the_horizon(history: int, days: int) -> None:
    assert learnable(START, START + timedelta(days=history), 90) == days


def test_the_season_of_a_year_ago_counts() -> None:
    as_of = date(2025, 12, 1)
    rows = [(as_of - timedelta(days=ago), 2.0 if ago == 365 else 1.0, 1.0) for ago in (90, 182, 274, 365)]
    cuts = pl.DataFrame(rows, schema=["cut_off", "came", "told"], orient="row")
    assert 1.7 < factor(cuts, "came", "told", as_of) < 2.0
    assert factor(cuts.filter(pl.col("came") < 2), "came", "told", as_of) == pytest.approx(1)
    assert factor(cuts.head(0), "came", "told", as_of) == 1
