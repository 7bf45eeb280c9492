"""Clusters of customers: how many, which is which, and what they are called."""

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from saleslake_processor.clusters import CENTRES, LABELS, Clusters, CustomersError, cluster
from saleslake_processor.clusters.cluster import FEWEST
from saleslake_processor.clusters.labels import matched
from saleslake_processor.clusters.names import ALL, named

GROUPS = ((5, 20, 5_000), (20, 2, 300), (200, 1, 40))
"""Days, orders and money around which customers are made up."""


def customers(groups=GROUPS, each: int = 100, seed: int = 3) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    parts = [
        pl.DataFrame(
            {
                "recency_days": rng.poisson(days, each),
                "orders": 1 + rng.poisson(orders - 1, each),
                "net_amount": money * np.exp(rng.normal(0, 0.2, each)),
            }
        )
        for days, orders, money in groups
    ]
    return pl.concat(parts).with_row_index("customer_key").cast({"customer_key": pl.Int64})


@pytest.fixture(scope="module")
def found() -> Clusters:
    return cluster(customers())


def test_a_cluster_is_of_one_of_the_groups_that_are_there(found):
    made_of = found.customers.with_columns(group=pl.col("customer_key") // 100)
    pairs = made_of.select("cluster", "group").unique()
    assert pairs["cluster"].is_unique().all()
    assert pairs["group"].n_unique() == len(GROUPS)
    assert found.centres["customers"].sum() == 300
    assert found.centres["stability"].min() >= 0.9
    assert found.centres["silhouette"].min() > 0.2


def test_centres_are_the_geometric_means_of_natural_units(found):
    rows = customers().join(found.customers, on="customer_key")
    for of in found.centres.iter_rows(named=True):
        own = rows.filter(pl.col("cluster") == of["cluster"])
        assert of["recency_days"] == pytest.approx(np.expm1(np.log1p(own["recency_days"]).mean()), rel=0.05)
        assert of["orders"] == pytest.approx(np.expm1(np.log1p(own["orders"]).mean()), rel=0.05)
        assert of["net_amount"] == pytest.approx(np.exp(np.log(own["net_amount"]).mean()), rel=0.05)


def test_names_say_what_the_centres_are_like(found):
    names = found.centres.sort("net_amount")["cluster_name"].to_list()
    assert names[0] in ("very long ago, rare, low spend", "very long ago, rare, very low spend")
    assert names[-1] == "recent, very frequent, very high spend"
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_does_not_matter(seed):
    # One cloud, so that what is found hangs on every detail.
    rows = customers(((50, 3, 100),), each=400)
    whole, shuffled = cluster(rows), cluster(rows.sample(fraction=1, shuffle=True, seed=seed))
    assert_frame_equal(whole.customers, shuffled.customers, check_exact=True)
    assert_frame_equal(whole.centres, shuffled.centres, check_exact=True)


def test_the_currency_does_not_matter():
    rows = customers()
    francs = rows.with_columns(pl.col("net_amount") * 1000)
    assert_frame_equal(cluster(rows).customers, cluster(francs).customers)


def test_nothing_and_less_than_nothing_are_next_to_nothing():
    rows = customers().with_columns(
        net_amount=pl.when(pl.col("customer_key") == 299).then(0.0).otherwise("net_amount")
    )
    below = rows.with_columns(
        net_amount=pl.when(pl.col("customer_key") == 299).then(-900.0).otherwise("net_amount")
    )
    assert_frame_equal(cluster(rows).customers, cluster(below).customers)
    placed = cluster(below).customers
    assert placed["cluster"][299] == placed["cluster"][298]


@pytest.mark.parametrize(
    "rows",
    [
        customers(each=16),
        customers(each=100).with_columns(recency_days=pl.lit(4), orders=pl.lit(2), net_amount=pl.lit(9.0)),
    ],
    ids=["few", "alike"],
)
def test_few_customers_or_all_alike_are_one_cluster(rows):
    assert len(GROUPS) * 16 < FEWEST
    found = cluster(rows)
    assert found.customers["cluster_name"].unique().to_list() == [ALL]
    assert found.centres.select("cluster", "stability", "silhouette").rows() == [(1, None, None)]
    assert found.centres.schema == CENTRES


def test_nobody_is_in_no_cluster():
    nobody = cluster(customers().clear())
    assert (nobody.customers.height, nobody.centres.height) == (0, 0)
    assert (nobody.customers.schema, nobody.centres.schema) == ({"customer_key": pl.Int64, **LABELS}, CENTRES)


def test_two_values_are_two_clusters_at_most():
    rows = customers(each=100).with_columns(
        recency_days=pl.lit(4), orders=1 + pl.col("customer_key") % 2, net_amount=pl.lit(9.0)
    )
    assert cluster(rows).centres["customers"].to_list() == [150, 150]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"recency_days": None}, "recency_days is no number from 0 up, of customer_key 0, 1, 2, 3, 4, ..."),
        ({"recency_days": -1}, "recency_days is no number from 0 up"),
        ({"orders": 0}, "orders is no number from 1 up"),
        ({"net_amount": float("nan")}, "net_amount is no number, of"),
        ({"customer_key": 7}, "customer_key is there more than once, of customer_key 7"),
    ],
)
def test_what_is_no_customer_is_named(wrong, said):
    with pytest.raises(CustomersError, match=said.replace("...", r"\.\.\.")):
        cluster(customers().with_columns(pl.lit(value).alias(name) for name, value in wrong.items()))


