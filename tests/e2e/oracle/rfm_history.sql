with bounds as (
    select company, max(date) + 1 as as_of, year(max(date)) as last_year from sold group by company
),
since as (
    select company, customer_key, min(year(date)) as since from sold group by company, customer_key
),
years as (
    select company, customer_key, year, least(as_of, make_date(year + 1, 1, 1)) as as_of
    from since join bounds using (company)
    cross join lateral (select unnest(generate_series(since, last_year)) as year)
),
told as (
    select
        y.company, y.year, y.customer_key, any_value(y.as_of) as as_of,
        min(s.date) filter (lines > 0 and y.customer_key <> 0) as first_order_date,
        max(s.date) filter (lines > 0 and y.customer_key <> 0) as last_order_date,
        count(distinct order_key) filter (year(s.date) = y.year) as orders,
        coalesce(sum(net_amount) filter (year(s.date) = y.year), 0) as net_amount,
        count(distinct order_key) as cumulative_orders,
        sum(net_amount) as cumulative_net_amount
    from years y join sold s
        on s.company = y.company and s.customer_key = y.customer_key and year(s.date) <= y.year
    group by y.company, y.year, y.customer_key
),
scores as (
    select
        company, year, customer_key,
        fifth(
            rank() over (partition by company, year order by last_order_date) - 1,
            count(*) over (partition by company, year, last_order_date),
            count(*) over (partition by company, year)
        ) as r_score,
        fifth(
            rank() over (partition by company, year order by cumulative_orders) - 1,
            count(*) over (partition by company, year, cumulative_orders),
            count(*) over (partition by company, year)
        ) as f_score,
        fifth(
            rank() over (partition by company, year order by cumulative_net_amount) - 1,
            count(*) over (partition by company, year, cumulative_net_amount),
            count(*) over (partition by company, year)
        ) as m_score
    from told
    where last_order_date is not null
)
select
    * exclude (r_score, f_score, m_score), as_of - last_order_date as recency_days, r_score, f_score, m_score,
    case
        when customer_key = 0 then 'unknown'
        when r_score is null then 'none'
        else rfm_segment(r_score, f_score + m_score)
    end as segment
from told left join scores using (company, year, customer_key)
