"""The live shop as its user starts it."""

import re
import signal
import subprocess
import sys
import time
from datetime import date

import pytest

from demo_shop.live.clock import remembered
from demo_shop.paris import local_day
from tests.integration.demo_shop.client import Client

pytestmark = pytest.mark.slow

LIVE = (sys.executable, "-m", "demo_shop", "live")


def test_it_opens_grows_by_itself_and_ends_when_told(tmp_path):
    folder = tmp_path / "exports"
    # a day takes four seconds
    options = ["--port", "0", "--exports", str(folder), "--at", "2023-11-13T09:00", "--seconds-per-day", "4"]
    with subprocess.Popen([*LIVE, *options], stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr
            begun, opened = process.stderr.readline(), ""
            found = re.search(r":(\d+)/exports/ answers 503", begun)
            assert found, begun
            while "open, it is 2023-11-" not in opened:
                opened = process.stderr.readline()
                assert opened, "it ended"
            client = Client(int(found.group(1)))
            health = client.get("/health")
            assert (health.status, health.json["status"]) == (200, "ready")
            client.close()
            # nobody asks any more
            days, deadline = list(folder.glob("sales/*")), time.monotonic() + 60
            while len(list(folder.glob("sales/*"))) < len(days) + 2:
                assert time.monotonic() < deadline
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 128 + signal.SIGTERM
    assert local_day(remembered(folder) or 0) > date(2023, 11, 13)
