"""Formulas of the dimensions."""

from collections.abc import Mapping

from saleslake_processor.why.formulas.way import Way, every

_SAID = "as its last version says it"
_MEMBER = every("company", "company of the profile that brought it, or whose rows refer to it") | every(
    "is_inferred", "whether rows refer to it and no version of it is known"
)
_NAMED = {**_MEMBER, "name": Way("as its last version says it, else its id")}
_PLACED = {**_NAMED, "place_key": Way("its place, as its last version says it; 0 where it says none")}

MEMBERS: dict[str, Mapping[str, Way]] = {
    "dim_date": {
        **every(
            "year quarter month month_number month_name week weekday weekday_name is_weekend",
            "of the calendar",
        ),
        **every("fiscal_year fiscal_quarter fiscal_month", "by the month in which the fiscal year begins"),
    },
    "dim_product": {
        **_NAMED,
        **every("product_id sku brand list_price unit_cost", _SAID),
        "category_key": Way("topmost category above the one that it names"),
        "category": Way("name of that", of=("category_key",)),
        "subcategory": Way("name of the category that it names, where that is not the topmost"),
        "currency": Way("as its last version says it, else the profile's"),
    },
    "dim_customer": {**_PLACED, **every("customer_id segment gender birth_date created_on", _SAID)},
    "dim_store": {
        **_PLACED,
        **every("store_id employees opened_on", _SAID),
        "name": Way("as its last version says it, else the town, else its id"),
    },
    "dim_place": {
        **_MEMBER,
        **every("place_id city postal_code department state region country continent", _SAID),
    },
    "dim_account": {**_PLACED, **every("account_id segment employees created_on", _SAID)},
    "dim_salesperson": {
        **_NAMED,
        **every("salesperson_id region start_date birth_date", _SAID),
        "team": Way("name of the team that its last version says"),
    },
}
