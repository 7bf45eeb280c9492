"""Turns committed raw batches into the log, the log into state, and state into gold."""
