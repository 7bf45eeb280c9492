with sums as (
    select
        company, month, product_key, any_value(product) as product, any_value(product_id) as product_id,
        any_value(category) as category, {measures}
    from sold
    group by company, month, product_key
),
ranked as (
    select
        *,
        row_number() over (partition by company, month order by net_amount desc, product_id, product_key) as rank,
        sum(net_amount) over (partition by company, month) as whole
    from sums
),
ahead as (
    select
        *,
        coalesce(sum(net_amount) over (
            partition by company, month order by rank rows between unbounded preceding and 1 preceding
        ), 0) as before
    from ranked
)
select
    * exclude (product_id, whole, before),
    share(net_amount, whole) as share_rate,
    case
        when whole > 0 and before * 100 < whole * 80 then 'A'
        when whole > 0 and before * 100 < whole * 95 then 'B'
        else 'C'
    end as abc_class
from ahead
