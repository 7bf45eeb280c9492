"""Control totals: what must be the same on both sides of each hop from the log to the files of gold."""
