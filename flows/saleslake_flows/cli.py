"""The `saleslake` command line. What a command does is imported when it runs."""

import signal
import sys
from typing import Annotated, Literal, NoReturn

import typer

from saleslake_flows.cli_decisions import DryRun, hold_app, quarantine_app, restage
from saleslake_flows.cli_forecast import forecast
from saleslake_flows.cli_reference import reference_app
from saleslake_flows.cli_rows import show, sql
from saleslake_flows.cli_why import explain, lineage, report, why
from saleslake_flows.options import (
    MARKUP,
    LakeFolder,
    Name,
    Names,
    SourcesFolder,
    ending,
    lake_of,
    settings_of,
)
from saleslake_flows.screen import Screen

_CODES = "Exit codes: 0 well, 1 something failed and is named, 2 wrong use or profile, 3 busy."

ServiceName = Literal["scraper", "processor"]

app = typer.Typer(
    name="saleslake",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=MARKUP,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=_CODES,
)
sources_app = typer.Typer(no_args_is_help=True, rich_markup_mode=MARKUP)
app.add_typer(sources_app, name="sources", help="List, check or preview the source profiles.")
app.add_typer(quarantine_app, name="quarantine", help="List refused rows; release or drop them.")
app.add_typer(hold_app, name="hold", help="List batches that are held back; release or drop them.")
app.add_typer(
    reference_app, name="reference", help="Check, list or preview what people know better than the sources."
)


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
    ctx: typer.Context,
    names: Names = None,
    no_learn: Annotated[bool, typer.Option("--no-learn", help="Leave what is learnt as it is.")] = False,
    lake: LakeFolder = None,
    sources: SourcesFolder = None,
) -> int:
    """Fetch what is new, take it in, publish gold, learn what is due: the whole way."""
    from saleslake_flows import commands

    return commands.run(ctx.obj, settings_of(lake, sources), names or [], learn=not no_learn)


@app.command()
@ending
def scrape(
    ctx: typer.Context, names: Names = None, lake: LakeFolder = None, sources: SourcesFolder = None
) -> int:
    """Fetch what is new into raw batches, and nothing more."""
    from saleslake_flows import commands

    return commands.scrape(ctx.obj, settings_of(lake, sources), names or [])


@app.command()
@ending
def process(
    ctx: typer.Context, names: Names = None, lake: LakeFolder = None, sources: SourcesFolder = None
) -> int:
    """Take in the raw batches that wait, and publish gold."""
    from saleslake_flows import commands

    lake_of(lake)
    return commands.process(ctx.obj, settings_of(lake, sources), names or [])


@app.command()
@ending
def learn(
    ctx: typer.Context,
    force: Annotated[
        bool,
        typer.Option("--force", help="Now, if anything has changed, however short ago the last time was."),
    ] = False,
    lake: LakeFolder = None,
) -> int:
    """Learn from all sales so far what is due: forecasts, customers' futures and clusters; publish it."""
    from saleslake_flows import commands

    lake_of(lake)
    return commands.learn(ctx.obj, settings_of(lake, None), force)


@app.command()
@ending
def backfill(
    ctx: typer.Context,
    since: Annotated[str, typer.Option("--since", metavar="DAY", help="First day, such as 2026-03-01.")],
    until: Annotated[str, typer.Option("--until", metavar="DAY", help="Last day.")],
    names: Annotated[
        list[str] | None,
        typer.Option("--source", metavar="NAME", help="A source; repeatable. All where none is named."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Fetch, tell what would change in gold, and keep nothing.")
    ] = False,
    lake: LakeFolder = None,
    sources: SourcesFolder = None,
) -> int:
    """Fetch days again and take them in, whatever is known of them; one that was cut short goes on."""
    from saleslake_flows import backfilling

    days = backfilling.day("--since", since), backfilling.day("--until", until)
    return backfilling.backfilled(ctx.obj, settings_of(lake, sources), *days, names or [], dry_run)


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

    serving.serve(ctx.obj, service, settings_of(lake, sources))


@app.command()
@ending
def verify(ctx: typer.Context, lake: LakeFolder = None, sources: SourcesFolder = None) -> int:
    """Rebuild from raw beside the lake; compare every value."""
    from saleslake_flows import proof

    return 0 if proof.proven(ctx.obj, lake_of(lake), settings_of(lake, sources)) else 1


@app.command()
@ending
def maintain(ctx: typer.Context, dry_run: DryRun = False, lake: LakeFolder = None) -> None:
    """Remove what counts for nothing: what killed runs left, and gold that is no longer kept."""
    from saleslake_flows import maintaining

    maintaining.maintained(ctx.obj, lake_of(lake), settings_of(lake, None), dry_run)


for command in (show, sql, forecast, report, restage, why, lineage, explain):
    app.command()(command)


@sources_app.command("list")
@ending
def list_sources(ctx: typer.Context, sources: SourcesFolder = None) -> None:
    """List the profiles."""
    from saleslake_flows import profile_list

    profile_list.listed(ctx.obj, settings_of(None, sources).sources)


@sources_app.command("check")
@ending
def check_sources(ctx: typer.Context, names: Names = None, sources: SourcesFolder = None) -> None:
    """Name every fault of the profiles: file, key, and what was expected."""
    from saleslake_flows import profile_list

    profile_list.checked(ctx.obj, settings_of(None, sources).sources, names or [])


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

    return 0 if preview.preview(ctx.obj, settings_of(None, sources).sources, name, limit) else 1


def main() -> None:
    """The command; ended by SIGTERM it ends what it started as well."""
    signal.signal(signal.SIGTERM, _leave)
    app()


def _leave(number: int, _frame: object) -> NoReturn:
    sys.exit(128 + number)
