"""Commands that say where a figure comes from: what it means, what it is made of, which rows prove it."""

from typing import Annotated

import typer

from saleslake_flows.options import SourcesFolder, ending, settings_of

Table = Annotated[str, typer.Argument(metavar="TABLE", help="A gold table.")]


@ending
def lineage(ctx: typer.Context, table: Table, sources: SourcesFolder = None) -> None:
    """Show what a gold table is made of, down to the raw tables of each source."""
    from saleslake_flows import meanings

    meanings.lineage_told(ctx.obj, settings_of(None, sources).sources, table)


@ending
def explain(
    ctx: typer.Context,
    table: Annotated[str, typer.Argument(metavar="TABLE[.COLUMN]", help="A gold table, or a column of one.")],
) -> None:
    """Say what a gold table, or a column of one, means: unit, type, range, formula."""
    from saleslake_flows import meanings

    meanings.explained(ctx.obj, table)
