"""`python -m saleslake_gold LAKE`: serves the gold of a lake until it is ended."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from saleslake.lake import Lake
from saleslake_gold.site import site

_AT_ONCE = 256
"""Requests that are answered at the same time; others are told to come again (503)."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve by the options; there need not be a lake yet."""
    parser = argparse.ArgumentParser(prog="python -m saleslake_gold", description=__doc__)
    parser.add_argument("lake", type=Path, help="folder of the lake")
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 in a container (%(default)s)")
    parser.add_argument("--port", type=int, default=8081, help="of the site (%(default)s)")
    options = parser.parse_args(arguments)
    uvicorn.run(
        site(Lake(options.lake.absolute())),
        host=options.host,
        port=options.port,
        limit_concurrency=_AT_ONCE,
        log_level="warning",
        server_header=False,
    )


if __name__ == "__main__":
    main()
