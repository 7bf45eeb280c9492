"""A copy of the tree with its containers, started and asked as their user does it."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

from tests.ports import free_port

T = TypeVar("T")

BUILD_SECONDS, COMMAND_SECONDS = 3600, 1800

PATIENCE = 1800.0
"""Seconds that something may take on a machine that others use as well; it takes a minute or two."""

PROJECT = f"saleslake-e2e-{os.getpid()}"
"""Its own, so that it meets neither what another run left behind nor one that is under way."""

OWNER = (os.getuid(), os.getgid()) if os.getuid() else (1000, 1000)
"""Ids that the containers run as, and that the lake belongs to."""

PORTS = {"PREFECT": 4200, "GOLD": 8081, "DEMO_SHOP": 8080}
"""Servers that are reached from outside, by their setting, and the port inside."""


def why_not() -> str | None:
    """Why no containers can be started here; nothing where they can."""
    if not shutil.which("docker") or compose_command() is None:
        return "docker, or docker compose, is not installed"
    done = subprocess.run(["docker", "info"], capture_output=True, text=True)
    return None if done.returncode == 0 else "no Docker engine answers"


def compose_command() -> tuple[str, ...] | None:
    """Version 2 where it is, else 1.29."""
    for command in (("docker", "compose"), ("docker-compose",)):
        if (
            shutil.which(command[0])
            and not subprocess.run([*command, "version"], capture_output=True).returncode
        ):
            return command
    return None


def copy_of_the_tree(root: Path, folder: Path) -> None:
    """What git knows or would add, as it is now: no lake, no `.env`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode().split("\0"):
        if name and (root / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, folder / name)


@dataclass(frozen=True)
class Stack:
    """The containers of one copy; its ports, images and volumes are its own."""

    folder: Path
    ports: dict[str, int] = field(default_factory=lambda: {name: free_port() for name in PORTS})

    def compose(self, *arguments: str, seconds: float = COMMAND_SECONDS) -> str:
        """The result of a command that must end well."""
        command = compose_command()
        assert command is not None
        done = subprocess.run(
            [*command, *arguments],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=seconds,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-6000:]
        return done.stdout

    def environment(self) -> dict[str, str]:
        foreign = ("SALESLAKE_", "PREFECT_", "COMPOSE_")
        own = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        ports = {f"SALESLAKE_{name}_PORT": str(port) for name, port in self.ports.items()}
        # So that whoever runs the tests may remove the lake; root may anyway.
        ids = {"SALESLAKE_UID": str(OWNER[0]), "SALESLAKE_GID": str(OWNER[1])}
        return {**own, **ports, **ids, "COMPOSE_PROJECT_NAME": PROJECT, "SALESLAKE_TAG": "e2e"}

    def containers(self) -> dict[str, dict[str, Any]]:
        """What the engine knows of each running container, by service."""
        ids = self.compose("ps", "--quiet").split()
        listed = json.loads(docker("inspect", *ids))
        label = "com.docker.compose.service"
        return {each["Config"]["Labels"][label]: each for each in listed if each["State"]["Running"]}

    def get(self, server: str, address: str) -> bytes:
        with urlopen(f"http://127.0.0.1:{self.ports[server]}{address}", timeout=60) as answer:
            body: bytes = answer.read()
            return body

    def prefect(self, address: str, body: dict[str, Any] | None = None) -> Any:
        """What Prefect's API answers to a POST, as soon as it does: it may be busy, or just be starting."""

        def answer() -> tuple[Any] | None:
            try:
                return (self._prefect(address, body),)
            except HTTPError as error:
                if error.code == HTTPStatus.SERVICE_UNAVAILABLE:
                    return None
                raise
            except (OSError, HTTPException):
                return None

        return self.wait(f"Prefect answers {address}", answer)[0]

    def _prefect(self, address: str, body: dict[str, Any] | None) -> Any:
        # It wants a token with each.
        client = str(uuid4())
        token = json.loads(self.get("PREFECT", f"/api/csrf-token?client={client}"))["token"]
        headers = {
            "Prefect-Csrf-Client": client,
            "Prefect-Csrf-Token": token,
            "Content-Type": "application/json",
        }
        url = f"http://127.0.0.1:{self.ports['PREFECT']}/api{address}"
        with urlopen(Request(url, json.dumps(body or {}).encode(), headers), timeout=60) as answer:
            return json.loads(answer.read())

    def runs(self, flow: str, *states: str, since: datetime | None = None) -> set[str]:
        """Ids of the runs of a flow that are in one of these states, and began since then."""
        asked: dict[str, Any] = {"state": {"type": {"any_": states}}}
        if since is not None:
            asked["start_time"] = {"after_": since.isoformat()}
        found = self.prefect("/flow_runs/filter", {"flows": {"name": {"any_": [flow]}}, "flow_runs": asked})
        return {each["id"] for each in found}

    def slots(self) -> dict[str, int]:
        """Slots that are taken, by limit; each deployment has one."""
        return {each["name"]: each["active_slots"] for each in self.prefect("/v2/concurrency_limits/filter")}

    def kill(self, service: str) -> None:
        """End what the container runs by signal 9, as the host may do it; the engine is told of nothing.

        Returns when the engine has started the container again, and it is well.
        """
        before = self.containers()[service]
        # The first process of a container is the one that ends what a killed one leaves behind.
        main = docker("exec", before["Id"], "cat", "/proc/1/task/1/children").split()[0]
        # Ends with it, so that its exit code says nothing.
        subprocess.run(["docker", "exec", before["Id"], "sh", "-c", f"kill -9 {main}"], capture_output=True)

        def is_back() -> bool:
            now = self.containers().get(service)
            if now is None or now["RestartCount"] == before["RestartCount"]:
                return False
            return bool(now["State"]["Health"]["Status"] == "healthy")

        self.wait(f"{service} is back", is_back)

    def manifest(self) -> dict[str, Any] | None:
        """The manifest as the web server of gold gives it; nothing before the first."""
        try:
            found: dict[str, Any] = json.loads(self.get("GOLD", "/manifest.json"))
        except (OSError, HTTPException):
            return None
        return found

    def wait(self, what: str, look: Callable[[], T | None], seconds: float = PATIENCE) -> T:
        """What is found in time; what the containers said, where nothing is."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if found := look():
                return found
            time.sleep(1)
        said = self.compose("logs", "--tail", "60")
        raise AssertionError(f"{what}: not within {seconds:g} s\n{said[-12000:]}")


def docker(*arguments: str) -> str:
    """The result of a command of the engine that must end well."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=COMMAND_SECONDS)
    assert done.returncode == 0, done.stderr
    return done.stdout
