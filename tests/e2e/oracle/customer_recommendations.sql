select
    company, customer_key, rank, product_key, p.name as product,
    if(points > 0, 'item_item', 'popularity') as method,
    points / 1000000 as score_rate, because_of_key, if(points > 0, b.name, null) as because_of
from offers o
join (select company, method from recommendation_accuracy where is_used) using (company, method)
join (select product_key, name from dim_product) p using (product_key)
left join (select product_key as because_of_key, name from dim_product) b using (because_of_key)
where cut = 'now'
