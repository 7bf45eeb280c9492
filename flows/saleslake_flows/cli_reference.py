"""Commands about reference files: what people know better than the sources."""

from pathlib import Path
from typing import Annotated

import typer

from saleslake_flows.options import MARKUP, LakeFolder, SourcesFolder, ending, lake_of, settings_of

reference_app = typer.Typer(no_args_is_help=True, rich_markup_mode=MARKUP)

Folder = Annotated[
    Path | None,
    typer.Option(
        "--reference",
        metavar="DIR",
        help="Folder of the files (else $SALESLAKE_REFERENCE, else ./reference).",
    ),
]


@reference_app.command("check")
@ending
def check(ctx: typer.Context, folder: Folder = None, sources: SourcesFolder = None) -> None:
    """Name every fault of the files: file, line, column, and what was expected."""
    from saleslake_flows import reference

    reference.checked(ctx.obj, settings_of(None, sources, folder))


@reference_app.command("list")
@ending
def list_lines(ctx: typer.Context, lake: LakeFolder = None, folder: Folder = None) -> None:
    """List the lines that hold: who says so, since when, why, and whether they still change anything."""
    from saleslake_flows import reference

    reference.listed(ctx.obj, lake_of(lake), settings_of(lake, None, folder))


@reference_app.command("preview")
@ending
def preview(
    ctx: typer.Context, lake: LakeFolder = None, sources: SourcesFolder = None, folder: Folder = None
) -> None:
    """Tell what the files as they are would change in gold; nothing is written."""
    from saleslake_flows import reference

    reference.previewed(ctx.obj, lake_of(lake), settings_of(lake, sources, folder))
