"""Of what a value comes that no order line alone makes: a model, and the data that it was made of."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from saleslake_processor.learnt.frames import PREFIX
from saleslake_processor.marts.mart import Mart
from saleslake_processor.why.reading import Known


def learnt_of(known: Known, mart: Mart, row: Mapping[str, Any]) -> tuple[str, ...]:
    """What is to be said of a row that names the model that it was learnt by; nothing of others."""
    if "model" not in row or not any(name.startswith(PREFIX) for name in mart.inputs):
        return ()
    models = known.records[f"{PREFIX}forecast_models"].filter(pl.col("model") == row["model"]).collect()
    return tuple(
        f"learnt by model {each['model']} ({each['method']}) of {each['series']} series, {each['kpi']} by "
        f"{each['freq']} from {each['first_period']} to {each['last_period']}, data hash "
        f"{each['data_hash']}; its document lies in the folder models of the lake, and no order line alone "
        "proves it"
        for each in models.iter_rows(named=True)
    )
