select
    company, month, store_key, any_value(d.name) as store, {measures},
    share(sum(net_amount), sum(sum(net_amount)) over (partition by company, month)) as share_rate
from sold join (select store_key, name from dim_store) d using (store_key)
group by company, month, store_key
