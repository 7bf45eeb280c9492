"""Reference files: what people know better than the sources, a line each with author, date and reason."""
