"""Sales forecasts: histories from partial sums, models judged by rolling origin, and what is published."""
