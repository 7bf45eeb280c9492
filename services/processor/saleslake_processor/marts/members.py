"""Dimensions: the current members, those that are only referred to, and the unknown one."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.derive.terms import category_roots

Frames = Mapping[str, pl.LazyFrame]

UNKNOWN = "unknown"


def dim_product(given: Frames) -> pl.LazyFrame:
    """Products with the names of their topmost category and of their own."""
    names = category_names(given)
    roots = category_roots(given["current/category"])
    known = (
        given["current/product"]
        .rename({"category_key": "leaf_key"})
        .join(roots, left_on="leaf_key", right_on="category_key", how="left")
        .with_columns(category_key=pl.coalesce("root_key", "leaf_key"))
        .join(names, on="category_key", how="left")
        .join(names.rename({"category_key": "leaf_key", "category": "leaf"}), on="leaf_key", how="left")
        .with_columns(subcategory=pl.when(pl.col("leaf_key") != pl.col("category_key")).then("leaf"))
        .with_columns(currency=pl.coalesce("currency", "source_currency"))
        .with_columns(
            pl.col(price).round(4, mode="half_away_from_zero").cast(MONEY)
            for price in ("list_price", "unit_cost")
        )
    )
    used = _used(given, "product", "sums/month_product", "current/opportunity", "current/stock")
    whole = _whole(known, given, "product", used)
    return whole.with_columns(
        pl.col("category_key").fill_null(keys.UNKNOWN), pl.col("category").fill_null(UNKNOWN)
    )


def category_names(given: Frames) -> pl.LazyFrame:
    """`category_key` and `category`: its name, its id where it has none."""
    known = given["current/category"].select("category_key", category=pl.coalesce("name", "category_id"))
    referred = (
        given["references"].filter(pl.col("entity") == "category").select(category_key="key", category="id")
    )
    inferred = referred.join(known, on="category_key", how="anti")
    return pl.concat([known, inferred])


def dim_customer(given: Frames) -> pl.LazyFrame:
    """Customers by their whole name, or by given and family name."""
    known = _named(given["current/customer"])
    whole = _whole(known, given, "customer", given["sums/month_customer"].select("customer_key"))
    return whole.with_columns(pl.col("place_key").fill_null(keys.UNKNOWN))


def dim_store(given: Frames) -> pl.LazyFrame:
    """Stores, named after their town where they have no name."""
    towns = given["dim_place"].select("place_key", "city")
    known = (
        given["current/store"]
        .join(towns, on="place_key", how="left")
        .with_columns(name=pl.coalesce("name", "city"))
    )
    whole = _whole(known, given, "store", _used(given, "store", "sums/month_store", "current/stock"))
    return whole.with_columns(pl.col("place_key").fill_null(keys.UNKNOWN))


def dim_place(given: Frames) -> pl.LazyFrame:
    """Places of sales, stores, customers and accounts, and where customers were when they bought."""
    members = ("current/store", "current/customer", "current/account")
    used = _used(given, "place", "sums/month_place", "places_at_sale", *members)
    whole = _whole(given["current/place"].with_columns(name=pl.lit("")), given, "place", used)
    return whole.with_columns(pl.col("region").fill_null(UNKNOWN))


def dim_salesperson(given: Frames) -> pl.LazyFrame:
    """Salespeople with the name of their team."""
    teams = given["current/team"].select("team_key", team=pl.coalesce("name", "team_id"))
    known = _named(given["current/salesperson"].join(teams, on="team_key", how="left"))
    known = known.with_columns(team=pl.coalesce("team", "team_id"))
    used = _used(given, "salesperson", "sums/month_salesperson", "current/opportunity")
    return _whole(known, given, "salesperson", used)


def dim_account(given: Frames) -> pl.LazyFrame:
    """Accounts of opportunities and bookings."""
    used = _used(given, "account", "current/opportunity", "current/booking")
    whole = _whole(given["current/account"], given, "account", used)
    return whole.with_columns(pl.col("place_key").fill_null(keys.UNKNOWN))


def _used(given: Frames, entity: str, *names: str) -> pl.LazyFrame:
    """The keys of an entity that these frames refer to."""
    return pl.concat([given[name].select(f"{entity}_key") for name in names])


def _named(people: pl.LazyFrame) -> pl.LazyFrame:
    parts = pl.concat_str("first_name", "last_name", separator=" ", ignore_nulls=True)
    return people.with_columns(name=pl.coalesce("name", pl.when(parts != "").then(parts)))


def _whole(known: pl.LazyFrame, given: Frames, entity: str, used: pl.LazyFrame) -> pl.LazyFrame:
    """The known members, the inferred ones among the used keys, and the unknown one."""
    key, identifier = f"{entity}_key", f"{entity}_id"
    referred = given["references"].filter(pl.col("entity") == entity)
    inferred = (
        referred.select("company", pl.col("key").alias(key), pl.col("id").alias(identifier))
        .join(used.unique(), on=key, how="semi")
        .join(known, on=key, how="anti")
        .with_columns(is_inferred=True)
    )
    unknown = pl.LazyFrame(
        {"company": "", key: keys.UNKNOWN, identifier: "", "name": UNKNOWN, "is_inferred": False}
    )
    members = pl.concat([known.with_columns(is_inferred=False), inferred, unknown], how="diagonal")
    return members.with_columns(name=pl.coalesce("name", identifier))
