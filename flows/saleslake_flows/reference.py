"""`saleslake reference`: what people know better than the sources, and what it changes."""

from collections import Counter
from collections.abc import Sequence

import polars as pl

from saleslake.lake import Lake
from saleslake.profiles import ProfileError
from saleslake.settings import Settings
from saleslake_flows import choose, soundness
from saleslake_flows.deciding import told
from saleslake_flows.exits import WrongUseError
from saleslake_flows.screen import Screen, counted
from saleslake_flows.soundness import published
from saleslake_processor import decisions, gold_files, process, whatif
from saleslake_processor.lock import writing
from saleslake_processor.reference.adopt import Asked
from saleslake_processor.reference.folder import read
from saleslake_processor.reference.lines import Line

_COLUMNS = ("company", "file", "about", "asks", "by", "since", "reason", "status")


def checked(screen: Screen, settings: Settings) -> None:
    """Tell how many lines each file has; raises `ProfileError` with every fault."""
    lines = _read(settings)
    for file, number in sorted(Counter(line.file for line in lines).items()):
        screen.say(f"{file}.csv: well, {counted(number, 'line', 'lines')}")
    if not lines:
        screen.say(f"{settings.reference}: no line in it")
    sources, _ = choose.usable(settings.sources)
    for company in sorted({line.company for line in lines} - {source.company for source in sources}):
        screen.note(f"no profile in {settings.sources} is of a company {company!r}")


def listed(screen: Screen, lake: Lake, settings: Settings) -> None:
    """Tell the lines that hold in the lake, and which of them change nothing, or no more."""
    held = decisions.load(lake).references()
    status = _status(lake) if held else {}
    rows = [
        (
            *(line.company, line.file, line.about, line.words, line.said["author"], line.said["date"]),
            *(
                line.said["reason"],
                status.get((line.company, f"reference/{line.file}.csv", line.about), "in use"),
            ),
        )
        for reference in held.values()
        for line in reference.lines
    ]
    if rows:
        screen.table(_COLUMNS, sorted(rows))
    else:
        screen.say("no reference line holds")
    folder = read(settings.reference)
    if folder is not None and _said(folder.lines) != _said(
        [line for reference in held.values() for line in reference.lines]
    ):
        screen.note(
            f"{settings.reference} says something else: `saleslake reference preview` shows what it changes,"
            " `saleslake process` takes it in"
        )


def previewed(screen: Screen, lake: Lake, settings: Settings) -> None:
    """Tell what the files would change in gold that hold as they are; nothing is written."""
    _read(settings)
    sources, faults = choose.usable(settings.sources)
    for fault in faults:
        screen.note(f"left out: {fault}")
    with writing(lake), screen.steps() as progress:
        soundness.manifests(lake)
        found: list[Asked] = []

        def step(at: Lake) -> None:
            wanted, _ = process.obey_reference(at, sources, settings)
            found.append(wanted)
            again = {(batch, each.source) for each in wanted.decisions for batch in each.batches}
            process.take_in(at, sources, progress, only=again)

        changed = whatif.changed_by(lake, settings, step, dry_run=True)
    asked(screen, found[0])
    told(screen, changed, True)


def asked(screen: Screen, wanted: Asked) -> None:
    """Tell what reference files ask for that they did not before."""
    for company in dict.fromkeys(each.company for each in wanted.decisions):
        made = [each for each in wanted.decisions if each.company == company]
        batches = counted(sum(len(each.batches) for each in made), "batch", "batches")
        screen.note(f"{company}: {made[0].reason}, by {made[0].by}; {batches} staged again")
    for source in wanted.waiting:
        screen.note(
            f"{source}: its reference lines wait: its profile has changed, `saleslake restage {source}` first"
        )


def _read(settings: Settings) -> Sequence[Line]:
    found = read(settings.reference)
    if found is None:
        raise WrongUseError(
            f"{settings.reference}: no such folder; docs/reference-files.md says what goes in"
        )
    if found.faults:
        raise ProfileError(found.faults)
    return found.lines


def _status(lake: Lake) -> dict[tuple[str, str, str], str]:
    """What is wrong with lines, by company, file, and what they are about."""
    rows = gold_files.read(lake, published(lake), "data_quality")
    found = rows.filter(pl.col("check").str.starts_with("reference_")).collect()
    return {
        (row["company"], row["raw_table"], row["field"]): row["check"].removeprefix("reference_")
        for row in found.to_dicts()
    }


def _said(lines: Sequence[Line]) -> set[str]:
    return {line.whole for line in lines}
