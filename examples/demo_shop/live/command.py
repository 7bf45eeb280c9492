"""`python -m demo_shop live`: the shop open to the public, with its clock running."""

import argparse
import signal
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from demo_shop import exports
from demo_shop.generate import DEFAULT_SEED, DEFAULT_UNTIL
from demo_shop.live.clock import DAY, Clock, remember, remembered, running
from demo_shop.live.misbehaviour import Misbehaviour
from demo_shop.live.site import LiveServer
from demo_shop.paris import instant, iso, local_day
from demo_shop.run import leave, tell
from demo_shop.seasons import FIRST_DAY
from demo_shop.server import answering

DEFAULT_FOLDER = Path("build/demo_shop_live")
# the first day after the frozen shop's on which all shops are open
_MORNING = instant(DEFAULT_UNTIL + timedelta(days=2), 8 * 3600)
_TICK_SECONDS = 1.0


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the live shop."""
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 in a container (%(default)s)")
    parser.add_argument("--port", type=int, default=8080, help="0 takes a free one (%(default)s)")
    parser.add_argument(
        "--seconds-per-day", type=_seconds, help="seconds until the next day; 0: the clock stands still"
    )
    parser.add_argument(
        "--at",
        type=_moment,
        help="when the clock starts, as 2026-11-01T08:00 in Paris (now; with --seconds-per-day where it "
        "stopped in this folder, else the Monday after the frozen shop's last day)",
    )
    parser.add_argument(
        "--since", type=date.fromisoformat, default=FIRST_DAY, help="first day of the shop (%(default)s)"
    )
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="another shop for each (%(default)s)")
    parser.add_argument(
        "--exports", type=Path, default=DEFAULT_FOLDER, help="folder of the exports (%(default)s)"
    )
    parser.add_argument("--misbehave", type=Path, help="file of rules, as POST /misbehave takes them")


def clock_of(options: argparse.Namespace) -> Clock:
    """The clock that the options ask for."""
    real = options.seconds_per_day is None
    start = options.at
    if start is None:
        start = int(time.time()) if real else remembered(options.exports) or _MORNING
    return running(start, DAY if real else options.seconds_per_day)


def site(options: argparse.Namespace) -> LiveServer:
    """The site that the options ask for; ValueError and OSError say what is wrong with them."""
    clock = clock_of(options)
    if local_day(clock()) <= options.since:
        raise ValueError(f"it is {iso(clock())} in the shop; it must be after --since {options.since}")
    misbehaviour = Misbehaviour()
    if options.misbehave:
        misbehaviour.add(options.misbehave.read_bytes())
    exports.claim(options.exports)
    return LiveServer(
        options.exports, clock, options.seed, options.since, options.port, options.host, misbehaviour
    )


def keep_open(server: LiveServer) -> int:
    """Serves the live shop until it is told to end."""
    signal.signal(signal.SIGTERM, leave)
    with answering(server):
        tell(f"demo shop: {server.url} answers 503 until its past is made")
        try:
            server.begin(tell)
            tell(f"demo shop: open, it is {iso(server.clock())}; stop with Ctrl-C")
            while True:
                time.sleep(_TICK_SECONDS)
                # so that the folder grows even if nobody asks
                remember(server.folder, server.advance())
        except KeyboardInterrupt:
            return 0


def _seconds(text: str) -> float:
    seconds = float(text)
    # no shop lives through a day in less than a tenth of a second
    if seconds != 0 and not 0.1 <= seconds <= DAY * 366:
        raise ValueError(text)
    return seconds


def _moment(text: str) -> int:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo:
        return int(moment.timestamp())
    midnight = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    return instant(moment.date(), int((moment.replace(tzinfo=UTC) - midnight).total_seconds()))
