"""The job of `make run`: exports, their site, and one run of the whole pipeline against it."""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import NoReturn

from demo_shop import exports
from demo_shop.generate import DEFAULT_SEED, DEFAULT_UNTIL
from demo_shop.server import ExportServer, answering

DEFAULT_FOLDER = Path("build/demo_shop")
PORT = 18017
"""Kept from run to run, since a file is known to be unchanged by its address."""
PIPELINE = (sys.executable, "-m", "saleslake_flows", "run", "demo")


def add_shop_options(parser: argparse.ArgumentParser) -> None:
    """The options that say which shop is meant, and where its exports lie."""
    parser.add_argument(
        "--exports", type=Path, default=DEFAULT_FOLDER, help="folder of the exports (%(default)s)"
    )
    parser.add_argument(
        "--until", type=date.fromisoformat, default=DEFAULT_UNTIL, help="last day of the shop (%(default)s)"
    )
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="another shop for each (%(default)s)")


def tell(message: str) -> None:
    """Says how far a long job has come."""
    print(message, file=sys.stderr, flush=True)


def opened(folder: Path, port: int) -> ExportServer:
    """The site of a folder on the port, or on any free one where another program has it."""
    try:
        return ExportServer(folder, port)
    except OSError:
        server = ExportServer(folder, 0)
        tell(f"demo shop: port {port} is taken; on another one every file is fetched again")
        return server


@contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[ExportServer]:
    """The site of a folder while the block runs."""
    server = opened(folder, port)
    with answering(server):
        yield server


def main(arguments: Sequence[str] | None = None, pipeline: Sequence[str] = PIPELINE) -> int:
    """Runs the pipeline on the demo shop and returns its exit code; options not known here go to it."""
    parser = argparse.ArgumentParser(
        prog="python -m demo_shop.run",
        description=__doc__,
        epilog="Other options go to `saleslake run demo`.",
    )
    add_shop_options(parser)
    parser.add_argument("--port", type=int, default=PORT, help="of the site (%(default)s)")
    parser.add_argument("--lake", type=Path, help="folder of the lake (SALESLAKE_LAKE, else ./lake)")
    options, others = parser.parse_known_args(arguments)
    try:
        exports.write(options.exports, options.seed, options.until, progress=tell)
    except (ValueError, FileExistsError) as wrong:
        parser.error(str(wrong))
    with serving(options.exports, options.port) as server:
        environment = {**os.environ, "SALESLAKE_DEMO_SHOP": server.url}
        if options.lake:
            environment["SALESLAKE_LAKE"] = str(options.lake.resolve())
        with subprocess.Popen([*pipeline, *others], env=environment) as process:
            try:
                return process.wait()
            finally:
                process.terminate()


def leave(number: int, _frame: object) -> NoReturn:
    """Ends the process in order when it is told to end."""
    sys.exit(128 + number)


if __name__ == "__main__":
    # so that the site and the pipeline are stopped too
    signal.signal(signal.SIGTERM, leave)
    sys.exit(main())
