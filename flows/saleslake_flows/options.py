"""What commands have in common: their options, the settings that these stand for, and how commands end."""

import functools
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, ParamSpec, cast

import typer

from saleslake_flows.screen import Screen

if TYPE_CHECKING:
    from saleslake.lake import Lake
    from saleslake.settings import Settings

P = ParamSpec("P")

# Boxes for people; lines for files and for programs that read them.
MARKUP: Literal["rich"] | None = "rich" if sys.stdout.isatty() and sys.stderr.isatty() else None

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="SOURCE", help="Sources by name; all of the folder where none is named."),
]
Name = Annotated[str, typer.Argument(metavar="SOURCE", help="A source by name.")]
LakeFolder = Annotated[
    Path | None,
    typer.Option("--lake", metavar="DIR", help="Folder of the lake (else $SALESLAKE_LAKE, else ./lake)."),
]
SourcesFolder = Annotated[
    Path | None,
    typer.Option(
        "--sources", metavar="DIR", help="Folder of the profiles (else $SALESLAKE_SOURCES, else ./sources)."
    ),
]

FileFormat = Literal["csv", "xlsx", "json", "parquet"]
AnyFormat = Literal["table", "csv", "xlsx", "json", "parquet"]
Limit = Annotated[
    int | None,
    typer.Option(
        "--limit", "-n", min=1, help="Rows at most: 20 of a table for people, else all, where not given."
    ),
]
Format = Annotated[
    AnyFormat | None,
    typer.Option("--format", help="Of the rows; that of the ending of --out, else a table for people."),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="FILE", help="Write into a file; one that is there is replaced."),
]


def ending(command: Callable[P, int | None]) -> Callable[P, None]:
    """The command, ended by the code that it returns or that belongs to its error."""

    @functools.wraps(command)
    def ended(*args: P.args, **kwargs: P.kwargs) -> None:
        context = cast(typer.Context, kwargs["ctx"])
        screen: Screen = context.obj
        try:
            code = command(*args, **kwargs) or 0
        except (typer.Exit, BrokenPipeError):
            raise
        except Exception as error:
            code = _told(screen, error)
        raise typer.Exit(code)

    return ended


def _told(screen: Screen, error: Exception) -> int:
    from saleslake_flows import exits

    foreseen = exits.told(error)
    code, lines = foreseen or (exits.FAILED, [exits.unforeseen(error)])
    if screen.verbose:
        traceback.print_exception(error)
    for line in lines:
        screen.error(line)
    if foreseen is None and not screen.verbose:
        screen.error("this was not foreseen; `saleslake --verbose ...` shows where it happened")
    return code


def settings_of(lake: Path | None, sources: Path | None, reference: Path | None = None) -> "Settings":
    from saleslake.settings import Settings

    given = {"lake": lake, "sources": sources, "reference": reference}
    return Settings().model_copy(update={name: value for name, value in given.items() if value is not None})


def by_whom(name: str | None) -> str:
    from saleslake_flows.deciding import somebody

    return name or somebody()


def lake_of(folder: Path | None) -> "Lake":
    """A lake that is there to be read."""
    from saleslake.lake import Lake
    from saleslake_flows.exits import FailedError

    root = settings_of(folder, None).lake.absolute()
    if not root.is_dir():
        raise FailedError(f"{root}: no lake there; `saleslake run` makes one, --lake names another")
    return Lake(root)
