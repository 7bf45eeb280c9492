"""The two services: which flows each serves, what it registers, and when it has to register it again."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal, Protocol

from prefect.deployments.runner import RunnerDeployment

from saleslake.lake import Lake
from saleslake.profiles import Fault, ProfileError, Source, load, names
from saleslake.settings import Settings
from saleslake_flows.served import cadence, deployments
from saleslake_flows.served.names import BACKFILL, LEARN, MAINTAIN, MICROBATCH, REHEARSAL, SCRAPE
from saleslake_flows.served.serve_settings import ServeSettings

Name = Literal["scraper", "processor"]

Stamp = tuple[tuple[str, int, int], ...]


class Service(Protocol):
    """What one container serves."""

    name: Name
    flows: tuple[str, ...]

    def deployments(self) -> list[RunnerDeployment]:
        """All that it serves."""

    def due_at_once(self, registered: Collection[str]) -> list[str]:
        """Deployments (`<flow>/<name>`) that are run now, whatever their schedule says."""

    def stamp(self) -> Stamp:
        """Changes with what `deployments` is made of."""


@dataclass
class Scraper:
    """Serves `scrape`, a deployment a source, and `backfill`."""

    lake: Lake
    folder: Path
    name: Name = "scraper"
    flows: tuple[str, ...] = (SCRAPE, BACKFILL)
    _scheduled: set[str] = field(default_factory=set)
    _asked: set[str] = field(default_factory=set)

    def deployments(self) -> list[RunnerDeployment]:
        """One a profile, and the backfill; raises `ProfileError` where there is no folder of profiles."""
        if not self.folder.is_dir():
            raise ProfileError([Fault(self.folder, "", "", "no such folder; --sources names another")])
        sources: list[Source] = []
        faulty: dict[str, list[Fault]] = {}
        for name in names(self.folder):
            try:
                sources.append(load(self.folder, name))
            except ProfileError as error:
                faulty[name] = list(error.faults)
        self._scheduled = {each.name for each in sources if cadence.interval(each.cadence)}
        return deployments.of_scraper(sources, faulty)

    def due_at_once(self, registered: Collection[str]) -> list[str]:
        """Sources of which nothing was fetched yet, each once: nobody waits a day for the first rows."""
        new = [
            name
            for name in sorted(self._scheduled)
            if f"{SCRAPE}/{name}" in registered
            and name not in self._asked
            and not any(self.lake.raw_commits(name).glob("[!.]*.json"))
        ]
        self._asked.update(new)
        return [f"{SCRAPE}/{name}" for name in new]

    def stamp(self) -> Stamp:
        """Name, size and time of change of each profile."""
        found = []
        for file in sorted(self.folder.glob("*.toml")):
            status = file.stat()
            found.append((file.name, status.st_size, status.st_mtime_ns))
        return tuple(found)


@dataclass
class Processor:
    """Serves `microbatch`, `maintain`, `learn` and the rehearsal of a backfill."""

    every: timedelta
    name: Name = "processor"
    flows: tuple[str, ...] = (MICROBATCH, MAINTAIN, LEARN, REHEARSAL)

    def deployments(self) -> list[RunnerDeployment]:
        """Microbatches by schedule and asked for, maintenance, and learning."""
        return deployments.of_processor(self.every)

    def due_at_once(self, registered: Collection[str]) -> list[str]:
        """None: the schedule comes around soon."""
        return []

    def stamp(self) -> Stamp:
        """Nothing of it changes."""
        return ()


def named(name: Name) -> Service:
    """The service of that name, by the settings."""
    if name == "processor":
        return Processor(timedelta(seconds=ServeSettings().microbatch_seconds))
    settings = Settings()
    return Scraper(Lake(settings.lake.absolute()), settings.sources.absolute())
