with first_days as (
    select customer_key, min(date) as first_date from sold where lines > 0 and customer_key <> 0 group by customer_key
),
sums as (
    select
        company, month, salesperson_key, {measures},
        count(distinct customer_key) filter (lines > 0 and customer_key <> 0) as customers,
        count(distinct customer_key) filter (lines > 0 and date = first_date) as new_customers,
        count(distinct date) filter (lines > 0) as active_days
    from sold left join first_days using (customer_key)
    group by company, month, salesperson_key
),
contacts as (
    select company, date_trunc('month', engage_date)::date as month, salesperson_key, count(*) as contacts
    from fact_opportunities
    where engage_date is not null
    group by all
),
named as (
    select
        s.*, p.name as salesperson, p.salesperson_id, coalesce(p.team, 'unknown') as team,
        coalesce(contacts, 0) as touched_opportunities
    from sums s
    left join contacts using (company, month, salesperson_key)
    left join dim_salesperson p using (salesperson_key)
),
targets as (
    select company, salesperson_id, (month || '-01')::date as month, value::decimal(18, 4) as target_amount
    from target_lines where kpi = 'net_sales' and salesperson_id is not null
),
peers as (
    select a.company, a.month, a.salesperson_key, avg(b.net_amount) as mean, count(*) as people
    from named a join named b using (company, month)
    where b.salesperson_key <> 0 and case
        when a.team <> 'unknown' and exists (
            select 1 from named c
            where c.company = a.company and c.month = a.month and c.team = a.team
                and c.salesperson_key not in (0, a.salesperson_key)
        ) then a.team = b.team else true end
    group by all
),
everybody as (
    select
        company, month, count(*) as people, avg(orders) as orders, avg(customers) as customers,
        avg(new_customers) as new_customers, avg(active_days) as active_days,
        avg(touched_opportunities) as touched_opportunities
    from named where salesperson_key <> 0 group by all
)
select
    n.* exclude (salesperson_id), t.target_amount, share(n.net_amount, t.target_amount) as attainment_rate,
    share(n.net_amount, sum(n.net_amount) over (partition by n.company, n.month)) as share_rate,
    case when n.salesperson_key <> 0 then row_number() over (
        partition by n.company, n.month, n.salesperson_key <> 0
        order by n.net_amount desc, n.salesperson_id, n.salesperson_key
    ) end as rank,
    case when n.salesperson_key <> 0 and p.people > 1 and p.mean > 0 then n.net_amount / p.mean end as results_index,
    case when n.salesperson_key <> 0 and e.people > 1 then list_avg(list_filter([
        n.orders / nullif(e.orders, 0), n.customers / nullif(e.customers, 0),
        n.new_customers / nullif(e.new_customers, 0), n.active_days / nullif(e.active_days, 0),
        n.touched_opportunities / nullif(e.touched_opportunities, 0)
    ], lambda ratio: ratio is not null)) end as effort_index
from named n
left join peers p using (company, month, salesperson_key)
left join everybody e using (company, month)
left join targets t on (t.company, t.month, t.salesperson_id) = (n.company, n.month, n.salesperson_id)
