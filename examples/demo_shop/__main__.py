"""By hand: `export` writes the exports, `serve` offers them, `live` opens the whole shop, with a clock."""

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import date, timedelta

from demo_shop import everything, exports
from demo_shop.live import command
from demo_shop.run import add_shop_options, serving, tell


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the exports; `serve` then offers them until Ctrl-C and may let a day pass now and then."""
    parser = argparse.ArgumentParser(prog="python -m demo_shop", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    export = commands.add_parser("export", help="write the exports")
    serve = commands.add_parser("serve", help="write the exports and serve them on 127.0.0.1")
    for one in (export, serve):
        add_shop_options(one)
        one.add_argument("--everything", action="store_true", help="Geneva, rates and team files too")
    serve.add_argument("--port", type=int, default=8080, help="0 takes a free one (%(default)s)")
    serve.add_argument("--day-seconds", type=float, default=0, help="seconds until the next day; 0: never")
    command.add_options(commands.add_parser("live", help="open the shop: exports, catalogue, API"))
    options = parser.parse_args(arguments)
    try:
        if options.command != "live":
            _write(options, options.until)
        else:
            server = command.site(options)
    except (ValueError, OSError) as wrong:
        parser.error(str(wrong))
    if options.command == "live":
        return command.keep_open(server)
    return 0 if options.command == "export" else _serve(options)


def _write(options: argparse.Namespace, until: date) -> None:
    exports.write(options.exports, options.seed, until, progress=tell)
    if options.everything:
        everything.write(options.exports, options.seed, until)


def _serve(options: argparse.Namespace) -> int:
    until = options.until
    with serving(options.exports, options.port) as server:
        tell(f"demo shop: {server.url}, until {until}; stop with Ctrl-C")
        try:
            while True:
                time.sleep(options.day_seconds or 3600)
                if options.day_seconds:
                    until += timedelta(days=1)
                    _write(options, until)
                    tell(f"demo shop: it is {until}")
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    sys.exit(main())
