"""Reading the folder of reference files."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from saleslake.profiles import Fault
from saleslake_processor.reference.files import FILES, Said, faults
from saleslake_processor.reference.lines import Line

_SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True)
class Read:
    """What the files say, and what is wrong with them."""

    lines: tuple[Line, ...]
    """Of files that are right as a whole."""
    faults: tuple[Fault, ...]


def read(folder: Path) -> Read | None:
    """The files of the folder; none where there is no folder, which says nothing: it may not be mounted."""
    if not folder.is_dir():
        return None
    lines: list[Line] = []
    wrong: list[Fault] = []
    for file in sorted(folder.glob("[!.]*")):
        if file.suffix.lower() != ".csv" and file.name.partition(".")[0] not in FILES:
            continue
        if file.suffix != ".csv" or file.stem not in FILES:
            known = ", ".join(f"{name}.csv" for name in FILES)
            wrong.append(Fault(file, "", "", f"no such reference file; there may be {known}"))
            continue
        try:
            rows, of_header = _rows(file)
        except (UnicodeDecodeError, csv.Error) as error:
            wrong.append(Fault(file, "", "", f"not a CSV file in UTF-8: {error}"))
            continue
        found = [*of_header, *faults(file, file.stem, rows if not of_header else [])]
        wrong += found
        if not found:
            lines += [Line(file=file.stem, said=dict(said)) for _, said in rows]
    return Read(tuple(lines), tuple(wrong))


def _rows(file: Path) -> tuple[list[tuple[int, Said]], list[Fault]]:
    """Lines with their numbers, without those that are empty; and what is wrong with the header."""
    with file.open(encoding="utf-8-sig", newline="") as text:
        header = text.readline()
        separator = max(_SEPARATORS, key=header.count)
        text.seek(0)
        reader = csv.reader(text, delimiter=separator, strict=True)
        names = [name.strip() for name in next(reader, [])]
        wrong = list(_header(file, names))
        rows: list[tuple[int, Said]] = []
        for cells in reader:
            if len(cells) > len(names):
                expected = f"{len(names)} cells, as the header has, found {len(cells)}"
                wrong.append(Fault(file, f"line {reader.line_num}", "", expected))
            said = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if cell.strip()}
            if said:
                rows.append((reader.line_num, said))
        return rows, wrong


def _header(file: Path, there: Sequence[str]) -> Iterator[Fault]:
    columns = FILES[file.stem]
    for name in there:
        if there.count(name) > 1:
            yield Fault(file, "header", repr(name), "each column once")
        if name not in columns.all:
            yield Fault(file, "header", repr(name), f"columns {', '.join(columns.all)}")
    for name in columns.all:
        if name not in there and name not in columns.free:
            yield Fault(file, "header", "", f"the column {name!r} is missing")
