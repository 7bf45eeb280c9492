"""What goes with what: counts, rates, and which orders and pairs do not count."""

from collections import Counter
from datetime import date
from itertools import combinations
from random import Random

import pytest

from tests.unit.processor.derived import Row, come_back, event, line, taken
from tests.unit.processor.gold import built, given, table


def order(identifier: str, *products: str | None, **said: object) -> list[Row]:
    """One unit of each product."""
    return [
        line(f"{identifier}|{number}", order_id=identifier, product_id=product, **said)
        for number, product in enumerate(products)
    ]


def orders(*baskets: str, **said: object) -> list[Row]:
    """An order for each word, a product for each of its letters."""
    return [row for number, basket in enumerate(baskets) for row in order(f"o{number}", *basket, **said)]


def pairs(*events: Row) -> dict[str, Row]:
    return {f"{row['product']}{row['other_product']}": row for row in table("product_affinity", *events)}


def test_rates_of_a_pair():
    got = pairs(*orders("ab", "ab", "ab", "a", "c", "c", "c", "c"))
    assert got.keys() == {"ab", "ba"}
    ab, ba = got["ab"], got["ba"]
    assert (ab["orders"], ab["product_orders"], ab["other_orders"], ab["both_orders"]) == (8, 4, 3, 3)
    assert (ab["support_rate"], ab["confidence_rate"], ab["lift_rate"]) == (3 / 8, 3 / 4, 2.0)
    assert (ba["confidence_rate"], ba["lift_rate"]) == (1.0, 2.0)
    assert ab["affinity_rate"] == ba["affinity_rate"] == 0.866025


def test_what_is_bought_together_by_chance_is_no_pair():
    # Half of all orders have either, and a quarter has both.
    assert pairs(*orders(*["ab", "a", "b", "c"] * 3)) == {}


def test_a_pair_has_three_orders():
    assert pairs(*orders("ab", "ab", "c", "c")) == {}


@pytest.mark.parametrize(
    "other",
    [
        [*order("x", "a", "b", status="cancelled")],
        [*order("x", "a", None)],
        # As of the last order these are more than 36 months old.
        [*order("x", "a", "b", order_date=date(2023, 3, 14))],
        [*order("x", "a", "b", *(f"p{number}" for number in range(99)))],
    ],
    ids=["cancelled", "unknown product", "long ago", "too large"],
)
def test_what_does_not_count(other: list[Row]):
    assert "ab" not in pairs(*orders("ab", "ab", "c", "c"), *other)


def test_an_order_of_a_hundred_products_counts():
    wide = order("x", "a", "b", *(f"p{number}" for number in range(98)))
    assert "ab" in pairs(*orders("ab", "ab", "c", "c"), *wide)


def test_a_line_twice_is_one_and_what_came_back_was_bought_together():
    events = [*orders("aab", "ab", "ab", "c"), come_back("r", order_line_id="o0|2")]
    assert pairs(*events)["ab"]["both_orders"] == 3


def test_the_best_ten_are_told_and_equal_ones_by_id():
    names = "bcdefghijklm"
    got = [
        row
        for row in table("product_affinity", *orders(*[f"a{names}"] * 3, "x", "y"))
        if row["product"] == "a"
    ]
    assert sorted((row["rank"], row["other_product"]) for row in got) == list(enumerate(names[:10], 1))


def test_against_plain_counting_and_in_any_order():
    random = Random(5)
    baskets = ["".join(random.sample("abcdefgh", random.randint(1, 4))) for _ in range(60)]
    events = [*orders(*baskets), event("product", "a", name="a")]
    rows = built(given(taken(*events)))["product_affinity"]
    alone = Counter(name for basket in baskets for name in basket)
    both = Counter(pair for basket in baskets for pair in combinations(sorted(basket), 2))
    expected = {
        (*pair, count): count * len(baskets) / (alone[pair[0]] * alone[pair[1]])
        for one, count in both.items()
        for pair in (one, one[::-1])
        if count >= 3 and count * len(baskets) > alone[pair[0]] * alone[pair[1]]
    }
    got = {
        (row["product"], row["other_product"], row["both_orders"]): row["lift_rate"]
        for row in rows.to_dicts()
    }
    assert got == pytest.approx(expected)
    assert len(got) == 18
    random.shuffle(events)
    assert built(given(taken(*events)))["product_affinity"].equals(rows)
