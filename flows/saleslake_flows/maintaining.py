"""`saleslake maintain`: what counts for nothing is removed, and told."""

from collections import defaultdict
from collections.abc import Sequence

from saleslake import clock
from saleslake.lake import Lake
from saleslake.settings import Settings
from saleslake_flows.screen import Screen, count, counted
from saleslake_processor.orphans import Orphan, maintain

Row = tuple[str, str, str, str]


def maintained(screen: Screen, lake: Lake, settings: Settings, dry_run: bool) -> None:
    """Remove it, or tell what would go."""
    found = maintain(lake, settings.gold_snapshots_kept, clock.now(), dry_run=dry_run)
    for each in found:
        screen.log(str(each.path))
    if found:
        screen.table(("what", "in", "files", "bytes"), rows(lake, found))
    screen.say(message(found, dry_run))


def rows(lake: Lake, found: Sequence[Orphan]) -> list[Row]:
    """A row per kind and folder: files, and bytes that are free without them."""
    cells: dict[tuple[str, str], list[Orphan]] = defaultdict(list)
    for each in found:
        of = each.path.relative_to(lake.root).parts[:-1][:2]
        cells[each.what, "/".join(of)].append(each)
    return [
        (what, folder, count(sum(each.files for each in of)), count(sum(each.bytes for each in of)))
        for (what, folder), of in cells.items()
    ]


def message(found: Sequence[Orphan], dry_run: bool) -> str:
    """What it came to, in one line."""
    if not found:
        return "nothing to remove"
    files, free = sum(each.files for each in found), sum(each.bytes for each in found)
    return f"{counted(files, 'file', 'files')}, {count(free)} bytes {'would go' if dry_run else 'removed'}"
