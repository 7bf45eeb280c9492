"""Prefect's server and the two services as processes, and the server's API as anybody calls it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from saleslake_flows.served import server as settings
from tests.e2e.shell import Shell
from tests.ports import free_port

T = TypeVar("T")

PREFECT = (sys.executable, "-m", "prefect")
FINAL = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}

PATIENCE = 600.0
"""Seconds that something may take on a machine that others use as well; it takes a few."""

NEVER = {"SALESLAKE_MICROBATCH_SECONDS": "1000000000"}
"""Microbatches by hand alone: one by schedule would come between what a test does and what it looks at."""

# Whatever is asked for or due is begun soon: the product's own pauses are longer.
QUICK = {
    "PREFECT_RUNNER_POLL_FREQUENCY": "1",
    "PREFECT_SERVER_SERVICES_SCHEDULER_RECENT_DEPLOYMENTS_LOOP_SECONDS": "1",
    "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "5",
    "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "1",
}


def until(what: str, look: Callable[[], T | Literal[False] | None]) -> T:
    """What `look` finds, as soon as it finds something; looks often, since nobody tells it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.5)
    raise AssertionError(f"not within {PATIENCE:g} s: {what}")


@dataclass
class Server:
    """Prefect's server, with a home of its own; it may be killed and started again."""

    home: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def variables(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        ours = {"PREFECT_HOME": str(self.home), "PREFECT_API_URL": self.api}
        return {**own, **settings.settings(), **QUICK, **ours}

    def start(self) -> None:
        self.home.mkdir(exist_ok=True)
        with (self.home / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*PREFECT, "server", "start", "--host", "127.0.0.1", "--port", str(self.port)],
                env={name: value for name, value in self.variables.items() if name != "PREFECT_API_URL"},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until("Prefect's server answers", self._answers)

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.home / "server.log").read_text()[-4000:]
        return settings.unwell(self.api) is None

    def kill(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The answer; a token keeps pages of other sites from doing this."""
        headers = {"Content-Type": "application/json"}
        if method != "GET":
            token = self.call("GET", "/csrf-token?client=tests")
            headers |= {"Prefect-Csrf-Token": token["token"], "Prefect-Csrf-Client": "tests"}
        data = None if body is None else json.dumps(body).encode()
        asked = Request(self.api + path, data, headers, method=method)
        return json.loads(until(f"{method} {path} is answered", lambda: _answer(asked)))

    def runs(self, flow: str, deployment: str | None = None) -> list[dict[str, Any]]:
        """Runs of a flow, the newest first."""
        asked: dict[str, Any] = {"flows": {"name": {"any_": [flow]}}, "sort": "START_TIME_DESC"}
        if deployment is not None:
            asked["deployments"] = {"name": {"any_": [deployment]}}
        found: list[dict[str, Any]] = self.call("POST", "/flow_runs/filter", asked)
        return found

    def deployments(self, flow: str) -> dict[str, dict[str, Any]]:
        """Deployments of a flow by name."""
        found = self.call("POST", "/deployments/filter", {"flows": {"name": {"any_": [flow]}}})
        return {each["name"]: each for each in found}

    def forget(self) -> None:
        """Have no deployment, run or automation, as a server that is new."""
        for kind in ("deployments", "flows", "automations"):
            for each in self.call("POST", f"/{kind}/filter", {}):
                self.call("DELETE", f"/{kind}/{each['id']}")

    def ask(self, flow: str, deployment: str, **parameters: object) -> str:
        """Ask for a run of a deployment; its id."""
        of = self.deployments(flow)[deployment]["id"]
        said = {"state": {"type": "SCHEDULED"}, "parameters": parameters}
        made = self.call("POST", f"/deployments/{of}/create_flow_run", said)
        return str(made["id"])

    def run(self, run: str) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", f"/flow_runs/{run}")
        return found

    def ended(self, run: str) -> dict[str, Any]:
        """The run when it has ended."""
        return until(f"{run} has ended", lambda: (found := self.run(run))["state_type"] in FINAL and found)

    def taken_slots(self) -> int:
        """Slots of deployments that are taken."""
        limits = self.call("POST", "/v2/concurrency_limits/filter", {})
        return sum(each["active_slots"] for each in limits)


def _answer(asked: Request) -> bytes | None:
    """None while the server or its database is busy: Prefect's own client asks again, too."""
    try:
        with urlopen(asked, timeout=60) as answer:
            return answer.read() or b"null"
    except HTTPError as error:
        if error.code == HTTPStatus.SERVICE_UNAVAILABLE:
            return None
        # Asked for again since the first answer was late.
        if error.code == HTTPStatus.NOT_FOUND and asked.method == "DELETE":
            return b"null"
        raise
    except (OSError, HTTPException):
        return None


@dataclass
class Services:
    """Starts `saleslake serve` on the lake and profiles of a shell."""

    server: Server
    shell: Shell
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def log(self) -> Path:
        return self.shell.lake.parent / "services.log"

    def start(self, service: str, **environment: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "saleslake_flows", "serve", service],
                env={**self.shell.variables(), **self.server.variables, **environment},
                cwd=self.shell.lake.parent,
                stdout=log,
                stderr=log,
            )
        self.started.append(process)
        return process

    def served(self, flow: str, *names: str) -> None:
        """Wait until the flow has these deployments and no other."""
        until(f"{flow} has deployments {names}", lambda: set(self.server.deployments(flow)) == set(names))

    def kill(self) -> None:
        for process in self.started:
            process.kill()
            process.wait()


def children(pid: int) -> dict[int, str]:
    """Command lines of the processes below a process, by id."""
    found: dict[int, str] = {}
    # Threads and processes come and go meanwhile.
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                for child in map(int, (thread / "children").read_text().split()):
                    command = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found |= {child: command, **children(child)}
    return found


def is_gone(pid: int) -> bool:
    """Whether the process has ended, be there somebody who asks how or not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True
    return status.rpartition(")")[2].split()[0] in {"Z", "X"}


@contextmanager
def hanging_site() -> Iterator[str]:
    """The address of a site that takes requests and answers none of them."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
