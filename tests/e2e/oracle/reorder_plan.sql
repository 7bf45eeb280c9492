-- The last day with a sale that had ended everywhere when the slowest source that is still fetched was fetched last.
with fetched as (
    select company, source, max(try_strptime(batch, '%Y%m%dT%H%M%S%fZ')) as fetched_at
    from batch_ledger where entity = 'order_line' group by company, source
),
over as (
    select company, (min(fetched_at) - interval 12 hour)::date - 1 as over_date
    from (
        select * from fetched qualify fetched_at >= max(fetched_at) over (partition by company) - interval 7 day
    )
    group by company
),
until as (
    select company, max(date) as closed_date from counted join over using (company) where date <= over_date group by company
),
lines as (
    select f.company, product_key, store_key, quantity::double as units, closed_date - order_date as age
    from fact_sales f join until using (company)
    where status <> 'cancelled' and quantity > 0 and order_date <= closed_date
),
recent as (
    select * from lines where age < 90
),
known as (
    select company, product_key, least(max(age) + 1, 90) as days from lines group by all
),
past as (
    select company, product_key, sum(units) / any_value(days) as mean,
        sqrt(greatest(sum(units * units) / any_value(days) - (sum(units) / any_value(days)) ** 2, 0)) as deviation
    from (select company, product_key, age, sum(units) as units from recent group by all)
    join known using (company, product_key)
    group by company, product_key
),
portions as (
    select company, product_key, sum(units * units) / sum(units) as portion from recent group by company, product_key
),
shares as (
    select company, product_key, store_key, sum(units) / sum(sum(units)) over (partition by company, product_key) as share
    from recent group by company, product_key, store_key
),
-- How days of a week hang together: the mean over products that have been sold for half a year, a unit a week.
long as (
    select * from lines where age < 182
    and (company, product_key) in (select (company, product_key) from lines group by company, product_key having max(age) >= 181)
),
ratios as (
    select company, product_key,
        (26 * weeks - total ** 2) / (26 * days - weekdays) as ratio
    from (
        select company, product_key, sum(units) as total, sum(units ** 2) as days
        from (select company, product_key, age, sum(units) as units from long group by all) group by all
    )
    join (
        select company, product_key, sum(units ** 2) as weeks
        from (select company, product_key, age // 7 as at, sum(units) as units from long group by all) group by all
    ) using (company, product_key)
    join (
        select company, product_key, sum(units ** 2) as weekdays
        from (select company, product_key, age % 7 as at, sum(units) as units from long group by all) group by all
    ) using (company, product_key)
    where total >= 26 and 26 * days > weekdays
),
companies as (
    select company, greatest(least((avg(round(ratio * 1e6)) / 1e6 - 1) / 6, 1), 0) as r from ratios group by company
),
forecasts as (
    select company, product_key, freq, period, coalesce(r, 0) as r,
        greatest(forecast::double, 0) as expected, (hi95::double - lo95::double) / (2 * 1.959964) as deviation
    from sales_forecast left join companies using (company)
    where level = 'product' and kpi = 'units'
),
weeks as (
    select company, product_key, (period + day::int)::date as period, expected / 7 as expected,
        deviation / sqrt(7 * (1 + 6 * r)) as deviation
    from forecasts, range(7) as d(day)
    where freq = 'week'
),
ahead as (
    select company, product_key, period, expected, deviation from forecasts where freq = 'day'
    union all
    select * from weeks anti join (from forecasts where freq = 'day') using (company, product_key, period)
),
counts as (
    select s.*, greatest(stock_date, closed_date) as last_date from fact_stock s left join until using (company)
    qualify stock_date = max(stock_date) over (partition by company, product_key, store_key)
),
there as (
    select company, product_key, store_key, any_value(last_date) as last_date, any_value(stock_date) as stock_date,
        money(sum(quantity)) as stock_units, money(sum(on_order_quantity)) as on_order_units,
        max(lead_time_days) as lead_time_days, (max(lead_time_days) + 1)::int as days
    from counts group by company, product_key, store_key
),
gone as (
    select t.company, t.product_key, t.store_key, money(sum(quantity)) as sold_units
    from there t join fact_sales f on f.company = t.company and f.product_key = t.product_key
        and (t.store_key = 0 or f.store_key = t.store_key)
        and f.order_date > stock_date and f.order_date <= last_date and f.status <> 'cancelled'
    group by t.company, t.product_key, t.store_key
),
told as (
    select t.company, t.product_key, t.days, last_date,
        sum(round(expected * 1e6)) / 1e6 * t.days / count(*) as expected,
        sum(round(deviation ** 2 * 1e6)) / 1e6 * t.days / count(*) as variances,
        sum(round(deviation * 1e6)) / 1e6 * t.days / count(*) as deviations
    from (select distinct company, product_key, days, last_date from there) t
    join ahead a on a.company = t.company and a.product_key = t.product_key
        and period > last_date and period <= last_date + t.days::int
    group by t.company, t.product_key, t.days, last_date
),
demand as (
    select t.*, coalesce(sold_units, 0) as sold_units, coalesce(r, 0) as r,
        case when f.expected is null then 'history' else 'forecast' end as method,
        case when t.store_key = 0 then 1 else coalesce(share, 0) end as share,
        coalesce(portion, 1) as portion,
        coalesce(f.expected, mean * t.days, 0) as whole,
        coalesce(variances, deviation ** 2 * t.days, 0) as variances,
        coalesce(deviations, deviation * t.days, 0) as deviations
    from there t
    left join told f using (company, product_key, days, last_date)
    left join past using (company, product_key)
    left join portions using (company, product_key)
    left join shares using (company, product_key, store_key)
    left join companies using (company)
    left join gone using (company, product_key, store_key)
),
varied as (
    select *, share * whole as expected,
        share ** 2 * greatest((1 - r) * variances + r * deviations ** 2 - portion * whole, 0) + share * portion * whole as variance
    from demand
),
bounded as (
    select *, expected ** 2 / nullif(variance, 0) as shape,
        case when expected > 0 and variance > 0
            then greatest(gamma_quantile(0.95, shape) * variance / expected, expected)
            else expected
        end as upper
    from varied
),
planned as (
    select *,
        (stock_units + on_order_units - sold_units)::decimal(18, 4) as position_units,
        money(round(round(expected, 9), 4)) as demand_units, money(round(round(upper, 9), 4)) as demand_upper_units,
        money(round(round(expected / days, 9), 4)) as daily_units
    from bounded
)
select
    company, store_key, product_key, s.name as store, p.name as product, last_date + 1 as as_of, stock_date,
    stock_units, on_order_units, sold_units, position_units, lead_time_days, method, daily_units, demand_units,
    demand_upper_units, demand_upper_units - demand_units as safety_stock_units,
    demand_upper_units as reorder_point_units,
    case when daily_units > 0 then
        floor(greatest(stock_units::double - sold_units::double, 0) / daily_units::double)::bigint
    end as cover_days,
    demand_units > 0 and position_units <= demand_upper_units as reorder,
    case when demand_units > 0 and position_units <= demand_upper_units
        then greatest(ceil(demand_upper_units::double + 14 * daily_units::double - position_units::double), 1)
        else 0
    end as order_units
from planned
join (select product_key, name from dim_product) p using (product_key)
join (select store_key, name from dim_store) s using (store_key)
