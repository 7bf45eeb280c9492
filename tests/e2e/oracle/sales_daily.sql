select company, date, store_key, category_key, any_value(category) as category, {measures}
from sold
group by company, date, store_key, category_key
