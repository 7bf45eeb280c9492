"""`docker compose up` on a copy of the tree: sales in gold, nobody is root, nothing is lost by `down`."""

import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from demo_shop import geneva
from demo_shop.generate import DEFAULT_SEED, DEFAULT_UNTIL
from demo_shop.totals import truth
from saleslake_flows.served.names import MICROBATCH, SCRAPE
from tests.conftest import ROOT
from tests.e2e.docker.stack import BUILD_SECONDS, OWNER, Stack, copy_of_the_tree, docker, why_not

pytestmark = pytest.mark.slow

SERVICES = {"prefect", "scraper", "processor", "gold", "demo-shop"}

SETTLED_DAYS = 60
"""After which nothing of an order of the demo shop changes any more."""

Months = dict[str, tuple[int, Decimal]]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Built and started; it is taken down with all its volumes."""
    if (reason := why_not()) is not None:
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("clone")
    copy_of_the_tree(ROOT, folder)
    made = Stack(folder)
    made.compose("build", seconds=BUILD_SECONDS)
    try:
        made.compose("up", "--detach")
        yield made
    finally:
        made.compose("down", "--volumes", "--timeout", "10")


@pytest.fixture(scope="module")
def expected() -> Months:
    """Net sales of the months that were over and settled when the shop's clock began, as the shop itself
    knows them: of France, and of Geneva, which takes nothing back."""
    known, swiss = (each(DEFAULT_SEED, DEFAULT_UNTIL)["by_month"] for each in (truth, geneva.truth))
    last = f"{DEFAULT_UNTIL - timedelta(days=SETTLED_DAYS):%Y-%m}"
    nothing = {"lines": 0, "sales_amount": Decimal(0)}
    return {
        month: (
            of["lines"] + swiss.get(month, nothing)["lines"],
            of["net_amount"] + swiss.get(month, nothing)["sales_amount"],
        )
        for month, of in known.items()
        if month < last
    }


def table(stack: Stack, manifest: dict[str, Any], name: str) -> pl.DataFrame:
    """A table as a reader far away gets it: the files that the manifest names, checked by their hashes."""
    frames = []
    for file in manifest["tables"][name]["files"]:
        body = stack.get("GOLD", f"/{file['path']}")
        assert hashlib.sha256(body).hexdigest() == file["sha256"], file["path"]
        frames.append(pl.read_parquet(io.BytesIO(body)))
    return pl.concat(frames)


def months(stack: Stack, manifest: dict[str, Any]) -> Months:
    daily = table(stack, manifest, "sales_daily").filter(company="demo")
    sums = daily.group_by(pl.col("date").dt.strftime("%Y-%m").alias("month")).agg(
        pl.col("lines").sum(), pl.col("net_amount").sum()
    )
    return {month: (lines, net) for month, lines, net in sums.iter_rows()}


def test_the_shops_sales_come_to_gold(stack: Stack, expected: Months):
    def arrived() -> Months | None:
        manifest = stack.manifest()
        found = months(stack, manifest) if manifest else {}
        return found if all(found.get(month) == of for month, of in expected.items()) else None

    found = stack.wait("the demo shop's sales in gold", arrived)
    assert len(expected) > 30
    assert max(found) > max(expected)


def test_every_service_is_well(stack: Stack):
    def all_well() -> bool:
        health = {name: each["State"]["Health"]["Status"] for name, each in stack.containers().items()}
        return health == dict.fromkeys(SERVICES, "healthy")

    assert stack.wait("every service healthy", all_well)


def test_no_process_is_root_and_none_could_become_it(stack: Stack):
    def is_owners(container: str) -> bool:
        header, *lines = docker("top", container, "-eo", "uid,pid,args").splitlines()
        assert header.split()[0] == "UID"
        return {int(line.split()[0]) for line in lines} == {OWNER[0]}

    for name, container in stack.containers().items():
        # The engine itself is in there for an instant with each health check, before it becomes the user.
        stack.wait(f"all processes of {name} are its user's", partial(is_owners, container["Id"]), 120)
        status = docker("exec", container["Id"], "cat", "/proc/1/status")
        of = dict(line.split(":", 1) for line in status.splitlines())
        assert {of[key].strip() for key in ("CapEff", "CapPrm", "CapBnd")} == {"0" * 16}, name
        assert of["NoNewPrivs"].strip() == "1", name


def test_nothing_can_be_written_but_the_volumes(stack: Stack):
    for name, container in stack.containers().items():
        assert container["HostConfig"]["ReadonlyRootfs"], name
        tried = "for folder in / /opt /usr/local/bin /saleslake /sources /data /var/tmp; do "
        tried += 'if [ -d "$folder" ] && touch "$folder/x" 2>/dev/null; then echo "$folder"; fi; done'
        assert docker("exec", container["Id"], "sh", "-c", tried) == "", name
        writable = {mount["Destination"] for mount in container["Mounts"] if mount["RW"]}
        assert writable <= {"/lake", "/prefect", "/shop"}, name
    assert not any(mount["RW"] for mount in stack.containers()["gold"]["Mounts"])


def test_no_port_is_open_to_other_machines(stack: Stack):
    addresses = [
        binding["HostIp"]
        for container in stack.containers().values()
        for bindings in container["NetworkSettings"]["Ports"].values()
        for binding in bindings or []
    ]
    assert addresses == ["127.0.0.1"] * len(addresses)
    assert len(addresses) == len(stack.ports)


def test_no_image_holds_a_compiler(stack: Stack):
    for name, container in stack.containers().items():
        tried = "command -v cc gcc g++ clang make rustc cargo || true"
        found = docker("exec", container["Id"], "sh", "-c", tried)
        assert found == "", name


def test_the_lake_belongs_to_its_owner(stack: Stack):
    owners = set()
    # What comes and goes meanwhile is passed over.
    for folder, _, files in os.walk(stack.folder / "lake"):
        for path in (Path(folder), *(Path(folder, file) for file in files)):
            with suppress(FileNotFoundError):
                owners.add((path.stat().st_uid, path.stat().st_gid))
    assert owners == {OWNER}


def test_down_and_up_lose_nothing(stack: Stack, expected: Months):
    before = stack.manifest()
    assert before is not None
    sales = table(stack, before, "fact_sales")["order_line_key"]
    batches = table(stack, before, "batch_ledger")["batch"].unique()
    # Those to come are made anew when the services are back.
    ended = {"flow_runs": {"state": {"type": {"any_": ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]}}}}
    runs = stack.prefect("/flow_runs/count", ended)
    stack.compose("down")
    stack.compose("up", "--detach")
    after = stack.wait("gold after `down` and `up`", stack.manifest)
    assert after["snapshot"] >= before["snapshot"]
    assert sales.is_in(table(stack, after, "fact_sales")["order_line_key"].implode()).all()
    assert batches.is_in(table(stack, after, "batch_ledger")["batch"].implode()).all()
    found = months(stack, after)
    assert {month: found[month] for month in expected} == expected
    assert stack.prefect("/flow_runs/count", ended) >= runs > 0


def test_services_that_are_killed_come_back_and_leave_nothing_behind(stack: Stack):
    killed: set[str] = set()
    for service, flow in (("scraper", SCRAPE), ("processor", MICROBATCH), ("prefect", SCRAPE)):
        stack.wait(f"a {flow} is under way", partial(stack.runs, flow, "RUNNING"))
        killed |= _under_way(stack)
        stack.kill(service)
    began = datetime.now(UTC)
    for flow in (SCRAPE, MICROBATCH):
        stack.wait(f"a {flow} is well", partial(stack.runs, flow, "COMPLETED", since=began))
    stack.wait("what was under way has ended", lambda: not killed & _under_way(stack))
    free: set[str] = set()

    def each_was_free() -> bool:
        slots = stack.slots()
        free.update(limit for limit, taken in slots.items() if not taken)
        return free >= set(slots)

    stack.wait("each slot is free between runs", each_was_free)
    # One that ends in order crashes its own runs.
    stack.compose("stop", "scraper", "processor")
    stack.wait("nothing is under way", lambda: not _under_way(stack) and not any(stack.slots().values()))
    assert ": equal" in stack.compose("run", "--rm", "--no-deps", "-T", "processor", "saleslake", "verify")


def _under_way(stack: Stack) -> set[str]:
    """Ids of runs that are shown as begun and not ended."""
    states = ("PENDING", "RUNNING", "CANCELLING")
    return {run for flow in (SCRAPE, MICROBATCH) for run in stack.runs(flow, *states)}
