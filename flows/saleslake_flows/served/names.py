"""Names of what is served; they are addresses of pages and keys of history, and so do not change."""

SCRAPE = "scrape"
"""Flow; its deployments are named after their source."""

MICROBATCH = "microbatch"
"""Flow."""

MAINTAIN = "maintain"
"""Flow."""

SCHEDULED = "scheduled"
BY_HAND = "by-hand"
"""Deployments of `microbatch`."""

WEEKLY = "weekly"
"""Deployment of `maintain`."""
