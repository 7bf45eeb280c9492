-- Teams by a name that is their id, as in the CRM; no table of gold has the ids of categories.
with targets as (
    select
        company, kpi, author, reason, (month || '-01')::date as month, date::date as stated_on,
        value::decimal(18, 4) as target_value, salesperson_id, store_id, team_id as team,
        case
            when salesperson_id is not null then 'salesperson'
            when team_id is not null then 'team'
            when store_id is not null then 'store'
            else 'company'
        end as level,
        coalesce(salesperson_id, team_id, store_id, '') as member_id
    from target_lines
),
results as (
    select company, period as month, kpi, 'company' as level, '' as member, value
    from kpis where grain = 'month'
    union all
    select company, month, 'net_sales', 'salesperson', salesperson_id, sum(net_amount)
    from sold join dim_salesperson using (company, salesperson_key) group by all
    union all
    select company, month, 'net_sales', 'store', store_id, sum(net_amount)
    from sold join dim_store using (company, store_key) group by all
    union all
    select company, month, unnest(['net_sales', 'signed_amount', 'booked_amount']), 'team', team,
        unnest([net_amount, signed_amount, booked_amount])
    from team_performance
),
months as (select distinct company, period as month, is_complete from kpis where grain = 'month'),
found as (
    select
        t.*, coalesce(p.salesperson_key, 0) as salesperson_key, coalesce(s.store_key, 0) as store_key,
        0 as category_key, coalesce(m.is_complete, false) as is_complete,
        coalesce(r.value, case when m.month is not null and t.level <> 'company' then 0 end) as actual_value
    from targets t
    left join results r on (r.company, r.month, r.kpi, r.level, r.member) = (t.company, t.month, t.kpi, t.level, t.member_id)
    left join months m on (m.company, m.month) = (t.company, t.month)
    left join dim_salesperson p on p.company = t.company and p.salesperson_id = t.salesperson_id
    left join dim_store s on s.company = t.company and s.store_id = t.store_id
)
select * exclude (salesperson_id, store_id), share(actual_value, target_value) as attainment_rate from found
