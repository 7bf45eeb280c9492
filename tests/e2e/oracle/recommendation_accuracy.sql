with first_bought as (
    select distinct n.company, n.customer_key, n.product_key
    from bought n
    join affinity_cuts c on c.company = n.company and c.cut = 'before'
    where
        n.cut = 'now' and n.order_date >= c.until and n.customer_key in (select customer_key from had where cut = 'before')
        and not exists (
            select 1 from had h
            where h.cut = 'before' and h.customer_key = n.customer_key and h.product_key = n.product_key
        )
),
scored as (
    select o.method, o.company, count(distinct customer_key) as hits
    from offers o join first_bought using (company, customer_key, product_key)
    where cut = 'before'
    group by all
),
told as (
    select
        company, method, b.until as held_out_from, a.until as held_out_until, 5 as offered,
        coalesce(customers, 0) as customers, coalesce(hits, 0) as hits
    from (select distinct company from had where cut = 'now')
    cross join (values ('item_item'), ('popularity')) as m(method)
    join (select company, until from affinity_cuts where cut = 'now') a using (company)
    join (select company, until from affinity_cuts where cut = 'before') b using (company)
    left join (select company, count(distinct customer_key) as customers from first_bought group by all) using (company)
    left join scored using (company, method)
)
select
    *, share(hits, customers) as hit_rate,
    (method = 'item_item') = (
        max(hits) filter (method = 'item_item') over (partition by company)
        > max(hits) filter (method = 'popularity') over (partition by company)
    ) as is_used
from told
