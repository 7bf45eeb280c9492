"""What is said of an error in the logs of runs: never a value of a row, which may be a customer's."""

import re
import traceback
from collections.abc import Iterable
from pathlib import Path

from saleslake_flows import exits

_LOGGED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[[\w.]+\] (INFO|WARNING): ")
_PLACE = re.compile(r'\s*File "[^"]*", line \d+, in ')
_ERROR = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[[\w.]+\] (?:ERROR|CRITICAL)|[\w.]*[A-Z]\w*): ")


class ToldError(Exception):
    """An error as it may be told; what it came from is not kept."""


class PassingError(ToldError):
    """One that another try may not meet: something of the machine, not of the data."""


def told(error: Exception) -> ToldError:
    """The error as it may be told; where nobody foresaw it, its kind and where it happened."""
    if isinstance(error, ToldError):
        return error
    kind = PassingError if isinstance(error, OSError) else ToldError
    # Its ids may be a customer's.
    if type(error).__name__ == "KeyCollisionError":
        key = str(error).partition(":")[0]
        return kind(f"two ids have the same {key}, nothing was published; `saleslake process` names them")
    if foreseen := exits.told(error):
        return kind("; ".join(foreseen[1]))
    places = traceback.extract_tb(error.__traceback__)
    at = f" at {Path(places[-1].filename).name}:{places[-1].lineno}" if places else ""
    return kind(
        f"{type(error).__name__}{at}, which was not foreseen; `saleslake --verbose process` says more"
    )


def lines(said: Iterable[str]) -> list[str]:
    """Lines of a process that died, without what an error may quote of the data."""
    kept = []
    for line in said:
        if _LOGGED.match(line) or _PLACE.match(line):
            kept.append(line.strip())
        elif error := _ERROR.match(line):
            kept.append(error[1])
    return kept
