-- Lines by the percent that was let off, returns that stand alone, and refunds with the terms of their line.
with lines as (
    select
        *, coalesce(promotion, '') as offer,
        round(discount_amount * 100 / nullif(gross_amount::double, 0)) as percent
    from fact_sales
),
banded as (
    select
        *,
        case
            when discount_amount < 0 then 6
            when discount_amount = 0 then 0
            when percent <= 5 then 1
            when percent <= 10 then 2
            when percent <= 20 then 3
            when percent <= 30 then 4
            else 5
        end as discount_band
    from lines
),
cells as (
    select
        b.company, date_trunc('month', b.order_date)::date as month, b.product_key, b.order_key, b.offer as promotion,
        b.discount_band, 1 as lines, b.quantity as units, b.gross_amount, b.discount_amount, b.sales_amount,
        b.returned_quantity as returned_units, b.returned_amount, b.net_amount, 0.0000 as refunded_amount,
        coalesce(b.cost_amount, 0) as cost_amount, coalesce(b.margin_amount, 0) as margin_amount, b.uncosted_amount,
        b.tax_amount, b.freight_amount, b.total_amount
    from banded b
    where status <> 'cancelled'
    union all by name
    select
        r.company, date_trunc('month', r.return_date)::date as month, r.product_key, coalesce(b.offer, '') as promotion,
        coalesce(b.discount_band, 7) as discount_band, 0 as lines, 0 as units, 0 as gross_amount,
        0 as discount_amount, 0 as sales_amount,
        if(r.sale_known, 0, r.quantity) as returned_units, if(r.sale_known, 0, r.refunded_amount) as returned_amount,
        if(r.sale_known, 0, -r.refunded_amount) as net_amount, r.refunded_amount,
        if(r.sale_known, 0, -coalesce(r.cost_amount, 0)) as cost_amount,
        if(r.sale_known or r.cost_amount is null, 0, r.cost_amount - r.refunded_amount) as margin_amount,
        if(r.sale_known or r.cost_amount is not null, 0, -r.refunded_amount) as uncosted_amount,
        0 as tax_amount, 0 as freight_amount, 0 as total_amount
    from fact_returns r left join banded b using (order_line_key)
    where not r.sale_known or r.quantity > 0
),
sums as (
    select c.company, month, category_key, any_value(category) as category, promotion, discount_band, {measures}
    from cells c left join dim_product p using (product_key)
    group by c.company, month, category_key, promotion, discount_band
)
select
    *,
    ['none', 'to 5 %', 'to 10 %', 'to 20 %', 'to 30 %', 'above 30 %', 'surcharge', 'unknown'][discount_band + 1] as band,
    discount_amount > 0 and promotion = '' as is_inferred,
    share(discount_amount, gross_amount) as discount_rate,
    share(returned_units, units) as return_rate,
    share(margin_amount, net_amount - uncosted_amount) as margin_rate,
    case when uncosted_amount = 0 then discount_amount end as margin_lost_amount,
    case
        when uncosted_amount = 0 and discount_amount > 0 then share(discount_amount, margin_amount + discount_amount)
    end as break_even_rate
from sums
