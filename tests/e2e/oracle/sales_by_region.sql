-- Its key is a hash of country and region, which names them as well.
select
    company, month, region, country, {measures},
    count(distinct customer_key) filter (lines > 0 and customer_key <> 0) as customers,
    share(sum(net_amount), sum(sum(net_amount)) over (partition by company, month)) as share_rate
from sold
group by company, month, region, country
