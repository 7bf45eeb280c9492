"""Commands that give rows: of a table of gold, or by a statement in SQL."""

from typing import Annotated

import typer

from saleslake_flows.options import Format, LakeFolder, Limit, Out, ending, lake_of, settings_of


@ending
def show(
    ctx: typer.Context,
    table: Annotated[str | None, typer.Argument(help="A table, quarantine, an entity; else a list.")] = None,
    limit: Limit = None,
    columns: Annotated[
        str | None, typer.Option("--columns", "-c", metavar="A,B", help="Columns that are shown.")
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where",
            "-w",
            metavar="CONDITION",
            help="Only rows in which it holds; repeatable. COLUMN=VALUE, also with !=, >, >=, <, <=, and ~ "
            "(contains, in either case). COLUMN= is empty, COLUMN!= filled.",
        ),
    ] = None,
    sort: Annotated[
        list[str] | None,
        typer.Option(
            "--sort",
            "-s",
            metavar="COLUMN",
            help="Order of the rows; -COLUMN: the highest first; repeatable.",
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", metavar="WHEN", help="As of the batches fetched until a date (UTC), or an instant."
        ),
    ] = None,
    history: Annotated[
        bool, typer.Option("--history", help="Of an entity of the log: each version, and when it counted.")
    ] = False,
    format_: Format = None,
    out: Out = None,
    lake: LakeFolder = None,
) -> None:
    """Show a table of gold, now or as of then; the rows that were refused; or the versions of an entity."""
    from saleslake_flows import output, tables

    chosen = [name.strip() for name in columns.split(",")] if columns else []
    there = lake_of(lake)
    goes = output.output(there, format_, out, limit)
    wanted = tables.Wanted(table, as_of, history, chosen, where or [], sort or [], goes)
    tables.shown(ctx.obj, settings_of(lake, None), there, wanted)


@ending
def sql(
    ctx: typer.Context,
    statement: Annotated[
        str | None,
        typer.Argument(metavar="STATEMENT", help="SELECT, WITH or SHOW TABLES; - or none: standard input."),
    ] = None,
    limit: Limit = None,
    format_: Format = None,
    out: Out = None,
    lake: LakeFolder = None,
) -> None:
    """Ask the tables of gold, and quarantine, in SQL: all of one snapshot, read only."""
    from saleslake_flows import asking, output

    there = lake_of(lake)
    wanted = output.output(there, format_, out, limit)
    asking.answered(ctx.obj, there, asking.statement(statement), wanted)
