"""Endpoints of a JSON API: their pages, one after the other, and where the last crawl came to."""
