"""Files of the lake that we wrote and cannot read any more; no killed run leaves one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from polars.exceptions import PolarsError


class DamagedError(Exception):
    """A file of the lake is not what it has to be; the message begins with its path."""

    def __init__(self, path: Path, expected: str, kind: str) -> None:
        self.path = path
        super().__init__(f"{path}: not {expected} ({kind})")


@contextmanager
def readable(path: Path, expected: str) -> Iterator[None]:
    """What is read inside is `expected` from the file at `path`; raises `DamagedError` where it is not."""
    try:
        yield
    except (ValueError, LookupError, TypeError, AttributeError, PolarsError) as error:
        raise DamagedError(path, expected, type(error).__name__) from error
