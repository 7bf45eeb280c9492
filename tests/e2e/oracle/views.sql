-- What every query of the folder may stand on, besides the gold tables dim_* and fact_*.

-- Lines that count, each on the day of its sale, and returns that stand alone, on theirs.
create view counted as
select
    company, order_date as date, order_key, customer_key, product_key, store_key, place_key, salesperson_key,
    1 as lines, quantity as units, gross_amount, discount_amount, sales_amount,
    returned_quantity as returned_units, returned_amount, net_amount, 0.0000 as refunded_amount,
    coalesce(cost_amount, 0) as cost_amount, coalesce(margin_amount, 0) as margin_amount, uncosted_amount,
    tax_amount, freight_amount, total_amount
from fact_sales
where status <> 'cancelled'
union all by name
select
    company, return_date as date, null as order_key, customer_key, product_key, store_key, place_key, salesperson_key,
    0 as lines, 0 as units, 0 as gross_amount, 0 as discount_amount, 0 as sales_amount,
    case when sale_known then 0 else quantity end as returned_units,
    case when sale_known then 0 else refunded_amount end as returned_amount,
    case when sale_known then 0 else -refunded_amount end as net_amount,
    refunded_amount,
    case when sale_known then 0 else -coalesce(cost_amount, 0) end as cost_amount,
    case when sale_known or cost_amount is null then 0 else cost_amount - refunded_amount end as margin_amount,
    case when sale_known or cost_amount is not null then 0 else -refunded_amount end as uncosted_amount,
    0 as tax_amount, 0 as freight_amount, 0 as total_amount
from fact_returns
where not sale_known or quantity > 0;

create view sold as
select
    c.*, date_trunc('month', date)::date as month,
    p.category_key, p.category, p.product_id, p.name as product, l.region,
    -- What has no region is one region, whatever its country.
    case when l.region <> 'unknown' then l.country end as country
from counted c
left join dim_product p using (product_key)
left join dim_place l using (place_key);

create macro share(part, whole) as case when whole > 0 then part::double / whole::double end;

-- Exact to four places, of what is not below 0.
create macro mean_of(total, n) as case
    when n > 0 then ((2 * (total::decimal(18, 4) * 10000)::hugeint + n) // (2 * n))::decimal(18, 0) * 0.0001::decimal(5, 4)
end;

-- Up to which day a company is told, by its sales, else by its opportunities, and since when by these.
create view told_until as
with worked as (
    select company, min(date) as worked_from, max(date) as worked_until
    from (
        select company, unnest([
            attribution_date, engage_date, case when status in ('signed', 'lost') then close_date end
        ]) as date
        from fact_opportunities
    )
    group by company
)
select
    company, worked_from, (coalesce(last_date, worked_until) + interval 1 day)::date as as_of
from worked full join (select company, max(date) as last_date from counted group by company) using (company);

-- Money divided by a number of things, half away from zero at the fourth place, without a float.
create macro for_each(amount, things) as case when things > 0 then
    sign(amount)::hugeint * ((2 * abs(amount * 10000)::hugeint + things) // (2 * things))::decimal(38, 0)
    * 0.0001::decimal(5, 4)
end;

-- 1..5 of a value, so many of `things` being worse than it, and so many equal to it.
create macro fifth(worse, equal, things) as 1 + (5 * (2 * worse + equal)) // (2 * things);

-- The segment of the score of recency, and of the sum of the others.
create macro rfm_segment(recency, others) as case
    when recency = 5 and others >= 8 or recency = 4 and others >= 9 then 'Champions'
    when recency >= 3 and others >= 7 then 'Loyal customers'
    when recency >= 4 and others >= 4 then 'Potential loyalists'
    when recency = 5 then 'New customers'
    when recency = 4 then 'Promising'
    when recency = 3 and others >= 5 then 'Need attention'
    when recency = 3 then 'About to sleep'
    when others >= 9 then 'Cannot lose them'
    when others >= 5 then 'At risk'
    when recency = 2 then 'Hibernating'
    else 'Lost'
end;

-- Whole ten-thousandths as money.
create macro in_money(ticks) as ticks::decimal(38, 0) * 0.0001::decimal(5, 4);
