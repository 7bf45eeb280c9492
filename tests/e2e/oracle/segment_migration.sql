select
    n.company, n.year,
    case when n.customer_key = 0 then 'unknown' else coalesce(b.segment, 'none') end as from_segment,
    n.segment as to_segment,
    count(n.last_order_date) as customers,
    sum(n.net_amount) as net_amount
from rfm_history n
left join rfm_history b on b.company = n.company and b.customer_key = n.customer_key and b.year = n.year - 1
group by all
