"""Commands that say what figures tell, what they mean, what they are made of, which rows prove them."""

from typing import Annotated, Literal

import typer

from saleslake_flows.options import LakeFolder, SourcesFolder, ending, lake_of, settings_of

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


@ending
def why(
    ctx: typer.Context,
    table: Table,
    key: Annotated[
        list[str],
        typer.Argument(metavar="KEY...", help="Which row: COLUMN=VALUE, or a value, an id, a name alone."),
    ],
    column: Annotated[str, typer.Argument(metavar="COLUMN", help="Which value of it.")],
    every: Annotated[
        bool, typer.Option("--all", help="All order lines, returns and members, not the first ones.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, as JSON.")] = False,
    lake: LakeFolder = None,
    sources: SourcesFolder = None,
) -> int:
    """Show where a value of gold comes from: raw rows, profile lines, decisions; and prove it."""
    from saleslake_flows import why as answers

    asked = answers.Asked(table, key, column, every, as_json)
    return 0 if answers.told(ctx.obj, lake_of(lake), settings_of(lake, sources), asked) else 1


@ending
def report(
    ctx: typer.Context,
    company: Annotated[str | None, typer.Argument(help="A company; all of them where none is named.")] = None,
    language: Annotated[
        Literal["en", "fr"], typer.Option("--language", "-l", help="In which language.")
    ] = "en",
    figures: Annotated[
        bool, typer.Option("--figures", "-f", help="Below each sentence where its figures stand.")
    ] = False,
    lake: LakeFolder = None,
) -> None:
    """Tell what stands out in the last complete month, the most money first."""
    from saleslake_flows import report as sentences

    sentences.reported(ctx.obj, lake_of(lake), company, language, figures)
