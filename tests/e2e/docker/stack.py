"""A copy of the tree with its containers, started and asked as their user does it."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import URLError
from urllib.request import Request, urlopen
from uuid import uuid4

T = TypeVar("T")

BUILD_SECONDS, COMMAND_SECONDS = 3600, 900

PROJECT = "saleslake-e2e"

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


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


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
        """What Prefect's API answers to a POST; it wants a token with each."""
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

    def manifest(self) -> dict[str, Any] | None:
        """The manifest as the web server of gold gives it; nothing before the first."""
        try:
            found: dict[str, Any] = json.loads(self.get("GOLD", "/manifest.json"))
        except (URLError, OSError):
            return None
        return found

    def wait(self, seconds: float, what: str, found: Callable[[], T | None]) -> T:
        """What is found in time; what the containers said, where nothing is."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if (result := found()) is not None:
                return result
            time.sleep(1)
        said = self.compose("logs", "--tail", "60")
        raise AssertionError(f"{what}: not within {seconds:g} s\n{said[-12000:]}")


def docker(*arguments: str) -> str:
    """The result of a command of the engine that must end well."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=COMMAND_SECONDS)
    assert done.returncode == 0, done.stderr
    return done.stdout
