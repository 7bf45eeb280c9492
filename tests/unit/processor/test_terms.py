"""What facts take from dimensions: roots of categories, regions, and which of it changed."""

import polars as pl
import pytest

from saleslake_processor.derive.terms import category_roots, changed_keys, place_terms, product_terms

KEYS = {"category_key": pl.Int64, "parent_key": pl.Int64}


def roots(*parents: tuple[int, int | None]) -> dict[int, int]:
    """Root by category, of categories and their parents."""
    categories = pl.LazyFrame(parents, schema=KEYS, orient="row")
    return dict(category_roots(categories).collect().select("category_key", "root_key").iter_rows())


def test_a_category_without_parent_is_its_own_root():
    assert roots((1, None)) == {1: 1}


def test_the_root_is_the_topmost_above():
    assert roots((1, None), (2, 1), (3, 2), (4, 3)) == {1: 1, 2: 1, 3: 1, 4: 1}


def test_a_parent_that_is_not_there_counts_as_topmost():
    assert roots((2, 1), (3, 2)) == {2: 1, 3: 1}


def test_deep_trees_reach_their_root():
    chain = [(1, None), *((number, number - 1) for number in range(2, 33))]
    assert set(roots(*chain).values()) == {1}


@pytest.mark.parametrize("length", [1, 2, 3, 5])
def test_categories_that_hang_on_themselves_end_in_one_of_them(length):
    ring = [(number, number % length + 1) for number in range(1, length + 1)]
    got = roots(*ring, (9, 1))
    assert set(got.values()) <= {number for number, _ in ring}
    assert got == roots(*reversed([*ring, (9, 1)]))


def test_terms_of_a_product_name_the_topmost_category():
    products = pl.LazyFrame(
        {"product_key": [1, 2, 3], "list_price": None, "unit_cost": None, "category_key": [12, 99, None]}
    ).with_columns(currency=None, source_currency=pl.lit("EUR"))
    categories = pl.LazyFrame([(11, None), (12, 11)], schema=KEYS, orient="row")
    got = product_terms(products, categories).collect().sort("product_key")
    assert got["category_key"].to_list() == [11, 99, None]


def regions(*places: tuple[str, str | None, str | None]) -> list[int | None]:
    frame = pl.LazyFrame(places, schema=["company", "country", "region"], orient="row")
    with_key = frame.with_columns(place_key=pl.int_range(pl.len()))
    return place_terms(with_key).collect().sort("place_key")["region_key"].to_list()


def test_a_region_is_told_apart_by_country_and_company():
    keys = regions(("a", "FR", "north"), ("a", "DE", "north"), ("b", "FR", "north"), ("a", None, "north"))
    assert len(set(keys)) == 4
    assert None not in keys


def test_places_of_one_region_have_one_key():
    first, second = regions(("a", "FR", "north"), ("a", "FR", "north"))
    assert first == second


def test_a_place_without_region_has_no_key():
    assert regions(("a", "FR", None)) == [None]


def test_keys_change_whose_terms_differ_appear_or_vanish():
    before = pl.LazyFrame({"key": [1, 2, 3, 4], "price": [10, 20, None, None]})
    after = pl.LazyFrame({"key": [1, 2, 4, 5], "price": [10, 21, None, 50]})
    assert sorted(changed_keys(before, after, "key")["key"]) == [2, 3, 5]
