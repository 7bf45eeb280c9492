-- What is expected of customers is learnt: no query makes it, it is taken as it stands.
-- Scores are reckoned here of all orders, not taken from the last year of rfm_history.
with learnt as (
    select
        company, customer_key, expected_from, probability_active, expected_orders, expected_spend_mean,
        expected_spend_median, lifetime_value, cluster, cluster_name
    from raw_customer_analysis
),
members as (
    select company, customer_key from dim_customer where customer_key <> 0
    union
    select company, customer_key from sold
),
bounds as (
    select company, max(date) + 1 as as_of from sold group by company
),
sums as (
    select
        company, customer_key, {measures},
        min(date) filter (lines > 0 and customer_key <> 0) as first_order_date,
        max(date) filter (lines > 0 and customer_key <> 0) as last_order_date
    from sold
    group by company, customer_key
),
scores as (
    select
        company, customer_key,
        fifth(
            rank() over (partition by company order by last_order_date) - 1,
            count(*) over (partition by company, last_order_date),
            count(*) over (partition by company)
        ) as r_score,
        fifth(
            rank() over (partition by company order by orders) - 1,
            count(*) over (partition by company, orders),
            count(*) over (partition by company)
        ) as f_score,
        fifth(
            rank() over (partition by company order by net_amount) - 1,
            count(*) over (partition by company, net_amount),
            count(*) over (partition by company)
        ) as m_score
    from sums
    where last_order_date is not null
),
named as (
    select *, rfm_segment(r_score, f_score + m_score) as segment from scores
),
listed as (
    select
        company, customer_key,
        row_number() over (
            partition by company order by net_amount desc, orders desc, customer_id, customer_key
        ) as loyalty_rank
    from named join sums using (company, customer_key) join dim_customer using (company, customer_key)
    where named.segment in ('Champions', 'Loyal customers') and net_amount > 0
)
select
    m.company, m.customer_key, d.name as customer, first_order_date, last_order_date,
    as_of - last_order_date as recency_days,
    case when orders > 1 then
        (2 * (last_order_date - first_order_date) + orders - 1) // (2 * (orders - 1))
    end as interval_days,
    for_each(net_amount, orders) as average_order_amount,
    r_score, f_score, m_score,
    coalesce(n.segment, case when m.customer_key = 0 then 'unknown' else 'none' end) as segment,
    loyalty_rank,
    e.* exclude (company, customer_key),
    coalesce(columns(s.* exclude (company, customer_key, first_order_date, last_order_date)), 0)
from members m
left join bounds b on b.company = m.company
left join sums s on s.company = m.company and s.customer_key = m.customer_key
left join named n on n.company = m.company and n.customer_key = m.customer_key
left join listed l on l.company = m.company and l.customer_key = m.customer_key
left join learnt e on e.company = m.company and e.customer_key = m.customer_key
left join dim_customer d on d.customer_key = m.customer_key
