"""Formulas of the facts."""

from collections.abc import Mapping

from saleslake_processor.why.formulas.way import Way, every

_SAID = "as its last version says it"
_KEY = "of the id that the last version says; 0 where it says none"
_CONVERTED = "at the rate of the business date, rounded to the source's places"

FACTS: dict[str, Mapping[str, Way]] = {
    "fact_sales": {
        **every("order_date status ship_date", "what the line says, else its order"),
        **every("order_line_id order_id promotion ship_mode original_currency", _SAID),
        **every("company currency", "the company's, by the profile"),
        **every("order_key customer_key product_key store_key salesperson_key", _KEY),
        **every(
            "customer_segment_at_sale customer_place_key_at_sale product_category_at_sale",
            "by the version that counted on the day of the sale, where the profile keeps it",
        ),
        "price_origin": Way("by what tells the price"),
        "quantity": Way("units of the line; 0 where it is cancelled"),
        "exchange_rate": Way("last rate until the business date, at most a week old"),
        **every(
            "original_gross_amount original_discount_amount original_sales_amount original_tax_amount "
            "original_freight_amount original_total_amount",
            "as the amount without `original`, before it is converted",
        ),
        **every("cancelled_quantity cancelled_amount", "what a cancelled line says; 0 of all others"),
        "gross_amount": Way(f"quantity * unit price / (1 + tax where prices include it), {_CONVERTED}"),
        "discount_amount": Way("gross * discount rate, or the discount amount; else gross - sales", None),
        "sales_amount": Way(
            "gross - discount, fitted to the order's subtotal", None, ("gross_amount", "discount_amount")
        ),
        "returned_quantity": Way("sum of `quantity` in fact_returns of the line"),
        "returned_amount": Way("sum of `refunded_amount` in fact_returns of the line"),
        "net_amount": Way("sales - returned", None, ("sales_amount", "returned_amount")),
        "sales_cost_amount": Way("the line's own; else sales - profit; else quantity * unit cost"),
        "cost_amount": Way("cost of the sale less that of what came back", None, ("sales_cost_amount",)),
        "margin_amount": Way(
            "net - cost; null where the cost is unknown", None, ("net_amount", "cost_amount")
        ),
        "uncosted_amount": Way("net where the cost is unknown, else 0", None, ("net_amount",)),
        "tax_amount": Way("the line's or the order's own; else what is paid - sales, or sales * rate"),
        "freight_amount": Way("the line's own, else its share of the order's by largest remainder"),
        "total_amount": Way("sales + tax + freight", None, ("sales_amount", "tax_amount", "freight_amount")),
        "unit_price": Way("gross / quantity"),
        "ship_days": Way("ship date - order date", None, ("ship_date", "order_date")),
        "place_key": Way("ship-to, else of the store, else of the customer"),
    },
    "fact_returns": {
        **every("company currency", "the company's, by the profile"),
        **every("return_id order_id reason", _SAID),
        **every(
            "return_date order_date", "what the return says; the day of the sale, where the line is known"
        ),
        **every(
            "order_key customer_key product_key store_key place_key salesperson_key",
            "of the line that it takes back; else what the return says",
        ),
        "sale_known": Way("whether its order line is known"),
        "original_currency": Way("the return's own where it brings an amount; else the line's"),
        "original_refunded_amount": Way("as refunded_amount, before it is converted"),
        "quantity": Way("what the return says, as far as the line has it; else all that is left"),
        "refunded_amount": Way(
            "the return's own amount or price; else its part of the sale by units; else list price"
        ),
        "cost_amount": Way("the sale's cost * units back / units sold; else quantity * unit cost"),
    },
    "fact_opportunities": {
        **every("company currency", "the company's, by the profile"),
        **every("opportunity_id status attribution_date engage_date close_date", _SAID),
        **every("original_currency original_opportunity_amount", _SAID),
        **every("account_key salesperson_key product_key", _KEY),
        "exchange_rate": Way("last rate until the close, else the attribution"),
        "cycle_days": Way(
            "close date - engage date, else - attribution date", None, ("close_date", "engage_date")
        ),
        "opportunity_amount": Way(
            "original amount * exchange rate", None, ("original_opportunity_amount", "exchange_rate")
        ),
    },
    "fact_stock": {
        "company": Way("the company's, by the profile"),
        **every("stock_id stock_date quantity", _SAID),
        **every("product_key store_key", _KEY),
        "on_order_quantity": Way(f"{_SAID}; 0 where it says none"),
        "lead_time_days": Way(f"{_SAID}, rounded up; 7 where it says none"),
    },
    "fact_bookings": {
        **every("company currency", "the company's, by the profile"),
        **every("booking_id month original_currency original_booked_amount", _SAID),
        "account_key": Way(_KEY),
        "exchange_rate": Way("last rate until the last day of the month"),
        "booked_amount": Way(
            "original amount * exchange rate", None, ("original_booked_amount", "exchange_rate")
        ),
    },
}
