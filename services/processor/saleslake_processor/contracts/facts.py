"""Facts of the star: what was sold, what came back, what the sales team works on."""

import dataframely as dy
import polars as pl

from saleslake_processor.contracts import columns as c

SALES_STATUS = "cancelled lines keep this status, and 0 in every quantity and amount but the cancelled ones"

_RATE = "units of the company's currency for one of the original; 1 where they are the same"

_AT_SALE = "on the day of the sale, unknown where nothing told it; null where the profile does not keep it"


class FactSales(dy.Schema):
    """One row per order line. Amounts are in the company's currency, `original_...` as sold; without tax."""

    company = c.text("whose sale it is", required=True)
    order_line_key = c.key("the line", primary=True)
    order_key = c.key("the order")
    order_line_id = c.identifier("what the source calls the line", required=True)
    order_id = c.identifier("what the source calls the order", required=True)
    order_date = c.day("business date in the shop's time zone", required=True)
    customer_key = c.key("buyer (dim_customer)")
    product_key = c.key("what was sold (dim_product)")
    store_key = c.key("store or channel (dim_store)")
    place_key = c.key("place of the sale: ship-to, else store, else customer (dim_place)")
    salesperson_key = c.key("who sold it (dim_salesperson)")
    promotion = c.text("offer under which it was sold")
    status = c.text(SALES_STATUS, required=True)
    ship_mode = c.text("way of shipping")
    ship_date = c.day("day it was shipped")
    ship_days = dy.Int64(nullable=True, description="days from order to shipping")
    customer_segment_at_sale = c.text(f"the customer's segment {_AT_SALE}")
    customer_place_key_at_sale = dy.Int64(
        nullable=True, description=f"where the customer was (dim_place; 0 is unknown) {_AT_SALE}"
    )
    product_category_at_sale = c.text(f"name of the topmost category above the product {_AT_SALE}")
    currency = c.text("ISO 4217 code of the amounts", required=True)
    price_origin = c.text("line, list (the product's), implied (by the amount) or missing", required=True)
    unit_price = c.money("price of one unit before discount")
    quantity = c.quantity("units sold", required=True)
    gross_amount = c.money("units at the price before discount", required=True)
    discount_amount = c.money("let off: gross less sales", required=True)
    sales_amount = c.money("gross less discount", required=True)
    returned_quantity = c.quantity("units of the line that came back", required=True)
    returned_amount = c.money("what was given back for them, on the day of the sale", required=True)
    net_amount = c.money("sales less returned", required=True)
    sales_cost_amount = c.money("cost of all that was sold; null where unknown")
    cost_amount = c.money("cost of what stayed sold; null where unknown")
    margin_amount = c.money("net less cost; null where the cost is unknown")
    uncosted_amount = c.money("net where the cost is unknown", required=True)
    tax_amount = c.money("tax on the line", required=True)
    freight_amount = c.money("freight of the line", required=True)
    total_amount = c.money("sales and tax and freight", required=True)
    original_currency = c.currency("ISO 4217 code of the currency in which it was sold", required=True)
    exchange_rate = c.rate(_RATE, required=True)
    original_gross_amount = c.money("gross, in the original currency", required=True)
    original_discount_amount = c.money("discount, in the original currency", required=True)
    original_sales_amount = c.money("sales, in the original currency", required=True)
    original_tax_amount = c.money("tax, in the original currency", required=True)
    original_freight_amount = c.money("freight, in the original currency", required=True)
    original_total_amount = c.money("sales and tax and freight, in the original currency", required=True)
    cancelled_quantity = c.quantity("units of a cancelled line", required=True)
    cancelled_amount = c.money("sales that a cancelled line would have brought", required=True)

    @dy.rule()
    def gross_less_discount_is_sales(cls) -> pl.Expr:
        return cls.gross_amount.col - cls.discount_amount.col == cls.sales_amount.col

    @dy.rule()
    def sales_less_returned_is_net(cls) -> pl.Expr:
        return cls.sales_amount.col - cls.returned_amount.col == cls.net_amount.col

    @dy.rule()
    def net_less_cost_is_margin(cls) -> pl.Expr:
        """Where the cost is unknown there is no margin, and all of the net is uncosted."""
        known = cls.net_amount.col - cls.cost_amount.col == cls.margin_amount.col
        unknown = cls.margin_amount.col.is_null() & (cls.uncosted_amount.col == cls.net_amount.col)
        return (
            pl.when(cls.cost_amount.col.is_null())
            .then(unknown)
            .otherwise(known & (cls.uncosted_amount.col == 0))
        )

    @dy.rule()
    def sales_and_tax_and_freight_is_total(cls) -> pl.Expr:
        return cls.sales_amount.col + cls.tax_amount.col + cls.freight_amount.col == cls.total_amount.col

    @dy.rule()
    def original_gross_less_discount_is_sales(cls) -> pl.Expr:
        off = cls.original_gross_amount.col - cls.original_discount_amount.col
        return off == cls.original_sales_amount.col

    @dy.rule()
    def original_sales_and_tax_and_freight_is_total(cls) -> pl.Expr:
        parts = cls.original_sales_amount.col + cls.original_tax_amount.col + cls.original_freight_amount.col
        return parts == cls.original_total_amount.col


