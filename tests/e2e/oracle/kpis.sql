-- Every period by its first and its last day, and what lies between them counted anew.
with opportunities as (
    select
        company, status, coalesce(opportunity_amount, 0) as worth, status in ('signed', 'lost') as closed,
        coalesce(attribution_date, engage_date, close_date) as opens,
        coalesce(close_date, attribution_date, engage_date) as closes
    from fact_opportunities
),
told as (
    select company, 'sales' as family, date as day from counted
    union all
    select company, 'team', opens from opportunities
    union all
    select company, 'team', closes from opportunities where closed
    union all
    select company, 'bookings', month from fact_bookings
),
spans as (
    select company, family, min(day) as first, max(day) as last from told where day is not null group by all
),
ends as (
    select
        company,
        coalesce(
            max(last) filter (family = 'sales'),
            max(case when family = 'bookings' then last_day(last) else last end)
        ) + 1 as as_of
    from spans group by company
),
days as (
    select
        company, family, date_trunc('month', first)::date as first_month, back,
        unnest(generate_series(first::timestamp, last::timestamp, interval 1 day))::date as day
    from spans, (select to_months(fiscal_year_start::int - 1) as back from setting)
),
calendar as (
    select
        *, date_trunc('month', day)::date as month, last_day(day) as month_end,
        date_trunc('week', day)::date as week, date_trunc('quarter', day)::date as quarter,
        (date_trunc('quarter', date_trunc('month', day) - back) + back)::date as fiscal_quarter,
        date_trunc('year', day)::date as year,
        (date_trunc('year', date_trunc('month', day) - back) + back)::date as fiscal_year
    from days
),
-- Of each: from one period to the next, and how far back those lie that it stands beside.
grains (grain, length, back, year_back) as (
    values
        ('day', interval 1 day, interval 1 day, interval 1 year),
        ('week', interval 7 days, interval 7 days, interval 364 days),
        ('month', interval 1 month, interval 1 month, interval 1 year),
        ('quarter', interval 3 months, interval 3 months, interval 1 year),
        ('fiscal_quarter', interval 3 months, interval 3 months, interval 1 year),
        ('year_to_date', interval 1 month, interval 1 year, interval 1 year),
        ('fiscal_year_to_date', interval 1 month, interval 1 year, interval 1 year),
        ('rolling_12_months', interval 1 month, interval 1 month, interval 1 year)
),
periods as (
    select company, family, 'day' as grain, day as period, day as since, day as until from calendar
    union
    select company, family, 'week', week, week, week + 6 from calendar
    union
    select company, family, 'month', month, month, month_end from calendar
    union
    select company, family, 'quarter', quarter, quarter, last_day(quarter + interval 2 months) from calendar
    union
    select company, family, 'fiscal_quarter', fiscal_quarter, fiscal_quarter,
        last_day(fiscal_quarter + interval 2 months)
    from calendar
    union
    select company, family, 'year_to_date', month, year, month_end from calendar
    union
    select company, family, 'fiscal_year_to_date', month, fiscal_year, month_end from calendar
    union
    select company, family, 'rolling_12_months', month, (month - interval 11 months)::date, month_end
    from calendar where month >= first_month + interval 11 months
),
-- Fewer rows than lines: what an order brought on a day.
bought as (
    select
        company, date, order_key, customer_key, sum(lines) as lines, sum(gross_amount) as gross,
        sum(discount_amount) as discount, sum(sales_amount) as sales, sum(net_amount) as net,
        sum(margin_amount) as margin,
        sum(uncosted_amount) as uncosted, sum(units) as units, sum(returned_units) as returned
    from counted group by all
),
buyers as (
    select company, customer_key, min(date) as first_date from bought
    where lines > 0 and customer_key <> 0 group by all
),
sales as (
    select
        p.company, grain, period, sum(coalesce(net, 0)) as net, sum(coalesce(sales, 0)) as sales,
        sum(coalesce(gross, 0)) as gross, sum(coalesce(margin, 0)) as margin, sum(net - uncosted) as costed,
        count(distinct order_key) as orders,
        sum(units) as units, sum(returned) as returned, sum(discount) as discount,
        count(distinct b.customer_key) filter (lines > 0 and first_date is not null) as customers,
        count(distinct b.customer_key) filter (lines > 0 and first_date >= since) as new_customers,
        count(distinct b.customer_key) filter (lines > 0 and first_date < since) as known_before
    from (select * from periods where family = 'sales') p
    left join bought b on b.company = p.company and date between since and until
    left join buyers f on f.company = b.company and f.customer_key = b.customer_key
    group by all
),
team as (
    select
        p.company, grain, period,
        count(*) filter (closed and closes between since and until) as closed,
        count(*) filter (status = 'signed' and closes between since and until) as signed,
        coalesce(sum(worth) filter (status = 'signed' and closes between since and until), 0) as signed_amount,
        coalesce(sum(worth) filter (opens <= until and not (closed and closes <= until)), 0) as pipeline
    from (select * from periods where family = 'team') p
    left join opportunities o using (company)
    group by all
),
bookings as (
    select p.company, grain, period, coalesce(sum(booked_amount), 0) as booked
    from (select * from periods where family = 'bookings' and grain not in ('day', 'week')) p
    left join fact_bookings b on b.company = p.company and month between since and until
    group by all
),
figures as (
    select company, grain, period, kpi, value from (
        select
            company, grain, period, money(net) as net_sales, money(sales) as sales,
            money(gross) as gross_sales, money(margin) as margin,
            quotient(margin, costed) as margin_rate, money(orders) as orders,
            quotient(net, orders) as average_order, quotient(units, orders) as units_per_order,
            money(customers) as customers, money(new_customers) as new_customers,
            quotient(known_before, customers) as repeat_rate, quotient(returned, units) as return_rate,
            quotient(discount, gross) as discount_rate
        from sales
    ) unpivot include nulls (value for kpi in (
        net_sales, sales, gross_sales, margin, margin_rate, orders, average_order, units_per_order, customers,
        new_customers, repeat_rate, return_rate, discount_rate
    ))
    union all
    select company, grain, period, kpi, value from (
        select
            company, grain, period, quotient(signed, closed) as win_rate, money(pipeline) as pipeline_value,
            money(signed_amount) as signed_amount
        from team
    ) unpivot include nulls (value for kpi in (win_rate, pipeline_value, signed_amount))
    union all
    select company, grain, period, 'booked_amount', money(booked) from bookings
),
-- Of a period each month of which has a target, where months add up.
targets as (
    select company, kpi, (month || '-01')::date as month, value::decimal(18, 4) as target
    from target_lines where coalesce(salesperson_id, team_id, store_id, category_id) is null
),
aimed as (
    select company, grain, period, kpi, sum(target) as target
    from (select distinct company, grain, period, since, until from periods where grain not in ('day', 'week'))
    join targets using (company)
    where month between since and until and (grain = 'month' or kpi in (
        'net_sales', 'sales', 'gross_sales', 'margin', 'orders', 'new_customers', 'signed_amount', 'booked_amount'
    ))
    group by company, grain, period, kpi, since, until
    having count(*) = datediff('month', since, until) + 1
),
shown as (
    select * from figures
    where grain <> 'day' or kpi in (
        'net_sales', 'sales', 'gross_sales', 'margin', 'orders', 'new_customers', 'signed_amount'
    )
)
select
    f.company, f.grain, f.period, f.kpi,
    case
        when f.kpi in ('orders', 'units_per_order', 'customers', 'new_customers') then 'count'
        when f.kpi like '%_rate' then 'rate'
        else 'amount'
    end as unit,
    f.value,
    p.value as previous, change(f.value, p.value) as previous_change_rate,
    y.value as year_before, change(f.value, y.value) as year_before_change_rate,
    a.target, share(f.value, a.target) as attainment_rate,
    f.period + length <= as_of as is_complete
from shown f
left join aimed a using (company, grain, period, kpi)
join grains using (grain)
join ends using (company)
left join shown p on (p.company, p.grain, p.kpi, p.period) = (f.company, f.grain, f.kpi, (f.period - back)::date)
left join shown y on (y.company, y.grain, y.kpi, y.period) = (f.company, f.grain, f.kpi, (f.period - year_back)::date)
