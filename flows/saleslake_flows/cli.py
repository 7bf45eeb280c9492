"""The `saleslake` command line: options and exit codes. What a command does is imported when it runs."""

import functools
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn, ParamSpec, cast

import typer

from saleslake_flows.screen import Screen

if TYPE_CHECKING:
    from saleslake.lake import Lake
    from saleslake.settings import Settings

P = ParamSpec("P")

# Boxes for people; lines for files and for programs that read them.
_MARKUP: Literal["rich"] | None = "rich" if sys.stdout.isatty() and sys.stderr.isatty() else None

_CODES = "Exit codes: 0 well, 1 something failed and is named, 2 wrong use or profile, 3 busy."

app = typer.Typer(
    name="saleslake",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=_MARKUP,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=_CODES,
)
sources_app = typer.Typer(no_args_is_help=True, rich_markup_mode=_MARKUP)
app.add_typer(sources_app, name="sources", help="List, check or preview the source profiles.")

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="SOURCE", help="Sources by name; all of the folder where none is named."),
]
ServiceName = Literal["scraper", "processor"]
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


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"saleslake {version('saleslake')}")
        raise typer.Exit


@app.callback()
def saleslake(
    ctx: typer.Context,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show errors and nothing else.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show the scraper's log, and where errors come from.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """A sales lakehouse: fetches a company's sales and publishes exact Parquet for Power BI."""
    ctx.obj = Screen(quiet, verbose)


@app.command()
@ending
def run(
    ctx: typer.Context, names: Names = None, lake: LakeFolder = None, sources: SourcesFolder = None
) -> int:
    """Fetch what is new, take it in, publish gold: the whole way."""
    from saleslake_flows import commands

    return commands.run(ctx.obj, _settings(lake, sources), names or [])


@app.command()
@ending
def scrape(
    ctx: typer.Context, names: Names = None, lake: LakeFolder = None, sources: SourcesFolder = None
) -> int:
    """Fetch what is new into raw batches, and nothing more."""
    from saleslake_flows import commands

    return commands.scrape(ctx.obj, _settings(lake, sources), names or [])


@app.command()
@ending
def process(
    ctx: typer.Context, names: Names = None, lake: LakeFolder = None, sources: SourcesFolder = None
) -> int:
    """Take in the raw batches that wait, and publish gold."""
    from saleslake_flows import commands

    _lake(lake)
    return commands.process(ctx.obj, _settings(lake, sources), names or [])


@app.command()
@ending
def serve(
    ctx: typer.Context,
    service: Annotated[ServiceName, typer.Argument(help="Which of the two.")],
    lake: LakeFolder = None,
    sources: SourcesFolder = None,
) -> None:
    """Run what Prefect's server says is due: the scraper's crawls, or the processor's microbatches."""
    from saleslake_flows import serving

    serving.serve(ctx.obj, service, _settings(lake, sources))


@app.command()
@ending
def show(
    ctx: typer.Context,
    table: Annotated[str | None, typer.Argument(help="A table, or quarantine; else all are listed.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Rows that are shown.")] = 20,
    columns: Annotated[
        str | None, typer.Option("--columns", "-c", metavar="A,B", help="Columns that are shown.")
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option("--where", "-w", metavar="COLUMN=VALUE", help="Only rows that hold it; repeatable."),
    ] = None,
    lake: LakeFolder = None,
) -> None:
    """Show a table of gold, or the rows that were refused."""
    from saleslake_flows import tables

    at = _lake(lake)
    if table is None:
        tables.listed(ctx.obj, at)
    else:
        chosen = [name.strip() for name in columns.split(",")] if columns else []
        tables.shown(ctx.obj, at, table, limit, chosen, where or [])


@app.command()
@ending
def verify(ctx: typer.Context, lake: LakeFolder = None, sources: SourcesFolder = None) -> int:
    """Rebuild from raw beside the lake; compare every value."""
    from saleslake_flows import proof

    return 0 if proof.proven(ctx.obj, _lake(lake), _settings(lake, sources)) else 1


@sources_app.command("list")
@ending
def list_sources(ctx: typer.Context, sources: SourcesFolder = None) -> None:
    """List the profiles."""
    from saleslake_flows import profile_list

    profile_list.listed(ctx.obj, _settings(None, sources).sources)


@sources_app.command("check")
@ending
def check_sources(ctx: typer.Context, names: Names = None, sources: SourcesFolder = None) -> None:
    """Name every fault of the profiles: file, key, and what was expected."""
    from saleslake_flows import profile_list

    profile_list.checked(ctx.obj, _settings(None, sources).sources, names or [])


@sources_app.command("preview")
@ending
def preview_source(
    ctx: typer.Context,
    name: Name,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Rows of each kind.")] = 3,
    sources: SourcesFolder = None,
) -> int:
    """Fetch a source and show what its profile makes of it; nothing is written to the lake."""
    from saleslake_flows import preview

    return 0 if preview.preview(ctx.obj, _settings(None, sources).sources, name, limit) else 1


def _settings(lake: Path | None, sources: Path | None) -> "Settings":
    from saleslake.settings import Settings

    given = {"lake": lake, "sources": sources}
    return Settings().model_copy(update={name: value for name, value in given.items() if value is not None})


def _lake(folder: Path | None) -> "Lake":
    """A lake that is there to be read."""
    from saleslake.lake import Lake
    from saleslake_flows.exits import FailedError

    root = _settings(folder, None).lake.absolute()
    if not root.is_dir():
        raise FailedError(f"{root}: no lake there; `saleslake run` makes one, --lake names another")
    return Lake(root)


def main() -> None:
    """The command; ended by SIGTERM it ends what it started as well."""
    signal.signal(signal.SIGTERM, _leave)
    app()


def _leave(number: int, _frame: object) -> NoReturn:
    sys.exit(128 + number)
