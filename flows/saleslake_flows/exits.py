"""How a command ends: the exit codes, and what is said of an error that was foreseen."""

import sys
from pathlib import Path

from pydantic import ValidationError

from saleslake.damage import DamagedError
from saleslake.profiles import ProfileError

WELL, FAILED, WRONG_USE, BUSY = 0, 1, 2, 3


class FailedError(Exception):
    """Something failed; the message names it, with its path where it has one."""


class WrongUseError(Exception):
    """The command cannot do what it was asked for; the message says what it can do."""


def told(error: Exception) -> tuple[int, list[str]] | None:
    """Exit code and lines of an error that was foreseen; none of any other."""
    match error:
        case ProfileError():
            return WRONG_USE, [str(fault) for fault in error.faults]
        case WrongUseError():
            return WRONG_USE, [str(error)]
        case ValidationError(title="Settings"):
            return WRONG_USE, [_setting(item) for item in error.errors(include_url=False)]
        case FailedError() | DamagedError():
            return FAILED, [str(error)]
        case OSError(filename=str() | Path()):
            return FAILED, [f"{error.filename}: {error.strerror}"]
        case OSError() if str(error):
            # Polars and Delta put the path into the message.
            return FAILED, [str(error).splitlines()[0]]
    return _told_by_processor(error)


def unforeseen(error: Exception) -> str:
    """Kind and first line of an error that nobody thought of."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def _told_by_processor(error: Exception) -> tuple[int, list[str]] | None:
    # Imported only when it has run: it brings Polars and Delta along.
    if "saleslake_processor" not in sys.modules:
        return None
    from saleslake_processor.decide import CannotDecideError
    from saleslake_processor.ingest import LedgerDoesNotTieError
    from saleslake_processor.keys import KeyCollisionError
    from saleslake_processor.lock import LakeBusyError
    from saleslake_processor.publish import ContractBrokenError
    from saleslake_processor.totals.tie import UntiedError

    match error:
        case LakeBusyError():
            return BUSY, [f"{error}; try again when it is done"]
        case CannotDecideError():
            return FAILED, [str(error)]
        case LedgerDoesNotTieError():
            return FAILED, [f"{error}; it was not taken in, the old gold stays"]
        case ContractBrokenError():
            return FAILED, [f"a gold table breaks its contract, the old gold stays: {_one_line(error)}"]
        case UntiedError():
            return FAILED, ["control totals do not tie, the old gold stays:", *error.lines(), _UNTIED]
        case KeyCollisionError():
            return FAILED, [f"two ids have the same key, nothing was published: {_one_line(error)}"]
    # Importing it brings LightGBM and SciPy along, seconds of work; who raises it has it.
    history = sys.modules.get("saleslake_processor.forecast.history")
    if history and isinstance(error, history.HistoryError):
        return FAILED, [str(error)]
    return None


_UNTIED = "`saleslake verify` compares all that is derived; docs/operate.md says how it is made anew"


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _setting(item: "object") -> str:
    assert isinstance(item, dict)
    name = "_".join(str(part) for part in item["loc"]).upper()
    return f"SALESLAKE_{name} = {item['input']!r}: {item['msg'][:1].lower()}{item['msg'][1:]}"
