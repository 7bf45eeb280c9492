"""Commands by which a person decides: on refused rows, batches that are held back, changed profiles."""

from typing import Annotated

import typer

from saleslake_flows.options import (
    MARKUP,
    LakeFolder,
    Names,
    SourcesFolder,
    by_whom,
    ending,
    lake_of,
    settings_of,
)

quarantine_app = typer.Typer(no_args_is_help=True, rich_markup_mode=MARKUP)
hold_app = typer.Typer(no_args_is_help=True, rich_markup_mode=MARKUP)

OfSource = Annotated[str | None, typer.Option("--source", metavar="NAME", help="Only rows of this source.")]
OfRule = Annotated[str | None, typer.Option("--rule", metavar="RULE", help="Only rows that broke this rule.")]
OfBatch = Annotated[str | None, typer.Option("--batch", metavar="ID", help="Only rows of this batch.")]
OfRow = Annotated[int | None, typer.Option("--row", metavar="N", help="Only this row (column `row`).")]
Every = Annotated[bool, typer.Option("--all", help="Rows that were mended or dropped, too.")]
Batches = Annotated[list[str], typer.Argument(metavar="BATCH", help="Batches by id.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; kept with the decision.")]
By = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who decides (else the user of the system).")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Tell what would change, and write nothing.")]


@ending
def restage(
    ctx: typer.Context,
    names: Names = None,
    dry_run: DryRun = False,
    reason: Reason = "the profile has changed",
    by: By = None,
    lake: LakeFolder = None,
    sources: SourcesFolder = None,
) -> None:
    """Stage batches again that were staged by another profile than the present one."""
    from saleslake_flows import restaging

    at, settings = lake_of(lake), settings_of(lake, sources)
    restaging.restaged(ctx.obj, at, settings, names or [], by_whom(by), reason, dry_run)


@quarantine_app.command("list")
@ending
def list_refused(
    ctx: typer.Context,
    source: OfSource = None,
    rule: OfRule = None,
    batch: OfBatch = None,
    every: Every = False,
    lake: LakeFolder = None,
) -> None:
    """Count refused rows by source, batch and rule, with what they say that they are worth."""
    from saleslake_flows import refused

    refused.listed(ctx.obj, lake_of(lake), refused.Which(source, rule, batch), every)


@quarantine_app.command("show")
@ending
def show_refused(
    ctx: typer.Context,
    source: OfSource = None,
    rule: OfRule = None,
    batch: OfBatch = None,
    row: OfRow = None,
    every: Every = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Rows that are shown.")] = 20,
    lake: LakeFolder = None,
) -> None:
    """Show refused rows: the rule, the value, and the whole raw row."""
    from saleslake_flows import refused

    refused.shown(ctx.obj, lake_of(lake), refused.Which(source, rule, batch, row), every, limit)


@quarantine_app.command("release")
@ending
def release_refused(
    ctx: typer.Context,
    reason: Reason,
    source: OfSource = None,
    rule: OfRule = None,
    batch: OfBatch = None,
    row: OfRow = None,
    by: By = None,
    dry_run: DryRun = False,
    lake: LakeFolder = None,
    sources: SourcesFolder = None,
) -> None:
    """Take refused rows in without the values for which they were refused."""
    from saleslake_flows import refused

    which, at, settings = refused.Which(source, rule, batch, row), lake_of(lake), settings_of(lake, sources)
    refused.decided(ctx.obj, at, settings, "release", which, by_whom(by), reason, dry_run)


@quarantine_app.command("drop")
@ending
def drop_refused(
    ctx: typer.Context,
    reason: Reason,
    source: OfSource = None,
    rule: OfRule = None,
    batch: OfBatch = None,
    row: OfRow = None,
    by: By = None,
    dry_run: DryRun = False,
    lake: LakeFolder = None,
    sources: SourcesFolder = None,
) -> None:
    """Give refused rows up; they stay counted, as dropped."""
    from saleslake_flows import refused

    which = refused.Which(source, rule, batch, row)
    refused.decided(
        ctx.obj, lake_of(lake), settings_of(lake, sources), "drop", which, by_whom(by), reason, dry_run
    )


@hold_app.command("list")
@ending
def list_held(ctx: typer.Context, lake: LakeFolder = None) -> None:
    """List batches that are held back, and why."""
    from saleslake_flows import restaging

    restaging.held(ctx.obj, lake_of(lake))


@hold_app.command("release")
@ending
def release_held(
    ctx: typer.Context,
    batches: Batches,
    reason: Reason,
    by: By = None,
    dry_run: DryRun = False,
    lake: LakeFolder = None,
    sources: SourcesFolder = None,
) -> None:
    """Take batches in that are held back; rows that are refused stay refused."""
    from saleslake_flows import restaging

    at, settings = lake_of(lake), settings_of(lake, sources)
    restaging.decided(ctx.obj, at, settings, "release batch", batches, by_whom(by), reason, dry_run)


@hold_app.command("drop")
@ending
def drop_held(
    ctx: typer.Context,
    batches: Batches,
    reason: Reason,
    by: By = None,
    dry_run: DryRun = False,
    lake: LakeFolder = None,
    sources: SourcesFolder = None,
) -> None:
    """Give batches up that are held back; their rows stay counted, as dropped."""
    from saleslake_flows import restaging

    at, settings = lake_of(lake), settings_of(lake, sources)
    restaging.decided(ctx.obj, at, settings, "drop batch", batches, by_whom(by), reason, dry_run)
