"""When to order what, and how much: of stock, sales and forecasts.

A plan protects the days from now until an order that is placed not now, but at the next look, would have
come: the lead time and `REVIEW_DAYS`. It orders where the position (on hand and on order) may not be enough
for them: where it is at or below what they need at most in 95 of 100 cases.
"""
