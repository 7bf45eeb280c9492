with worked as (
    select
        o.*, as_of, coalesce(p.team, 'unknown') as team, status in ('signed', 'lost') as closed,
        coalesce(strftime(attribution_date, '%Y-%m'), 'unknown') as attributed_in,
        date_trunc('month', attribution_date)::date as month,
        date_diff('day', coalesce(attribution_date, engage_date), as_of) as age
    from fact_opportunities o
    left join dim_salesperson p using (salesperson_key)
    left join told_until t on t.company = o.company
),
rates as (
    select
        company, attributed_in, team, count(*) as whole,
        share(count(*) filter (status = 'signed'), count(*) filter (closed)) as win_rate,
        share(
            coalesce(sum(opportunity_amount) filter (status = 'signed'), 0), sum(opportunity_amount) filter (closed)
        ) as amount_win_rate
    from worked group by all
),
cells as (
    select
        company, attributed_in, team, status, any_value(month) as month, any_value(as_of) as as_of,
        count(*) as opportunities, count(distinct account_key) filter (account_key <> 0) as accounts,
        coalesce(sum(opportunity_amount), 0) as opportunity_amount,
        mean_of(sum(cycle_days), count(cycle_days)) as cycle_days_mean,
        round(median(cycle_days::double), 4)::decimal(18, 4) as cycle_days_median,
        count(*) filter (not closed and age <= 30) as age_0_30,
        count(*) filter (not closed and age between 31 and 60) as age_31_60,
        count(*) filter (not closed and age between 61 and 90) as age_61_90,
        count(*) filter (not closed and age between 91 and 180) as age_91_180,
        count(*) filter (not closed and age > 180) as age_over_180,
        count(*) filter (not closed and age is null) as age_unknown
    from worked group by company, attributed_in, team, status
)
select c.*, opportunities / whole as status_share_rate, win_rate, amount_win_rate
from cells c join rates using (company, attributed_in, team)
