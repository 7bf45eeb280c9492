"""What people see: results on stdout, progress and errors on stderr; plain where it is no terminal."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from time import monotonic

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.measure import Measurement
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

_ENDLESS = 100_000
"""Width of what is no terminal: nothing is folded or cut there."""

_SECONDS = 2.0
"""Between two lines about steps of one kind, where they are lines."""


@dataclass
class Screen:
    """How much is shown; `quiet` leaves errors and what was asked to be shown."""

    quiet: bool = False
    verbose: bool = False

    def say(self, text: str = "", style: str = "") -> None:
        """A line of the result."""
        _console().print(Text(text, style), soft_wrap=True)

    def note(self, text: str) -> None:
        """A line on stderr that is no error."""
        if not self.quiet:
            _console(stderr=True).print(Text(text, "yellow"), soft_wrap=True)

    def error(self, text: str) -> None:
        """A line on stderr that says what is wrong."""
        _console(stderr=True).print(Text(text, "red"), soft_wrap=True)

    def log(self, text: str) -> None:
        """A line of somebody else's log; only `verbose` shows it."""
        if self.verbose:
            _console(stderr=True).print(Text(text, "dim"), soft_wrap=True)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A table of the result; one that is too wide for the terminal is shown row after row instead."""
        console, cells = _console(), [[cell(value) for value in row] for row in rows]
        if not console.is_terminal:
            for line in _aligned(columns, cells):
                console.print(Text(line), soft_wrap=True)
            return
        table = _table(columns, cells)
        fits = Measurement.get(console, console.options.update(max_width=_ENDLESS), table)
        if fits.maximum <= console.width:
            console.print(table)
            return
        for number, row in enumerate(cells, 1):
            console.print(Text(f"row {number}", "bold"))
            console.print(_table(("", ""), list(zip(columns, row, strict=True))))

    @contextmanager
    def steps(self) -> Iterator[Callable[[str], None]]:
        """Takes what is being done: a moving line in a terminal, else a line now and then."""
        console = _console(stderr=True)
        if self.quiet:
            yield lambda _: None
        elif not console.is_terminal or self.verbose:
            yield _Lines(console)
        else:
            columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
            with Progress(*columns, console=console, transient=True) as moving:
                task = moving.add_task("", total=None)
                yield lambda text: moving.update(task, description=text)


class _Lines:
    """Steps as lines: each kind of step is told at once, steps of one kind every few seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._kind = ""
        self._told = 0.0

    def __call__(self, text: str) -> None:
        kind = text.split(" ", 1)[0]
        # Sources are fetched side by side, so that each of them is a step of its own.
        if kind == self._kind != "fetching" and monotonic() - self._told < _SECONDS:
            return
        self._kind, self._told = kind, monotonic()
        self._console.print(Text(text), soft_wrap=True)


def cell(value: object) -> str:
    """A value as text, in full; nothing for null."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.4f}"
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)


def count(value: int) -> str:
    """A whole number for people."""
    return f"{value:,}"


def counted(number: int, one: str, several: str) -> str:
    """How many there are of a thing: `1 batch`, `2,000 batches`."""
    return f"{count(number)} {one if number == 1 else several}"


def money(amount: Decimal, currency: str) -> str:
    """An amount for people, to the cent; half a cent is rounded away from zero."""
    return f"{amount.quantize(Decimal('0.01'), ROUND_HALF_UP):,} {currency}".rstrip()


def _console(stderr: bool = False) -> Console:
    console = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _ENDLESS
    return console


def _aligned(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns set apart by blanks, each as wide as its widest value."""
    lines = [columns, *rows] if any(columns) else rows
    widths = [max(map(cell_len, texts)) for texts in zip(*lines, strict=True)]
    right = _right(columns, rows)
    for line in lines:
        texts = []
        for text, width, numbers in zip(line, widths, right, strict=True):
            blanks = " " * (width - cell_len(text))
            texts.append(blanks + text if numbers else text + blanks)
        yield "  ".join(texts).rstrip()


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    headed = any(columns)
    table = Table(box=box.SIMPLE_HEAD if headed else None, pad_edge=False, show_header=headed)
    for name, numbers in zip(columns, _right(columns, rows), strict=True):
        table.add_column(Text(name), justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(value) for value in row))
    return table


def _right(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[bool]:
    """Which columns hold nothing but numbers."""
    return [bool(rows) and all(_is_number(row[at]) for row in rows if row[at]) for at in range(len(columns))]


def _is_number(text: str) -> bool:
    return text.lstrip("-").partition(" ")[0].replace(",", "").replace(".", "", 1).isdigit()
