"""Pages of a site: what they link to, and the rows that stand on them. Nothing here fetches or writes."""
