select
    a.company, product_key, p.name as product, other_key, other_product, rank, orders, product_orders, other_orders,
    both_orders,
    both_orders / orders as support_rate,
    both_orders / product_orders as confidence_rate,
    (both_orders / product_orders) / (other_orders / orders) as lift_rate,
    points / 1000000 as affinity_rate
from affinities a join dim_product p using (product_key)
where cut = 'now'
