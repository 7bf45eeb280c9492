"""A crawl that is stopped or killed leaves nothing that counts, and the next one is whole."""

import signal
import subprocess
import threading

import pytest

from saleslake_scraper.history import history

BIG = "id,name\n" + "".join(f"{number},x\n" for number in range(300_000))


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_committed_and_the_next_crawl_is_whole(place, site, how):
    reached, on = threading.Event(), threading.Event()

    def wait(handler) -> None:
        reached.set()
        on.wait(60)
        handler.refuse(404)

    site.put("a.csv", BIG)
    site.put("b.csv", "id,name\n1,a\n")
    site.always["/exports/b.csv"] = wait
    place.profile(site.url)
    crawl = subprocess.Popen(
        place.command("-s", "PROGRESS_SECONDS=0.05"), cwd=place.root, stderr=subprocess.PIPE
    )
    assert crawl.stderr is not None
    assert reached.wait(60)
    # Enough rows for a file of their own: it is written while the other address is waited for.
    assert any(b"300000 rows" in line for line in crawl.stderr)
    crawl.send_signal(how)
    on.set()
    crawl.communicate(timeout=60)
    assert crawl.returncode != 0
    assert place.commits() == []
    assert history(place.lake, "shop").reports == {}
    assert bool(place.leftovers()) is (how == signal.SIGKILL)
    del site.always["/exports/b.csv"]
    assert place.crawl().report["rows"] == {"sales": 300_001}


def test_a_crawl_that_waits_for_a_retry_stops_when_it_is_told_to(place, site):
    reached = threading.Event()

    def later(handler) -> None:
        reached.set()
        handler.refuse(503, {"Retry-After": "200"})

    site.put("a.csv", "id\n1\n")
    site.always["/exports/a.csv"] = later
    place.profile(site.url)
    crawl = subprocess.Popen(place.command(), cwd=place.root, stderr=subprocess.PIPE)
    assert crawl.stderr is not None
    assert any(b"try 1 of 4 in 200.0 s" in line for line in crawl.stderr)
    crawl.terminate()
    crawl.communicate(timeout=60)
    assert crawl.returncode == 1
    assert place.commits() == []
