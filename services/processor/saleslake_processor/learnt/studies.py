"""All studies; in an order in which each comes after what it is made of."""

from saleslake_processor.learnt.clusters import CLUSTERS
from saleslake_processor.learnt.customers import CUSTOMERS
from saleslake_processor.learnt.forecasts.study import FORECAST
from saleslake_processor.learnt.study import Study

STUDIES: tuple[Study, ...] = (FORECAST, CUSTOMERS, CLUSTERS)
