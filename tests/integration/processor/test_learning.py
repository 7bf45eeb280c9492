"""Forecasts of a small shop: learnt, published, kept while nothing changes, and what a kill leaves."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from saleslake import clock
from saleslake.lake import Lake
from saleslake_processor import gold_files, orphans
from saleslake_processor.learnt import learn as learning
from saleslake_processor.learnt import state as models
from saleslake_processor.learnt.clusters import CLUSTERS
from saleslake_processor.learnt.forecasts import champion
from saleslake_processor.learnt.frames import FRAMES
from saleslake_processor.learnt.learn import learn
from saleslake_processor.learnt.study import Lessons, Study
from saleslake_processor.lock import LakeBusyError, writing
from saleslake_processor.marts.graph import MARTS
from saleslake_processor.process import process
from saleslake_processor.publish import ContractBrokenError
from saleslake_processor.verify import verify
from saleslake_processor.why.answer import answered
from saleslake_processor.why.reading import known
from tests.integration.processor.killed import copied
from tests.integration.processor.shop import SETTINGS, START, gold, line, source, write

pytestmark = pytest.mark.slow

FIRST, DAYS = date(2025, 10, 6), 140
LAST = FIRST + timedelta(days=DAYS - 1)


def sold(first: int, days: int) -> list[dict[str, object]]:
    """Lines of two stores: Mondays to Saturdays, more at the end of the week."""
    rows = []
    for at in range(first, first + days):
        day = FIRST + timedelta(days=at)
        if day.isoweekday() == 7:
            continue
        for store, product, units in (("s1", "p", 3), ("s2", "q", 1), ("s1", "q", 2)):
            quantity = units + day.isoweekday() + (at * 7 + units) % 3
            said = {"day": str(day), "product": product, "store": store, "quantity": str(quantity)}
            rows.append(line(f"{at}{store}{product}-1", **said))
    return rows


def commit(lake: Lake, rows: list[dict[str, object]]) -> None:
    products = [
        {"id": name, "name": name, "category": f"c{name}", "price": None, "cost": None} for name in ("p", "q")
    ]
    write(lake, {"lines": rows, "products": products})
    process(lake, [source()], SETTINGS)


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("learnt") / "lake")
    commit(lake, sold(0, DAYS))
    assert learn(lake, SETTINGS).studies == ["forecast", "customers", "clusters"]
    return lake


@pytest.fixture
def lake(learnt: Lake, tmp_path: Path) -> Lake:
    return copied(learnt, tmp_path / "lake")


def test_what_is_published_lies_after_the_last_closed_day(learnt: Lake):
    rows = gold(learnt, "sales_forecast")
    last = max(day for day in (LAST, LAST - timedelta(days=1)) if day.isoweekday() != 7)
    assert rows["origin"].unique().to_list() == [last]
    daily = rows.filter(pl.col("freq") == "day")
    assert (daily["period"].min(), daily["period"].n_unique()) == (last + timedelta(days=1), 28)
    weekly = rows.filter(pl.col("freq") == "week")
    assert weekly["period"].min() == last + timedelta(days=8 - last.isoweekday())
    assert weekly["period"].n_unique() == 26
    assert set(weekly["method"]) == {"mean"}


def test_forecasts_are_the_sums_of_their_parts_at_every_level_and_period(learnt: Lake):
    rows = gold(learnt, "sales_forecast")
    at = ["freq", "kpi", "period"]
    totals = rows.group_by(*at, "level").agg(pl.col("forecast").sum())
    assert totals["level"].n_unique() == 6
    assert (totals.group_by(at).agg(pl.col("forecast").n_unique())["forecast"] == 1).all()
    parts = rows.filter(pl.col("level") == "store_category")
    for level, key in (("store", "store_key"), ("category", "category_key")):
        own = rows.filter(pl.col("level") == level).select(*at, key, "forecast").sort(pl.all())
        sums = parts.group_by(*at, key).agg(pl.col("forecast").sum().cast(own.schema["forecast"]))
        assert own.equals(sums.select(own.columns).sort(pl.all())), level
    products = rows.filter(pl.col("level") == "product").group_by(*at, "category_key")
    sums = products.agg(pl.col("forecast").sum().cast(rows.schema["forecast"]))
    own = rows.filter(pl.col("level") == "category").select(*at, "category_key", "forecast").sort(pl.all())
    assert own.equals(sums.select(own.columns).sort(pl.all()))


def test_on_sundays_the_shops_are_closed(learnt: Lake):
    daily = gold(learnt, "sales_forecast").filter(pl.col("freq") == "day")
    sundays = daily.filter(pl.col("period").dt.weekday() == 7)
    assert sundays.height > 0
    assert sundays.select(pl.sum_horizontal("forecast", "hi95")).to_series().sum() == 0
    others = daily.filter(pl.col("level") == "total", pl.col("period").dt.weekday() < 7)
    assert (others["forecast"] > 0).all()


def test_the_published_method_is_never_worse_than_the_seasonal_naive_one(learnt: Lake):
    rows = gold(learnt, "forecast_accuracy")
    judged = rows.filter(pl.col("is_used"), pl.col("origins") > 0)
    assert judged.height > 0
    assert (judged["beside_naive_rate"] <= 1).all()
    assert {"model", "seasonal_naive", "ets", "theta", "arima"} <= set(rows["method"])


def test_reasons_add_up_to_the_forecasts(learnt: Lake):
    at = ["freq", "kpi", "level", "category_key", "period"]
    reasons = gold(learnt, "forecast_reasons").group_by(at).agg(pl.col("contribution").sum())
    rows = gold(learnt, "sales_forecast").filter(pl.col("level").is_in(["total", "category"]))
    both = rows.join(reasons, on=at, how="left").with_columns(pl.col("contribution").fill_null(0))
    assert both.height == rows.height
    assert (both["contribution"] == both["forecast"]).all()


def test_the_outlook_is_the_sum_of_the_periods(learnt: Lake):
    at = ["freq", "kpi", "level", "category_key"]
    rows = gold(learnt, "sales_forecast").filter(pl.col("level").is_in(["total", "category"]))
    sums = rows.group_by(at).agg(pl.col("forecast").sum().alias("sum"))
    both = gold(learnt, "forecast_outlook").join(sums, on=at)
    assert both.height == 12
    assert (both["forecast"] == both["sum"]).all()


def test_the_same_sales_are_learnt_once(lake: Lake):
    before = gold_files.load(lake)
    again = learn(lake, SETTINGS, force=True)
    assert before is not None
    assert (again.studies, again.manifest) == ([], before)


def test_new_sales_wait_until_it_is_time_unless_forced(lake: Lake):
    commit(lake, sold(DAYS, 2))
    assert learn(lake, SETTINGS).studies == []
    stale = gold(lake, "sales_forecast").filter(pl.col("freq") == "day")
    assert (stale["period"] > LAST + timedelta(days=2)).all()
    assert learn(lake, SETTINGS, force=True).studies == ["forecast", "customers", "clusters"]
    rows = gold(lake, "sales_forecast").filter(pl.col("freq") == "day")
    assert rows["period"].n_unique() == 28
    # Too young to be judged: the same model, told what came.
    assert set(rows["model"]) == set(stale["model"])
    used = gold(lake, "forecast_accuracy").filter(pl.col("is_used"), pl.col("freq") == "day")
    assert (used["checked"] > 0).all()


def test_a_champion_is_judged_once_enough_has_closed(lake: Lake):
    """Who wins is tested where it is decided, in `test_champion`."""
    commit(lake, sold(DAYS, 29))
    learn(lake, SETTINGS, force=True)
    documents = models.load(lake).studies["forecast"].lessons(lake).documents
    daily = [champion.read(text) for name, text in documents.items() if "-day-" in name]
    last = gold(lake, "sales_forecast")["origin"][0]
    assert [each.judged_until for each in daily if each] == [last] * 4


def test_models_are_told_beside_what_they_were_made_of(learnt: Lake):
    lake = models.load(learnt).studies["forecast"].lessons(learnt)
    [document] = [text for name, text in lake.documents.items() if name.endswith("day-units-stores")]
    said = champion.read(document)
    assert said is not None
    assert said.about["first_period"] == FIRST.isoformat()
    assert len(said.about["data_hash"]) == 16
    assert {"lightgbm", "polars"} <= said.about["versions"].keys()
    assert said.about["scores"]


def test_a_rebuild_equals_after_learning(lake: Lake):
    assert verify(lake, [source()], SETTINGS).found == []


def test_a_file_of_no_model_is_removed(lake: Lake):
    left = lake.models / "sales_forecast-000000000000.parquet"
    left.write_bytes(b"left")
    found = orphans.maintain(lake, 5, clock.now())
    assert left in [each.path for each in found]
    assert not left.exists()
    assert learn(lake, SETTINGS, force=True).studies == []


def test_a_kill_before_the_manifest_leaves_what_was_there(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    before = gold_files.load(lake)
    commit(lake, sold(DAYS, 2))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(models, "replace_text", killed)
    with pytest.raises(KeyboardInterrupt):
        learn(lake, SETTINGS, force=True)
    assert before is not None
    left = gold_files.load(lake)
    assert left is not None
    assert left.learnt == before.learnt
    assert list(models.unnamed(lake))
    monkeypatch.undo()
    assert learn(lake, SETTINGS, force=True).studies == ["forecast", "customers", "clusters"]
    assert list(models.unnamed(lake)) == []


def test_others_may_write_while_it_is_learnt(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    commit(lake, sold(DAYS, 2))
    held: list[str] = []

    def tell(step: str) -> None:
        if step.startswith("study forecast:") and not held:
            with writing(lake):
                held.append(step)

    learn(lake, SETTINGS, tell, force=True)
    assert held
    with writing(lake), pytest.raises(LakeBusyError):
        learn(lake, SETTINGS, force=True)


def study(name: str, learnt: Callable[[Lessons], Lessons], *makes: str) -> Study:
    """A study of the same sales as that of clusters, that makes what it is told to."""
    return Study(name, CLUSTERS.inputs, makes, lambda _, before, __: learnt(before))


def named(cluster: str | None) -> Lessons:
    """A cluster of this name; gold takes none without."""
    row = {"company": "acme", "cluster": 1, "cluster_name": cluster, "customers": 0}
    amounts = dict.fromkeys(("recency_days", "orders", "net_amount"), 1.0)
    return Lessons({"cluster_centre": pl.DataFrame([{**row, **amounts}], FRAMES["cluster_centre"])})


def broken(_: Lessons) -> Lessons:
    raise ZeroDivisionError("by a customer's zero")


def test_a_study_that_fails_stops_no_other_and_is_named(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    commit(lake, sold(DAYS, 1))
    told: list[str] = []
    several = (study("broken", broken), study("clusters", lambda _: named("told"), "cluster_centre"))
    monkeypatch.setattr(learning, "STUDIES", several)
    done = learn(lake, SETTINGS, told.append, force=True)
    assert done.studies == ["clusters"]
    assert [(name, type(error)) for name, error in done.failed.items()] == [("broken", ZeroDivisionError)]
    # What is told goes to logs of runs, which may not quote a row.
    assert "study broken failed: ZeroDivisionError" in told
    assert set(gold(lake, "customer_clusters")["cluster_name"]) == {"told"}
    assert learn(lake, SETTINGS, force=True).failed.keys() == {"broken"}


def test_lessons_that_break_a_contract_are_not_kept_and_sales_are_published(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
):
    before = models.load(lake).studies["clusters"]
    commit(lake, sold(DAYS, 1))
    wrong = study("clusters", lambda _: named(None), "cluster_centre")
    monkeypatch.setattr(learning, "STUDIES", (wrong,))
    done = learn(lake, SETTINGS, force=True)
    assert (done.studies, list(done.failed)) == ([], ["clusters"])
    assert isinstance(done.failed["clusters"], ContractBrokenError)
    assert models.load(lake).studies["clusters"] == before
    commit(lake, sold(DAYS + 2, 1))
    assert gold(lake, "fact_sales")["order_date"].max() == LAST + timedelta(days=3)


def test_of_two_learnings_at_once_the_first_to_end_is_kept(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    commit(lake, sold(DAYS, 1))
    told: list[str] = []
    with writing(lake):
        models.save(lake, models.load(lake), "clusters", named("last"), "of before", START)
    read: list[Lessons] = []

    def meanwhile(_: Lessons) -> Lessons:
        with writing(lake):
            models.save(lake, models.load(lake), "clusters", named("other"), "of later", clock.now())
        return Lessons()

    def after(before: Lessons) -> Lessons:
        read.append(before)
        return named("own")

    several = (study("first", meanwhile), study("clusters", after, "cluster_centre"))
    monkeypatch.setattr(learning, "STUDIES", several)
    done = learn(lake, SETTINGS, told.append, force=True)
    assert (done.studies, done.failed) == (["first"], {})
    # Those of before the other one, whose files are gone.
    assert read[0].frames["cluster_centre"]["cluster_name"].to_list() == ["last"]
    assert set(gold(lake, "customer_clusters")["cluster_name"]) == {"other"}
    assert "study clusters: another learning was faster, this one is dropped" in told


def test_of_an_empty_lake_nothing_is_learnt(tmp_path: Path):
    done = learn(Lake(tmp_path / "lake"), SETTINGS)
    assert (done.studies, done.failed, done.manifest) == ([], {}, None)


def test_why_names_the_model_and_its_data(learnt: Lake):
    manifest = gold_files.load(learnt)
    assert manifest is not None
    there = known(learnt, manifest, [source()], SETTINGS)
    [mart] = [each for each in MARTS if each.name == "sales_forecast"]
    row = there.gold("sales_forecast").filter(pl.col("freq") == "day").collect().row(0, named=True)
    answer = answered(there, mart, row, "forecast")
    assert answer.proved
    [note] = answer.notes
    assert f"learnt by model {row['model']}" in note
    assert f"from {FIRST} to" in note


def test_the_same_sales_in_another_order_are_learnt_alike(learnt: Lake, tmp_path: Path):
    other = Lake(tmp_path / "lake")
    commit(other, list(reversed(sold(0, DAYS))))
    learn(other, SETTINGS)
    for name in ("sales_forecast", "forecast_accuracy", "forecast_reasons"):
        assert gold(other, name).equals(gold(learnt, name)), name


def test_a_shop_with_less_than_four_weeks_is_not_forecast(tmp_path: Path):
    lake = Lake(tmp_path / "lake")
    commit(lake, sold(0, 27))
    before = gold_files.load(lake)
    done = learn(lake, SETTINGS)
    assert (done.studies, done.manifest) == (["forecast", "customers", "clusters"], before)
    assert gold(lake, "sales_forecast").is_empty()
