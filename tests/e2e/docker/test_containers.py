"""`docker compose up` on a copy of the tree: sales in gold, nobody is root, nothing is lost by `down`."""

import hashlib
import io
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from demo_shop import geneva
from demo_shop.generate import DEFAULT_SEED
from demo_shop.totals import truth
from tests.conftest import ROOT
from tests.e2e.docker.stack import BUILD_SECONDS, OWNER, Stack, copy_of_the_tree, docker, why_not

pytestmark = pytest.mark.slow

GOLD_SECONDS = 900
"""Patience on a machine that others use as well, once the images are there; it takes two minutes."""

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
    """Net sales of the months that are over and settled, as the shop itself knows them: of France, and of
    Geneva, which takes nothing back."""
    today = date.today()  # noqa: DTZ011 - some day near the shop's; whole months are compared
    yesterday = today - timedelta(days=1)
    known, swiss = (each(DEFAULT_SEED, yesterday)["by_month"] for each in (truth, geneva.truth))
    last = f"{today - timedelta(days=SETTLED_DAYS):%Y-%m}"
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
    began = min(_started(each) for each in stack.containers().values())

    def arrived() -> Months | None:
        manifest = stack.manifest()
        found = months(stack, manifest) if manifest else {}
        return found if all(found.get(month) == of for month, of in expected.items()) else None

    left = GOLD_SECONDS - (time.time() - began)
    found = stack.wait(left, "the demo shop's sales in gold", arrived)
    assert len(expected) > 30
    assert max(found) > max(expected)


def test_every_service_is_well(stack: Stack):
    def all_well() -> bool | None:
        health = {name: each["State"]["Health"]["Status"] for name, each in stack.containers().items()}
        return True if health == dict.fromkeys(SERVICES, "healthy") else None

    assert stack.wait(GOLD_SECONDS, "every service healthy", all_well)


def test_no_process_is_root_and_none_could_become_it(stack: Stack):
    for name, container in stack.containers().items():
        header, *lines = docker("top", container["Id"], "-eo", "uid,pid,args").splitlines()
        assert header.split()[0] == "UID"
        assert {int(line.split()[0]) for line in lines} == {OWNER[0]}, name
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
    lake = stack.folder / "lake"
    owners = {(path.stat().st_uid, path.stat().st_gid) for path in [lake, *lake.rglob("*")]}
    assert owners == {OWNER}


def test_down_and_up_lose_nothing(stack: Stack, expected: Months):
    before = stack.manifest()
    assert before is not None
    sales = table(stack, before, "fact_sales")["order_line_key"]
    batches = table(stack, before, "batch_ledger")["batch"].unique()
    runs = stack.prefect("/flow_runs/count")
    stack.compose("down")
    stack.compose("up", "--detach")
    after = stack.wait(GOLD_SECONDS, "gold after `down` and `up`", stack.manifest)
    assert after["snapshot"] >= before["snapshot"]
    assert sales.is_in(table(stack, after, "fact_sales")["order_line_key"].implode()).all()
    assert batches.is_in(table(stack, after, "batch_ledger")["batch"].implode()).all()
    found = months(stack, after)
    assert {month: found[month] for month in expected} == expected
    assert stack.prefect("/flow_runs/count") >= runs > 0


def _started(container: dict[str, Any]) -> float:
    """When it was started, in seconds since 1970."""
    text: str = container["State"]["StartedAt"]
    return datetime.fromisoformat(f"{text[:19]}+00:00").timestamp()
