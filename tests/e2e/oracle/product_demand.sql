with until as (
    select company, max(date) as last_date, (max(date) + interval 1 day)::date as as_of from counted group by company
),
sums as (
    select
        company, month, product_key, sum(units) as units, sum(returned_units) as returned_units,
        sum(net_amount) as net_amount, sum(cost_amount) as cost_amount, sum(margin_amount) as margin_amount,
        sum(uncosted_amount) as uncosted_amount
    from sold
    group by company, month, product_key
),
months as (
    select
        company, product_key, as_of,
        unnest(generate_series(min(month), date_trunc('month', last_date), interval 1 month))::date as month
    from sums join until using (company)
    group by company, product_key, as_of, last_date
),
numbered as (
    select
        company, month, product_key, as_of,
        row_number() over (partition by company, product_key order by month) - 1 as months_since_first,
        coalesce(units, 0) as units, coalesce(returned_units, 0) as returned_units,
        coalesce(net_amount, 0) as net_amount, coalesce(cost_amount, 0) as cost_amount,
        coalesce(margin_amount, 0) as margin_amount, coalesce(uncosted_amount, 0) as uncosted_amount,
        (month + interval 1 month)::date <= as_of as is_complete
    from months left join sums using (company, month, product_key)
),
looked_back as (
    select
        *,
        sum(net_amount) over year_back as trailing_net_amount,
        case when count(*) over year_back >= 3 and sum(units) over year_back > 0
            then regr_slope(units::double, months_since_first::double) over year_back / avg(units::double) over year_back
        end as slope,
        case when count(*) over year_back >= 3 and max(units) over year_back > min(units) over year_back
            then regr_r2(units::double, months_since_first::double) over year_back
        end as fit,
        max(case when units > 0 then months_since_first end) over (
            partition by company, product_key order by month
        ) as sold_at
    from numbered
    window year_back as (
        partition by company, product_key order by month rows between 11 preceding and current row
    )
),
-- The one month that may not be over is the last: it has the trend of the one before.
told as (
    select
        *,
        case when is_complete then slope else lag(slope) over of_product end as trend_rate,
        case when is_complete then fit else lag(fit) over of_product end as trend_fit_rate,
        months_since_first - sold_at as months_since_sale
    from looked_back
    window of_product as (partition by company, product_key order by month)
),
ranked as (
    select
        t.*, p.name as product, p.category,
        row_number() over (
            partition by t.company, month order by trailing_net_amount desc, product_id, product_key
        ) as rank,
        sum(trailing_net_amount) over (partition by t.company, month) as whole
    from told t join dim_product p using (product_key)
),
ahead as (
    select
        *,
        coalesce(sum(trailing_net_amount) over (
            partition by company, month order by rank rows between unbounded preceding and 1 preceding
        ), 0) as before
    from ranked
)
select
    * exclude (as_of, slope, fit, sold_at, rank, whole, before),
    share(returned_units, units) as return_rate,
    case
        when whole > 0 and before * 100 < whole * 80 then 'A'
        when whole > 0 and before * 100 < whole * 95 then 'B'
        else 'C'
    end as abc_class,
    case
        when months_since_first < 3 then 'new'
        when coalesce(months_since_sale, 99) >= 6 then 'ended'
        when round(trend_fit_rate, 9) >= round(1 / 3, 9) and round(trend_rate, 9) >= 0.02 then 'rising'
        when round(trend_fit_rate, 9) >= round(1 / 3, 9) and round(trend_rate, 9) <= -0.02 then 'falling'
        else 'steady'
    end as demand_class
from ahead
