"""Each customer's future, learnt of a small shop and published beside what it bought."""

from datetime import date, timedelta

import polars as pl
import pytest

from saleslake.lake import Lake
from saleslake_processor import gold_files
from saleslake_processor.customers import predict, score
from saleslake_processor.learnt import state as models
from saleslake_processor.learnt.customers import HORIZON_DAYS, SEED
from saleslake_processor.learnt.learn import learn
from saleslake_processor.marts.graph import MARTS
from saleslake_processor.process import process
from saleslake_processor.verify import verify
from saleslake_processor.why.answer import answered
from saleslake_processor.why.reading import known
from tests.integration.processor.shop import SETTINGS, gold, line, source, write

pytestmark = pytest.mark.slow

FIRST, DAYS = date(2025, 6, 2), 240
PREDICTED = ["expected_orders", "expected_spend_mean", "expected_spend_median", "lifetime_value"]


def sold() -> list[dict[str, object]]:
    """Twelve customers, each with an interval of its own, half of whom stop; and lines that name none."""
    rows: list[dict[str, object]] = []
    for at in range(DAYS):
        said = {"day": str(FIRST + timedelta(days=at)), "product": "p", "store": "s1"}
        for number in range(12):
            if at % (7 + 2 * number) == number and (number % 2 or at < DAYS / 2):
                rows.append(line(f"{at}c{number}-1", customer=f"c{number}", quantity=str(1 + number), **said))
        if at % 5 == 0:
            rows.append(line(f"{at}-1", quantity="1", **said))
    return rows


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("learnt") / "lake")
    write(lake, {"lines": sold()})
    process(lake, [source()], SETTINGS)
    learn(lake, SETTINGS)
    return lake


def bought(lake: Lake) -> tuple[pl.DataFrame, date]:
    """What known customers bought until the last closed day."""
    as_of = gold(lake, "customer_accuracy")["held_out_until"][0]
    rows = gold(lake, "fact_sales").filter(pl.col("customer_key") != 0, pl.col("order_date") <= as_of)
    return rows.select("customer_key", date="order_date", amount="sales_amount"), as_of


def test_before_it_is_learnt_nothing_is_expected(tmp_path_factory: pytest.TempPathFactory):
    lake = Lake(tmp_path_factory.mktemp("new") / "lake")
    write(lake, {"lines": sold()[:40]})
    process(lake, [source()], SETTINGS)
    rows = gold(lake, "customer_analysis")
    assert rows.height > 1
    assert rows["probability_active"].null_count() == rows.height
    assert gold(lake, "customer_accuracy").is_empty()


def test_customers_are_told_what_the_library_predicts(learnt: Lake):
    orders, as_of = bought(learnt)
    told = predict(orders, as_of, HORIZON_DAYS, seed=SEED)
    rows = gold(learnt, "customer_analysis").join(told, on="customer_key", suffix="_told")
    assert rows.height == 12
    assert rows["probability_active"].equals(rows["probability_active_told"])
    for name in PREDICTED:
        apart = (rows[name].cast(pl.Float64) - rows[f"{name}_told"]).abs()
        assert (apart < 1e-4).all(), name
    assert set(rows["expected_from"]) == {as_of + timedelta(days=1)}
    [unknown] = gold(learnt, "customer_analysis").filter(customer_key=0).to_dicts()
    assert {unknown[name] for name in ("expected_from", "probability_active", *PREDICTED)} == {None}


def test_who_stopped_is_less_likely_to_buy(learnt: Lake):
    orders, as_of = bought(learnt)
    last = orders.group_by("customer_key").agg(last=pl.col("date").max(), orders=pl.len())
    rows = gold(learnt, "customer_analysis").select("customer_key", "probability_active")
    stopped = pl.col("last") < as_of - timedelta(days=80)
    both = (
        rows.join(last, on="customer_key").group_by(stopped=stopped).agg(pl.col("probability_active").mean())
    )
    likely = dict(both.rows())
    assert likely[True] < 0.5 < likely[False]


def test_scores_are_those_of_the_library(learnt: Lake):
    orders, as_of = bought(learnt)
    scores = score(orders, as_of, HORIZON_DAYS, seed=SEED)
    rows = gold(learnt, "customer_accuracy").sort("method")
    assert rows["method"].to_list() == ["bg_nbd", "model", "naive"]
    assert rows["held_out_from"].unique().to_list() == [as_of - timedelta(days=HORIZON_DAYS - 1)]
    assert rows["brier_rate"].to_list() == scores.sort("method")["brier_score"].to_list()
    start = as_of - timedelta(days=HORIZON_DAYS)
    actual = orders.filter(pl.col("date") > start)["amount"].sum()
    assert set(rows["actual_amount"]) == {actual}


def test_how_it_was_learnt_is_kept(learnt: Lake):
    [document] = models.load(learnt).studies["customers"].lessons(learnt).documents.values()
    for said in ("data_hash", '"seed": 1', "lightgbm", "mix"):
        assert said in document


def test_a_rebuild_equals_after_learning(learnt: Lake):
    assert verify(learnt, [source()], SETTINGS).found == []


def test_what_is_expected_is_asked_for(learnt: Lake):
    manifest = gold_files.load(learnt)
    assert manifest is not None
    there = known(learnt, manifest, [source()], SETTINGS)
    [mart] = [each for each in MARTS if each.name == "customer_analysis"]
    row = there.gold("customer_analysis").filter(pl.col("customer_key") != 0).collect().row(0, named=True)
    for name in ("expected_from", "probability_active", *PREDICTED):
        assert answered(there, mart, row, name).proved, name


def test_the_same_orders_are_learnt_once(learnt: Lake):
    before = gold_files.load(learnt)
    again = learn(learnt, SETTINGS, force=True)
    assert (again.studies, again.manifest) == ([], before)