def test_a_column_that_is_lacking_is_named():
    with pytest.raises(CustomersError, match="no column orders"):
        cluster(customers().drop("orders"))


def test_labels_and_names_stay_when_customers_move_a_little(found):
    moved = customers().with_columns(pl.col("recency_days") + 2, pl.col("net_amount") * 1.1)
    after = cluster(moved, found.centres)
    assert after.centres["cluster_name"].to_list() == found.centres["cluster_name"].to_list()
    assert (after.customers["cluster"] == found.customers["cluster"]).mean() > 0.95


def test_labels_follow_the_customers_and_not_the_place(found):
    turned = found.centres.with_columns(cluster=9 - pl.col("cluster"))
    after = cluster(customers(), turned)
    assert (after.customers["cluster"] == 9 - found.customers["cluster"]).all()


def test_a_new_cluster_has_a_new_number():
    before = np.array([[0.0, 0, 0], [2, 2, 2]])
    now = np.array([[2.1, 2, 2], [-2, -2, -2], [0.1, 0, 0]])
    assert matched(now, before, [4, 7]) == [7, 8, 4]


def test_what_is_far_from_all_of_the_last_run_is_new():
    assert matched(np.array([[0.0, 0, 0], [3, 3, 3]]), np.array([[0.0, 0, 0], [1, 1, 1]]), [1, 2]) == [1, 3]


def test_a_name_is_kept_until_it_is_clearly_wrong():
    old = {1: "recent, occasional, medium spend"}
    assert named(np.array([[-0.3, 0, 0.0]]), [1], old) == ["recent, occasional, medium spend"]
    assert named(np.array([[-0.1, 0, 0.0]]), [1], old) == ["a while ago, occasional, medium spend"]
    assert named(np.array([[-0.3, 0, 0.0]]), [1], {}) == ["a while ago, occasional, medium spend"]


def test_no_two_names_are_alike_and_the_older_label_has_the_plain_one():
    names = named(np.array([[0.1, 0, 0], [0, 0, 0]]), [5, 2], {})
    assert names == ["a while ago, occasional, medium spend (5)", "a while ago, occasional, medium spend"]
    kept = named(np.array([[0.1, 0, 0], [0, 0, 0]]), [5, 2], {5: names[0], 2: names[1]})
    assert kept == names


def test_the_last_number_of_clusters_is_kept_while_it_is_still_stable(found):
    two = cluster(customers(GROUPS[::2]))
    assert found.centres.height > two.centres.height
    assert cluster(customers(), two.centres).centres.height == two.centres.height


def test_a_number_of_clusters_that_is_no_longer_stable_is_given_up(found):
    # One cloud, of which no number of clusters is stable: five are no more so than others.
    cloud = customers(((50, 3, 100),), each=300)
    after = cluster(cloud, found.centres).centres
    assert (after["stability"] < 0.75).all()
    assert after.height == cluster(cloud).centres.height
