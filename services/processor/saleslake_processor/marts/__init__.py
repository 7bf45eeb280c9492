"""Gold tables: what each is made of and how, as data and small pure functions."""
