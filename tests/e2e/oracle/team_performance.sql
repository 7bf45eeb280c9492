with worked as (
    select
        o.*, coalesce(p.team, 'unknown') as team,
        case when status in ('signed', 'lost') then coalesce(close_date, attribution_date) end as closed_on
    from fact_opportunities o left join dim_salesperson p using (salesperson_key)
),
winner as (
    select company, account_key, team
    from worked where status = 'signed' and account_key <> 0
    qualify row_number() over (
        partition by company, account_key order by closed_on nulls last, opportunity_id, opportunity_key
    ) = 1
),
events as (
    select company, team, attribution_date as day, 1 as opportunities from worked
    union all by name
    select company, team, engage_date as day, 1 as touched_opportunities from worked
    union all by name
    select
        company, team, closed_on as day, (status = 'signed')::int as signed, (status = 'lost')::int as lost,
        case when status = 'signed' then opportunity_amount end as signed_amount
    from worked
    union all by name
    select b.company, coalesce(w.team, 'unknown') as team, month as day, booked_amount
    from fact_bookings b left join winner w on w.company = b.company and w.account_key = b.account_key
    union all by name
    select s.company, coalesce(p.team, 'unknown') as team, date as day, net_amount
    from sold s left join dim_salesperson p using (salesperson_key)
),
sums as (
    select
        company, team, date_trunc('month', day)::date as month,
        coalesce(sum(opportunities), 0) as opportunities,
        coalesce(sum(touched_opportunities), 0) as touched_opportunities,
        coalesce(sum(signed), 0) as signed, coalesce(sum(lost), 0) as lost,
        coalesce(sum(signed_amount), 0) as signed_amount, coalesce(sum(booked_amount), 0) as booked_amount,
        coalesce(sum(net_amount), 0) as net_amount
    from events where day is not null
    group by company, team, date_trunc('month', day)
)
select
    s.*, share(signed, signed + lost) as win_rate,
    (
        select count(*) from dim_salesperson p
        where p.salesperson_key <> 0 and p.company = s.company and coalesce(p.team, 'unknown') = s.team
            and coalesce(start_date <= last_day(s.month), true)
    ) as people,
    (
        select min(start_date) from dim_salesperson p
        where p.salesperson_key <> 0 and p.company = s.company and coalesce(p.team, 'unknown') = s.team
    ) as since
from sums s
