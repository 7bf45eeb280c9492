with months as (
    select
        'customer' as basis, company, customer_key as member, month, sum(lines) > 0 and customer_key <> 0 as active,
        count(distinct order_key) as orders, sum(net_amount) as net_amount, 0 as booked_amount
    from sold
    group by company, customer_key, month
    union all by name
    select
        'account' as basis, company, account_key as member, month,
        coalesce(sum(booked_amount), 0) > 0 and account_key <> 0 as active,
        0 as orders, 0 as net_amount, coalesce(sum(booked_amount), 0) as booked_amount
    from fact_bookings
    group by company, account_key, month
),
began as (
    select basis, company, member, min(month) as cohort_month from months where active group by all
),
placed as (
    select m.*, b.cohort_month, b.cohort_month is not null and m.month >= b.cohort_month as within
    from months m left join began b on b.basis = m.basis and b.company = m.company and b.member = m.member
),
grid as (
    select
        company, basis, cohort_month, customers,
        unnest(generate_series(0, datediff('month', cohort_month, last_month))) as age_months
    from (select company, basis, cohort_month, count(*) as customers from began group by all)
    join (select company, basis, max(month) as last_month from months group by all) using (company, basis)
),
cells as (
    select
        g.company, g.basis, g.cohort_month, g.age_months, g.customers, count(*) filter (active) as active_customers,
        coalesce(sum(orders), 0) as orders, coalesce(sum(net_amount), 0) as net_amount,
        coalesce(sum(booked_amount), 0) as booked_amount
    from grid g left join placed p
        on p.within and p.company = g.company and p.basis = g.basis and p.cohort_month = g.cohort_month
        and p.month = g.cohort_month + to_months(g.age_months::int)
    group by all
)
select
    *, active_customers / customers as retention_rate,
    for_each(
        sum(net_amount + booked_amount) over (partition by company, basis, cohort_month order by age_months), customers
    ) as value_amount
from cells
union all by name
select
    company, 'unknown' as basis, month as cohort_month, 0 as age_months, 0 as customers, 0 as active_customers,
    sum(orders) as orders, sum(net_amount) as net_amount, sum(booked_amount) as booked_amount,
    null as retention_rate, null as value_amount
from placed
where not within
group by company, month
