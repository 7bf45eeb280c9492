"""Fetches a company's sales from where they are, and keeps them as seen: raw batches of Parquet."""
