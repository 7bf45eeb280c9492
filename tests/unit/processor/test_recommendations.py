"""What is offered to whom, by which method, and how the methods are scored."""

from collections.abc import Mapping
from datetime import date
from random import Random

import polars as pl

from tests.unit.processor.derived import Row, line, taken
from tests.unit.processor.gold import built, given

BEFORE, HELD = date(2025, 12, 10), date(2026, 3, 14)
"""A day that was known, and the last day, which is held out."""

ALWAYS = [line("last", order_id="last", order_date=HELD, product_id="z")]


def order(customer: str | None, products: str, day: date = BEFORE, copies: int = 1) -> list[Row]:
    """Orders of a customer, a line for each letter."""
    return [
        line(
            f"{customer}{day}{copy}{product}",
            order_id=f"{customer}{day}{copy}",
            order_date=day,
            customer_id=customer,
            product_id=product,
        )
        for copy in range(copies)
        for product in products
    ]


def offered(tables: Mapping[str, pl.DataFrame]) -> dict[str, list[tuple[str, str, str | None]]]:
    """Product, method and reason by customer, the first one first."""
    names = {row["customer_key"]: row["customer_id"] for row in tables["dim_customer"].to_dicts()}
    found: dict[str, list[tuple[str, str, str | None]]] = {}
    for row in tables["customer_recommendations"].to_dicts():
        offers = found.setdefault(names[row["customer_key"]], [])
        offers.append((row["product"], row["method"], row["because_of"]))
        assert row["rank"] == len(offers)
    return found


def told(*events: Row) -> Mapping[str, pl.DataFrame]:
    return built(given(taken(*events, *ALWAYS)))


def accuracy(tables: Mapping[str, pl.DataFrame]) -> dict[str, tuple[int, int, bool]]:
    rows = tables["recommendation_accuracy"].to_dicts()
    return {row["method"]: (row["customers"], row["hits"], row["is_used"]) for row in rows}


# Who has `a` buys `b` as well, next to ten products that are more popular; `z` is the last sale.
PAIRS = [
    *order("m", "ab", copies=4),
    *(row for name in "cdefghijkl" for row in order(f"of {name}", name, copies=6)),
    *order("n", "a"),
]
STILL = [*order("still", "abcdefghijkl", date(2026, 2, 1))]
NEXT = order("n", "b", HELD)


def test_item_item_is_used_where_it_has_more_hits():
    tables = told(*PAIRS, *NEXT)
    assert accuracy(tables) == {"item_item": (1, 1, True), "popularity": (1, 0, False)}
    [row, _] = tables["recommendation_accuracy"].to_dicts()
    assert (row["held_out_from"], row["held_out_until"]) == (date(2025, 12, 15), date(2026, 3, 15))
    assert row["hit_rate"] == 1.0


def test_what_goes_with_it_comes_first_and_what_is_popular_after_it():
    other = order("other", "a", date(2026, 1, 5))
    offers = offered(told(*PAIRS, *STILL, *NEXT, *other))["other"]
    assert offers[0] == ("b", "item_item", "a")
    assert [method for _, method, _ in offers[1:]] == ["popularity"] * 4
    assert [product for product, _, _ in offers[1:]] == list("cdef")


def test_popularity_is_used_where_pairs_are_not_better():
    tables = told(*PAIRS, *STILL, *order("n", "c", HELD))
    assert accuracy(tables)["popularity"] == (1, 1, True)
    assert {row["method"] for row in tables["customer_recommendations"].to_dicts()} == {"popularity"}
    row = tables["customer_recommendations"].to_dicts()[0]
    assert (row["score_rate"], row["because_of_key"], row["because_of"]) == (0.0, 0, None)


def test_nothing_is_offered_that_was_bought_or_is_no_longer_sold():
    # Nobody bought `l` in the last three months.
    recent = [*order("still", "abcdefghijk", date(2026, 2, 1)), *order("m", "c", date(2026, 2, 2))]
    offers = offered(told(*PAIRS, *recent))
    products = [product for product, _, _ in offers["m"]]
    assert len(products) == 5
    assert not {"a", "b", "c", "l"} & {*products}


def test_unknown_customers_get_nothing():
    tables = told(*order(None, "ab", copies=4))
    assert tables["customer_recommendations"].is_empty()
    assert tables["recommendation_accuracy"].is_empty()


def test_without_a_customer_in_both_periods_no_rate_is_told():
    tables = told(*order("m", "ab", copies=4))
    assert accuracy(tables) == {"item_item": (0, 0, False), "popularity": (0, 0, True)}
    assert set(tables["recommendation_accuracy"]["hit_rate"]) == {None}


def test_the_order_of_rows_does_not_matter():
    random = Random(3)
    events = [
        row
        for number in range(40)
        for row in order(
            f"c{number % 15}",
            "".join(random.sample("abcdefghij", random.randint(1, 4))),
            date(2025, 9 + number % 4, 1 + number % 28) if number % 3 else date(2026, 2, 1 + number % 28),
        )
    ]
    tables = told(*events)
    random.shuffle(events)
    again = told(*events)
    for name in ("customer_recommendations", "recommendation_accuracy"):
        assert tables[name].height > 0
        assert again[name].equals(tables[name])
