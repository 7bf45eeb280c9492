"""What counted at an instant, by the intervals of a history, is the last version of those until then."""

from itertools import pairwise

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.history import at, history
from saleslake_processor.staging.stage import log_schema
from saleslake_processor.versions import winners
from tests.property.memory_lake import MemoryLake, instant, rows
from tests.property.test_incremental_equals_rebuild import histories

PRODUCT = ENTITIES["product"]
SAID = ["product_key", *PRODUCT.fields, "source_currency", "deleted"]


@settings(max_examples=settings().max_examples // 2)
@given(histories(), st.integers(-1, 14))
def test_what_counts_at_an_instant_is_the_last_version_until_then(drawn, version):
    batches, arrival = drawn
    lake = MemoryLake()
    for batch in arrival:
        lake.append(batches[batch], batch)
    log = lake.log["product"].select(*log_schema(PRODUCT)).lazy()
    until_then = winners(log.filter(pl.col("version_at") <= instant(version)), PRODUCT)
    counting = at(history(log, PRODUCT), pl.lit(instant(version), pl.Datetime("us", "UTC")))
    assert_frame_equal(
        counting.select(SAID).collect(), until_then.select(SAID).collect(), check_row_order=False
    )


TOLD = st.lists(st.tuples(st.integers(0, 4), st.sampled_from("xy"), st.booleans()), max_size=5)
"""What a batch says of a product: instant, name, and whether it is gone."""


@given(st.lists(TOLD, min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_the_log_keeps_all_that_a_history_is_made_of(drawn, order):
    batches = {
        batch: [
            {"entity": "product", "product_id": "p", "version": version, "name": name, "deleted": gone}
            for version, name, gone in said
        ]
        for batch, said in zip("abc", drawn, strict=False)
    }
    lake = MemoryLake()
    for batch in order.sample(sorted(batches), len(batches)):
        lake.append(batches[batch], batch)
    seen = pl.concat([rows(batches[batch], batch)["product"] for batch in batches])
    columns = [*SAID, "valid_from", "valid_to"]
    kept, all_of_them = (history(log.lazy(), PRODUCT) for log in (lake.log["product"], seen))
    assert_frame_equal(kept.select(columns).collect(), all_of_them.select(columns).collect())


@settings(max_examples=settings().max_examples // 2)
@given(histories())
def test_intervals_follow_one_another_and_each_says_something_else(drawn):
    batches, arrival = drawn
    lake = MemoryLake()
    for batch in arrival:
        lake.append(batches[batch], batch)
    intervals = history(lake.log["product"].lazy(), PRODUCT).collect()
    for (_,), of_key in intervals.group_by("product_key"):
        ordered = of_key.sort("valid_from")
        assert ordered["valid_to"].to_list() == [*ordered["valid_from"].to_list()[1:], None]
        said = ordered.select(SAID).rows()
        assert all(one != other for one, other in pairwise(said))
