-- Days that stand out, from the facts' own days: 52 weeks, the same weekday up to 4 weeks before and after.
with net as (
    select company, date, sum(net_amount) as net from sales_daily group by all
),
span as (
    select company, min(date) as first, max(date) as last from net group by company
),
days as (
    select s.company, d.date::date as date, coalesce(n.net, 0)::decimal(18, 4) as net
    from span s, unnest(generate_series(s.first, s.last, interval 1 day)) as d(date)
    left join net n on n.company = s.company and n.date = d.date
),
usual as (
    select company, count(*) as days, median(net::double) filter (where net > 0) as usual from days group by company
),
expected as (
    select d.company, d.date, d.net, quantile_cont(o.net::decimal(38, 5), 0.5) as middle
    from days d
    join days o on o.company = d.company
        and abs(o.date - d.date) in (7, 14, 21, 28)
    group by all
    having count(*) >= 4
),
scaled as (
    select e.company, e.date, e.net, round(e.middle, 4)::decimal(18, 4) as expected,
        asinh(e.net::double / u.usual) - asinh(round(e.middle, 4)::double / u.usual) as x
    from expected e
    join usual u using (company)
    where u.days >= 364 and round(e.middle, 4) > 0
),
centre as (
    select company, median(x) as centre, sum(expected) * 364 / count(*) as yearly from scaled group by company
),
spread as (
    select s.company, median(abs(s.x - c.centre)) as mad from scaled s join centre c using (company) group by s.company
)
select s.company, s.date, s.net as net_amount, s.expected as expected_amount, s.net - s.expected as difference_amount,
    0.6745::double * (s.x - c.centre) / p.mad as score_rate,
    if(s.net > s.expected, 'above', 'below') as direction
from scaled s
join centre c using (company)
join spread p using (company)
where p.mad > 0
    and abs(0.6745::double * (s.x - c.centre) / p.mad) >= 3.5
    and abs(s.net - s.expected) >= c.yearly / 1000
    and sign(s.net - s.expected) = sign(s.x - c.centre)
