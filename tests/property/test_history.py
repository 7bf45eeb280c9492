"""What counted at an instant, by the intervals of a history, is the last version of those until then."""

from datetime import timedelta
from itertools import pairwise

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.history import at, history
from saleslake_processor.staging.stage import log_schema
from saleslake_processor.versions import winners
from tests.property.memory_lake import EPOCH, MemoryLake
from tests.property.test_incremental_equals_rebuild import histories

PRODUCT = ENTITIES["product"]
SAID = ["product_key", *PRODUCT.fields, "source_currency", "deleted"]


@settings(max_examples=settings().max_examples // 2)
@given(histories(), st.integers(-1, 14))
def test_what_counts_at_an_instant_is_the_last_version_until_then(drawn, minutes):
    batches, arrival = drawn
    lake = MemoryLake()
    for batch in arrival:
        lake.append(batches[batch], batch)
    log = lake.log["product"].select(*log_schema(PRODUCT)).lazy()
    instant = EPOCH + timedelta(minutes=minutes)
    until_then = winners(log.filter(pl.col("version_at") <= instant), PRODUCT)
    counting = at(history(log, PRODUCT), pl.lit(instant, pl.Datetime("us", "UTC")))
    assert_frame_equal(
        counting.select(SAID).collect(), until_then.select(SAID).collect(), check_row_order=False
    )


@settings(max_examples=settings().max_examples // 2)
@given(histories())
def test_intervals_follow_one_another_and_each_says_something_else(drawn):
    batches, arrival = drawn
    lake = MemoryLake()
    for batch in arrival:
        lake.append(batches[batch], batch)
    rows = history(lake.log["product"].lazy(), PRODUCT).collect()
    for (_,), of_key in rows.group_by("product_key"):
        ordered = of_key.sort("valid_from")
        assert ordered["valid_to"].to_list() == [*ordered["valid_from"].to_list()[1:], None]
        said = ordered.select(SAID).rows()
        assert all(one != other for one, other in pairwise(said))
