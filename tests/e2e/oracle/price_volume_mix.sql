-- Products by month in whole ten-thousandths: money and units are divided, and rounded half away from zero.
with products as (
    select
        company, month, product_key, any_value(category_key) as category_key, any_value(category) as category,
        (sum(net_amount) * 10000)::hugeint as net, (sum(units - returned_units) * 10000)::hugeint as units
    from sold
    group by company, month, product_key
),
bases as (
    select * from (values ('previous month', interval 1 month), ('year before', interval 12 month)) as b(basis, back)
),
reach as (
    select company, min(month) as first, max(month) as last from products group by company
),
both_months as (
    select company, month, product_key, category_key, category, basis, net, units, 0 as old_net, 0 as old_units
    from products, bases
    union all by name
    select
        company, (month + back)::date as month, product_key, category_key, category, basis,
        0 as net, 0 as units, net as old_net, units as old_units
    from products, bases
),
beside as (
    select
        company, month, product_key, category_key, category, basis,
        sum(net)::hugeint as net, sum(units)::hugeint as units,
        sum(old_net)::hugeint as old_net, sum(old_units)::hugeint as old_units
    from both_months
    group by all
),
priced as (
    select
        *, units > 0 and old_units > 0 as stays,
        case
            when units > 0 and old_units > 0
            then sign(old_net)::hugeint * ((2 * abs(old_net) * units + old_units) // (2 * old_units))
            else 0
        end as at_old
    from beside b
    where exists (
        select 1 from reach r, bases s
        where r.company = b.company and s.basis = b.basis and b.month between (r.first + s.back)::date and r.last
    )
),
cells as (
    select
        company, month, category_key, any_value(category) as category, basis,
        sum(net)::hugeint as net, sum(old_net)::hugeint as old_net,
        coalesce(sum(net) filter (stays), 0)::hugeint as stays_net,
        coalesce(sum(old_net) filter (stays), 0)::hugeint as stays_old,
        coalesce(sum(units) filter (stays), 0)::hugeint as stays_units,
        coalesce(sum(old_units) filter (stays), 0)::hugeint as stays_old_units,
        sum(at_old)::hugeint as at_old,
        coalesce(sum(net - old_net) filter (old_units <= 0), 0)::hugeint as new,
        coalesce(sum(net - old_net) filter (old_units > 0 and units <= 0), 0)::hugeint as lost
    from priced
    group by company, month, category_key, basis
),
grown as (
    select
        *,
        case
            when stays_old_units > 0
            then sign(stays_old)::hugeint * ((2 * abs(stays_old) * stays_units + stays_old_units) // (2 * stays_old_units))
            else 0
        end as alike
    from cells
)
select
    g.company, g.month, g.category_key, g.category, g.basis,
    (g.month + interval 1 month)::date <= a.as_of as is_complete,
    in_money(old_net) as previous_net_amount,
    in_money(net) as net_amount,
    in_money(net - old_net) as change_amount,
    in_money(stays_net - at_old) as price_effect_amount,
    in_money(alike - stays_old) as volume_effect_amount,
    in_money(at_old - alike) as mix_effect_amount,
    in_money(new) as new_products_amount,
    in_money(lost) as lost_products_amount
from grown g
join (select company, (max(date) + interval 1 day)::date as as_of from counted group by company) a using (company)
