"""What each gold table is made of, as a stamp: where it is the one of the last snapshot, so is the table."""

import hashlib
from collections.abc import Mapping

from saleslake.settings import Settings
from saleslake_processor.gold_files import GoldTable
from saleslake_processor.learnt import frames as learnt
from saleslake_processor.marts.graph import OPERATIONAL
from saleslake_processor.marts.mart import Mart
from saleslake_processor.state import State

PUBLICATION = "publication"

SAID_TO_ALL = ("fiscal_year_start",)
"""What tables may know of the publication that they are in; tables about runs know all of it."""

TARGETS = "targets"

_ELSEWHERE = ("ledger", "refused", "runs", "reference", TARGETS, *learnt.NAMES)
"""Not in the state."""

Stamps = Mapping[str, str]


def of_state(state: State, settings: Settings, reference: str, names: tuple[str, ...]) -> dict[str, str]:
    """Stamps of what tables are made of besides one another: the files of the state, which never change,
    settings, and `reference`, the stamp of the reference lines. What else is not in the state has none."""
    found = {PUBLICATION: repr([getattr(settings, name) for name in SAID_TO_ALL]), TARGETS: reference}
    for name in names:
        files = [file for at, file in state.files.items() if at == name or at.startswith(f"{name}/")]
        if name not in (PUBLICATION, *_ELSEWHERE):
            found[name] = repr(sorted(files))
    return found


def of_learnt(stamps: Stamps) -> dict[str, str]:
    """Stamps of the frames that were learnt, of their stamps by frame; not learnt is a stamp as well."""
    return {f"{learnt.PREFIX}{name}": stamps.get(name, "") for name in learnt.FRAMES}


def of_table(table: GoldTable) -> str:
    """Stamp of a table that others are made of: what is in it, whatever it is made of."""
    return repr([file.sha256 for file in table.files])


def stamp(mart: Mart, inputs: Stamps, code: str) -> str | None:
    """Stamp of what a table is to be made of, and by which code; none of one that is to be made each time."""
    if mart.name in OPERATIONAL or not inputs.keys() >= set(mart.inputs):
        return None
    parts = [code, mart.name, *(f"{name} {inputs[name]}" for name in mart.inputs)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