class FactReturns(dy.Schema):
    """One row per return and order line that it takes back; per return where the sale is not known."""

    company = c.text("whose sale it was", required=True)
    return_key = c.key("the return", primary=True)
    order_line_key = c.key("the line that came back; 0 where the sale is not known", primary=True)
    order_key = c.key("its order; 0 where not known")
    return_id = c.identifier("what the source calls the return", required=True)
    order_id = c.identifier("what the source calls the order")
    return_date = c.day("day of the return; of the sale where that is not known", required=True)
    order_date = c.day("day of the sale, where it is known")
    customer_key = c.key("buyer (dim_customer)")
    product_key = c.key("what came back (dim_product)")
    store_key = c.key("store or channel (dim_store)")
    place_key = c.key("place of the sale, else of the return (dim_place)")
    salesperson_key = c.key("who had sold it (dim_salesperson)")
    reason = c.text("why it came back")
    sale_known = dy.Bool(nullable=False, description="whether the order line is known")
    currency = c.text("ISO 4217 code of the amounts", required=True)
    quantity = c.quantity("units that came back", required=True)
    refunded_amount = c.money("what was given back, without tax, on the day of the return", required=True)
    cost_amount = c.money("cost of what came back; null where unknown")
    original_currency = c.currency(
        "ISO 4217 code of the currency of the return's own amount, else of the one in which it was sold",
        required=True,
    )
    original_refunded_amount = c.money("what was given back, in the original currency", required=True)


class FactOpportunities(dy.Schema):
    """One row per opportunity, as it stands now.

    Amounts are without tax, in the company's currency by the rate of the close, else of the attribution.
    """

    company = c.text("whose opportunity", required=True)
    opportunity_key = c.key("the opportunity", primary=True)
    opportunity_id = c.identifier("what the source calls the opportunity", required=True)
    account_key = c.key("to whom (dim_account)")
    salesperson_key = c.key("who was given it (dim_salesperson)")
    product_key = c.key("what is offered (dim_product)")
    status = c.text("never_touched, negotiation, signed or lost", required=True)
    attribution_date = c.day("day on which it came up, or was given to the salesperson")
    engage_date = c.day("day of the first contact")
    close_date = c.day("day on which it was signed or lost")
    cycle_days = dy.Int64(
        nullable=True,
        min=0,
        description="days of a closed one from the first contact, else from the attribution, to the close; "
        "null where it closes before it begins",
    )
    currency = c.text("ISO 4217 code of the amount", required=True)
    opportunity_amount = c.money(
        "what it is hoped to bring, and once it is signed what it brings; null while its rate is not known"
    )
    original_currency = c.currency("ISO 4217 code of the original amount", required=True)
    exchange_rate = c.rate(_RATE)
    original_opportunity_amount = c.money("the amount as the source has it, without tax")


class FactBookings(dy.Schema):
    """One row per booking: what an account came to in a month.

    Amounts are without tax, in the company's currency by the rate of the month's last day.
    """

    company = c.text("whose booking", required=True)
    booking_key = c.key("the booking", primary=True)
    booking_id = c.identifier("what the source calls the booking; else its month and account", required=True)
    month = c.day("first day of the month", required=True)
    account_key = c.key("whose booking (dim_account)")
    currency = c.text("ISO 4217 code of the amount", required=True)
    booked_amount = c.money(
        "what was booked in the month; less than 0 takes back; null while its rate is not known"
    )
    original_currency = c.currency("ISO 4217 code of the original amount", required=True)
    exchange_rate = c.rate(_RATE)
    original_booked_amount = c.money("the amount as the source has it, without tax", required=True)
