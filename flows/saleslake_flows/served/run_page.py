"""What a run shows on its page: its name, its progress, its artifacts. None of it can make a run fail."""

import re
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any
from uuid import UUID

from prefect import get_client, get_run_logger
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.runtime import flow_run

_SECONDS = 1.0
"""Between two changes of a progress; a step that is done sooner has none."""


def named(name: str) -> None:
    """Give the run that is under way this name."""
    run = UUID(str(flow_run.get_id()))
    _shown(lambda: get_client(sync_client=True).update_flow_run(run, name=name), "name")


def table(key: str, rows: Sequence[dict[str, Any]], description: str) -> None:
    """Show a table, where it has rows."""
    if rows:
        _shown(lambda: create_table_artifact(list(rows), key=key, description=description), key)


def markdown(key: str, text: str, description: str) -> None:
    """Show a text."""
    _shown(lambda: create_markdown_artifact(text, key=key, description=description), key)


class Steps:
    """Takes what is being done: a line in the log of the run, and the progress of long work."""

    def __init__(self, key: str, total: int) -> None:
        self._key = re.sub(r"[^a-z0-9-]", "-", key.lower())
        self._total = max(total, 1)
        self._done = 0
        self._told = monotonic()
        self._artifact: UUID | None = None

    def __call__(self, step: str) -> None:
        """A step begins; those before it are done."""
        done = min(100.0, 100.0 * self._done / self._total)
        self._done += 1
        if monotonic() - self._told >= _SECONDS:
            get_run_logger().info("%s", step)
            self._show(done, step)

    def ended(self) -> None:
        """All is done."""
        if self._artifact is not None:
            self._show(100.0, "done")

    def _show(self, done: float, step: str) -> None:
        self._told = monotonic()

        def show() -> None:
            if self._artifact is None:
                made = create_progress_artifact(done, key=self._key, description=step)
                assert isinstance(made, UUID)
                self._artifact = made
            else:
                update_progress_artifact(self._artifact, done, description=step)

        _shown(show, self._key)


def _shown(show: Callable[[], object], what: str) -> None:
    try:
        show()
    except Exception as error:
        get_run_logger().warning("%s of this run cannot be shown (%s)", what, type(error).__name__)
