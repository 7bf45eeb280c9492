"""What a profile says of how its source is treated, as Scrapy settings and request headers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from saleslake.profiles import Fault, ProfileError, Source


def crawl_settings(source: Source) -> dict[str, Any]:
    """Scrapy settings of one crawl of the source."""
    manners = source.manners
    return {
        "ROBOTSTXT_OBEY": manners.robots,
        "DOWNLOAD_DELAY": manners.delay,
        # The slot of what has no host: local files need no patience.
        "DOWNLOAD_SLOTS": {"": {"delay": 0}},
        "CONCURRENT_REQUESTS": manners.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": manners.concurrency,
        "DOWNLOAD_TIMEOUT": manners.timeout,
        "DOWNLOAD_MAXSIZE": max_bytes(source),
        "RETRY_TIMES": manners.retries,
        "AUTOTHROTTLE_ENABLED": manners.autothrottle,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": float(manners.concurrency),
    }


def max_bytes(source: Source) -> int:
    """The largest body that is taken, in bytes; it holds for what an archive unpacks to as well."""
    return source.manners.max_megabytes * 1024 * 1024


def secret_headers(source: Source, environment: Mapping[str, str]) -> dict[str, str]:
    """Request headers that only the source's own hosts may see.

    Raises `ProfileError` naming each environment variable that is not set.
    """
    faults = [
        Fault(Path(f"{source.name}.toml"), f"secrets.{header}", "", f"the environment variable {variable}")
        for header, variable in source.secrets.items()
        if not environment.get(variable)
    ]
    if faults:
        raise ProfileError(faults)
    return {header: environment[variable] for header, variable in source.secrets.items()}
