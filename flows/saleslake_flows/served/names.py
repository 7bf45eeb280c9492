"""Names of what is served; they are addresses of pages and keys of history, and so do not change."""

SCRAPE = "scrape"
"""Flow; its deployments are named after their source."""

MICROBATCH = "microbatch"
"""Flow."""

MAINTAIN = "maintain"
"""Flow."""

LEARN = "learn"
"""Flow."""

BACKFILL = "backfill"
"""Flow that fetches days again."""

REHEARSAL = "backfill-rehearsal"
"""Flow that shows what a backfill would change; the dry run of `backfill` asks for it."""

SCHEDULED = "scheduled"
BY_HAND = "by-hand"
"""Deployments of flows that are not told apart by source."""

HOURLY = "hourly"
"""Deployment of `learn`."""

WEEKLY = "weekly"
"""Deployment of `maintain`."""
