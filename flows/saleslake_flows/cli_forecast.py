"""The command that forecasts a file of one's own."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from saleslake_flows.options import Format, Limit, Out, ending

FreqName = Literal["1d", "1w"]


@ending
def forecast(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The history: a csv or parquet file.")],
    horizon: Annotated[int, typer.Option("--horizon", min=1, help="Periods ahead.")],
    freq: Annotated[
        FreqName | None, typer.Option("--freq", help="Days or weeks; seen from the dates where not given.")
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            "--key", metavar="COLUMN", help="Which series (else series_key; without it all is one series)."
        ),
    ] = None,
    period: Annotated[
        str, typer.Option("--period", metavar="COLUMN", help="Day, or first day of the week: 2026-10-31.")
    ] = "period",
    value: Annotated[str, typer.Option("--value", metavar="COLUMN", help="What is forecast.")] = "value",
    static: Annotated[
        str | None, typer.Option("--static", metavar="A,B", help="Columns that say what a series is.")
    ] = None,
    known: Annotated[
        str | None,
        typer.Option("--known", metavar="A,B", help="Columns that are known ahead; --future has them."),
    ] = None,
    future: Annotated[
        Path | None, typer.Option("--future", metavar="FILE", help="Known columns of the periods ahead.")
    ] = None,
    series: Annotated[
        list[str] | None,
        typer.Option(
            "--series", metavar="KEY", help="Give and draw only this one; repeatable. All are learnt from."
        ),
    ] = None,
    levels: Annotated[
        str, typer.Option("--levels", metavar="A,B", help="Shares of what comes that bounds cover.")
    ] = "0.8,0.95",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of what is drawn.")] = 0,
    backtest: Annotated[
        bool,
        typer.Option(
            "--backtest", help="Instead: errors on past periods, beside those of statistical methods."
        ),
    ] = False,
    origins: Annotated[int, typer.Option("--origins", min=1, help="Past origins of --backtest.")] = 3,
    picture: Annotated[
        Path | None,
        typer.Option("--picture", metavar="FILE", help="Draw actuals, forecast and bounds into a PNG."),
    ] = None,
    limit: Limit = None,
    format_: Format = None,
    out: Out = None,
) -> None:
    """Forecast the series of a file, with bounds; no lake is needed."""
    from saleslake_flows import forecasting, output, series_file

    goes, drawn = output.elsewhere(format_, out, limit), output.picture_file(picture)
    wanted = forecasting.Wanted(
        series_file.Names(key, period, value, _listed(static), _listed(known)),
        *(freq, horizon, forecasting.shares(levels), seed, series or [], origins if backtest else None),
    )
    forecasting.forecast(ctx.obj, file, future, wanted, goes, drawn)


def _listed(names: str | None) -> list[str]:
    return [name.strip() for name in names.split(",") if name.strip()] if names else []
