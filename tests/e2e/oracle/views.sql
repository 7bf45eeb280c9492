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

-- Whose orders are looked at for what goes together, until when: by now, and as it was three months before.
-- Tables, since three queries stand on them.
create view affinity_cuts as
select company, cut, (last_date + interval 1 day - back)::date as until
from (select company, max(date) as last_date from counted group by company),
    (values ('now', interval 0 month), ('before', interval 3 month)) as c(cut, back);

create table bought as
select distinct cut, company, until, order_key, product_key, customer_key, order_date
from fact_sales join affinity_cuts using (company)
where
    status <> 'cancelled' and quantity > 0 and product_key <> 0
    and order_date < until and order_date >= (until - interval 36 month)::date;

create table affinities as
with alone as (
    select cut, company, order_key, product_key from bought group by all
),
baskets as (
    select * from alone qualify count(*) over (partition by cut, order_key) <= 100
),
together as (
    select a.cut, a.company, a.product_key, b.product_key as other_key, count(*) as both_orders
    from baskets a join baskets b on a.cut = b.cut and a.order_key = b.order_key and a.product_key <> b.product_key
    group by all
    having count(*) >= 3
),
of_product as (
    select cut, company, product_key, count(*) as product_orders from baskets group by all
),
of_company as (
    select cut, company, count(distinct order_key) as orders from baskets group by all
)
select
    *,
    round(both_orders / sqrt((product_orders * other_orders)::double) * 1000000)::bigint as points,
    row_number() over (
        partition by cut, company, product_key order by points desc, both_orders desc, other_id, other_key
    ) as rank
from together
join of_product using (cut, company, product_key)
join (
    select cut, company, product_key as other_key, product_orders as other_orders from of_product
) using (cut, company, other_key)
join of_company using (cut, company)
join (select product_key as other_key, product_id as other_id, name as other_product from dim_product) using (other_key)
where both_orders * orders > product_orders * other_orders
qualify rank <= 10;

create view had as
select distinct cut, company, customer_key, product_key from bought where customer_key <> 0;

create view still_sold as
select distinct cut, company, product_key from bought where order_date >= (until - interval 3 month)::date;

create view liked as
select cut, company, product_key, row_number() over (
    partition by cut, company order by count(distinct order_key) desc, product_id, product_key
) as liking
from bought
join still_sold using (cut, company, product_key)
join (select product_key, product_id from dim_product) using (product_key)
where order_date >= (until - interval 12 month)::date
group by cut, company, product_key, product_id
qualify liking <= 30;

-- What each method would offer to whom: by pairs first, then what is popular.
create view offers as
with by_pairs as (
    select
        h.cut, h.company, h.customer_key, a.other_key as product_key, sum(a.confidence) as points,
        arg_max(h.product_key, (a.confidence, -d.place)) as because_of_key
    from had h
    join (
        select *, round(both_orders::double / product_orders::double * 1000000)::bigint as confidence from affinities
    ) a using (cut, company, product_key)
    join (
        select product_key, row_number() over (order by product_id, product_key) as place from dim_product
    ) d on d.product_key = h.product_key
    join still_sold s on s.cut = h.cut and s.company = h.company and s.product_key = a.other_key
    group by h.cut, h.company, h.customer_key, a.other_key
),
found as (
    select 'item_item' as method, b.*, row_number() over (
        partition by b.cut, customer_key order by points desc, product_id, product_key
    ) as rank
    from by_pairs b
    join (select product_key, product_id from dim_product) using (product_key)
    anti join had using (cut, customer_key, product_key)
    qualify rank <= 5
),
counts as (
    select method, cut, customer_key, count(*) as n from found group by all
),
customers as (
    select distinct method, cut, company, customer_key
    from had, (values ('item_item'), ('popularity')) as m(method)
),
rest as (
    select
        c.method, c.cut, c.company, c.customer_key, l.product_key, 0 as points, 0::bigint as because_of_key,
        coalesce(n, 0) + row_number() over (partition by c.method, c.cut, c.customer_key order by liking) as rank
    from customers c
    left join counts using (method, cut, customer_key)
    join liked l on l.cut = c.cut and l.company = c.company
    anti join had h on h.cut = c.cut and h.customer_key = c.customer_key and h.product_key = l.product_key
    anti join found f
        on f.method = c.method and f.cut = c.cut and f.customer_key = c.customer_key and f.product_key = l.product_key
    qualify rank <= 5
)
select method, cut, company, customer_key, product_key, points, because_of_key, rank from found
union all
select method, cut, company, customer_key, product_key, points, because_of_key, rank from rest;

create macro money(value) as value::decimal(18, 4);

-- A quotient of amounts or numbers, half away from zero to four places, in whole numbers.
create macro ticks(value) as (value::decimal(38, 4) * 10000)::hugeint;
create macro quotient(part, whole) as case when whole > 0 then
    (
        sign(ticks(part)) * ((2 * abs(ticks(part)) * 10000 + ticks(whole)) // (2 * ticks(whole)))
    )::decimal(18, 0) * 0.0001
end;

create macro change(now, before) as
    case when before > 0 then (now::double - before::double) / before::double end;
