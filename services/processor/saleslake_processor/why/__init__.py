"""Where a value of gold comes from: what it means, what it is made of, and the raw rows that prove it."""
