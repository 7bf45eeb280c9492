"""A web server for readers of gold: it only reads, and offers nothing but the gold of a lake."""
