with worked as (
    select
        o.*, coalesce(p.team, 'unknown') as team,
        case when status in ('signed', 'lost') then coalesce(close_date, attribution_date) end as closed_on
    from fact_opportunities o left join dim_salesperson p using (salesperson_key)
),
signed as (
    select
        *,
        row_number() over (
            partition by company, account_key order by closed_on nulls last, opportunity_id, opportunity_key
        ) as of_account,
        row_number() over (
            partition by company, salesperson_key order by closed_on nulls last, opportunity_id, opportunity_key
        ) as of_person
    from worked where status = 'signed'
),
winner as (select company, account_key, salesperson_key from signed where of_account = 1 and account_key <> 0),
first_booked as (
    select
        opportunity_key,
        date_diff('day', any_value(attribution_date), last_day(min(b.month))) as booking_days
    from signed s join fact_bookings b using (account_key)
    where account_key <> 0 and booked_amount > 0 and b.month >= date_trunc('month', attribution_date)
    group by opportunity_key
),
work as (
    select
        company, salesperson_key, count(*) as opportunities,
        count(*) filter (status = 'never_touched') as never_touched,
        count(*) filter (status <> 'never_touched') as touched_opportunities,
        count(*) filter (status = 'signed') as signed, count(*) filter (status = 'lost') as lost,
        sum(opportunity_amount) filter (status = 'signed') as signed_amount,
        mean_of(sum(cycle_days), count(cycle_days)) as cycle_days_mean,
        round(median(cycle_days::double), 4)::decimal(18, 4) as cycle_days_median,
        mean_of(sum(booking_days), count(booking_days)) as booking_days_mean
    from worked left join first_booked using (opportunity_key)
    group by company, salesperson_key
),
won as (select company, salesperson_key, count(*) as won_accounts from winner group by all),
accounts as (
    select
        w.company, salesperson_key, count(*) as signed_accounts, count(employees) as sized_accounts,
        mean_of(sum(employees), count(employees)) as account_employees_mean,
        round(median(employees::double), 4)::decimal(18, 4) as account_employees_median
    from (select distinct company, salesperson_key, account_key from signed where account_key <> 0) w
    left join dim_account a using (account_key)
    group by w.company, salesperson_key
),
bookings as (
    select b.company, coalesce(salesperson_key, 0) as salesperson_key, sum(booked_amount) as booked_amount
    from fact_bookings b left join winner w on w.company = b.company and w.account_key = b.account_key
    group by all
),
sales as (
    select
        company, salesperson_key, sum(net_amount) as net_amount, sum(active_days) as active_days,
        round(avg(results_index), 6) as results_index, round(avg(effort_index), 6) as effort_index
    from sales_by_salesperson
    group by company, salesperson_key
),
ranked as (
    select
        s.*, case when salesperson_key <> 0 then row_number() over (
            partition by s.company, salesperson_key <> 0 order by net_amount desc, salesperson_id, salesperson_key
        ) end as rank
    from sales s left join dim_salesperson using (salesperson_key)
),
people as (
    select company, salesperson_key, start_date, coalesce(team, 'unknown') as team
    from dim_salesperson where salesperson_key <> 0
),
months as (
    select p.*, m::date as month
    from people p join told_until t using (company),
    lateral (
        select unnest(generate_series(
            date_trunc('month', greatest(worked_from, start_date))::timestamp,
            date_trunc('month', as_of - 1)::timestamp, interval 1 month
        )) as m
    )
),
signatures as (
    select m.company, m.salesperson_key, m.team, m.month, count(s.opportunity_key) as signed
    from months m
    left join signed s on s.company = m.company and s.salesperson_key = m.salesperson_key
        and date_trunc('month', s.closed_on) = m.month
    group by all
),
usual as (
    select company, team, round(median(signed::double), 4)::decimal(18, 4) as team_signed_median
    from signatures group by company, team
),
reached as (
    select company, salesperson_key, min(month) as reached
    from signatures join usual using (company, team)
    where signed >= 1 and signed >= team_signed_median
    group by company, salesperson_key
),
ramp as (
    select
        p.company, p.salesperson_key, team_signed_median, f.closed_on as first_signed_on,
        case when told then case when f.close_date is null then 'attribution' else 'close' end end as ramp_up_basis,
        case when told then date_diff('day', start_date, f.closed_on) end as ramp_up_days,
        case when told then date_diff('month', start_date, reached) end as ramp_up_months
    from people p
    left join told_until t using (company)
    left join (select * from signed where of_person = 1) f
        on f.company = p.company and f.salesperson_key = p.salesperson_key
    left join usual u on u.company = p.company and u.team = p.team
    left join reached r on r.company = p.company and r.salesperson_key = p.salesperson_key,
    lateral (select start_date >= worked_from and f.closed_on >= start_date as told)
),
persons as (
    select company, salesperson_key from people
    union select company, salesperson_key from work
    union select company, salesperson_key from bookings
    union select company, salesperson_key from sales
),
whole as (
    select
        s.company, s.salesperson_key, d.name as salesperson, coalesce(d.team, 'unknown') as team,
        as_of, d.start_date, d.birth_date,
        case when d.start_date <= as_of then date_diff('day', d.start_date, as_of) end as tenure_days,
        case when d.start_date <= as_of then datesub('month', d.start_date, as_of) end as tenure_months,
        case when d.birth_date <= as_of then datesub('year', d.birth_date, as_of) end as age
    from persons s
    left join dim_salesperson d using (salesperson_key)
    left join told_until t on t.company = s.company
)
select
    w.* exclude (birth_date, age),
    (select count(*) from people p where p.company = w.company and p.team = w.team) as team_size,
    case
        when age < 25 then 'under 25' when age < 35 then '25-34' when age < 45 then '35-44'
        when age < 55 then '45-54' when age >= 55 then '55 and over'
    end as age_band,
    coalesce(opportunities, 0) as opportunities, coalesce(never_touched, 0) as never_touched,
    coalesce(touched_opportunities, 0) as touched_opportunities, coalesce(signed, 0) as signed,
    coalesce(lost, 0) as lost, share(never_touched, opportunities) as never_touched_rate,
    share(signed, signed + lost) as win_rate, coalesce(signed_amount, 0) as signed_amount,
    cycle_days_mean, cycle_days_median, booking_days_mean,
    first_signed_on, ramp_up_basis, ramp_up_days, ramp_up_months, team_signed_median,
    coalesce(won_accounts, 0) as won_accounts, coalesce(signed_accounts, 0) as signed_accounts, coalesce(sized_accounts, 0) as sized_accounts,
    account_employees_mean, account_employees_median, coalesce(booked_amount, 0) as booked_amount,
    coalesce(net_amount, 0) as net_amount,
    share(coalesce(net_amount, 0), sum(net_amount) over (partition by w.company)) as share_rate,
    rank, coalesce(active_days, 0) as active_days, results_index, effort_index
from whole w
left join work using (company, salesperson_key)
left join accounts using (company, salesperson_key)
left join won using (company, salesperson_key)
left join bookings using (company, salesperson_key)
left join ranked using (company, salesperson_key)
left join ramp using (company, salesperson_key)
