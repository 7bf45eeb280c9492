"""By hand: `python -m demo_shop export` writes the exports, `python -m demo_shop serve` offers them."""

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import timedelta

from demo_shop import exports
from demo_shop.run import add_shop_options, serving, tell


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the exports; `serve` then offers them until Ctrl-C and may let a day pass now and then."""
    parser = argparse.ArgumentParser(prog="python -m demo_shop", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    add_shop_options(commands.add_parser("export", help="write the exports"))
    serve = commands.add_parser("serve", help="write the exports and serve them on 127.0.0.1")
    add_shop_options(serve)
    serve.add_argument("--port", type=int, default=8080, help="0 takes a free one (%(default)s)")
    serve.add_argument("--day-seconds", type=float, default=0, help="seconds until the next day; 0: never")
    options = parser.parse_args(arguments)
    until = options.until
    try:
        exports.write(options.exports, options.seed, until, progress=tell)
    except (ValueError, FileExistsError) as wrong:
        parser.error(str(wrong))
    if options.command == "export":
        return 0
    with serving(options.exports, options.port) as server:
        tell(f"demo shop: {server.url}, until {until}; stop with Ctrl-C")
        try:
            while True:
                time.sleep(options.day_seconds or 3600)
                if options.day_seconds:
                    until += timedelta(days=1)
                    exports.write(options.exports, options.seed, until)
                    tell(f"demo shop: it is {until}")
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    sys.exit(main())
