"""The study of customers: what is to be expected of each in the next 90 days, and how good that was the last
time."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from importlib.metadata import version

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.customers.future import Future, foresee
from saleslake_processor.customers.scoring import score
from saleslake_processor.learnt.forecasts.days import CLOSED_DAYS
from saleslake_processor.learnt.frames import FRAMES
from saleslake_processor.learnt.study import Lessons, Study, Tell

HORIZON_DAYS = 90
SEED = 1

NAMES = ("customer_forecast", "customer_accuracy")

_BY_CUSTOMER_DAY = "sums/date_customer"
_LIBRARIES = ("lightgbm", "numpy", "polars", "scipy")


def learn(inputs: Mapping[str, pl.DataFrame], _: Lessons, tell: Tell) -> Lessons:
    """The future of the known customers of all companies, after each company's last closed day."""
    rows = {name: [pl.DataFrame(schema=FRAMES[name])] for name in NAMES}
    documents: dict[str, str] = {}
    closed = inputs[CLOSED_DAYS].sort("company").select("company", "closed_date")
    for company, as_of in closed.iter_rows():
        bought = orders(inputs[_BY_CUSTOMER_DAY], company, as_of)
        if bought.is_empty():
            continue
        tell(f"customers of {company}")
        future = foresee(bought, as_of, HORIZON_DAYS, SEED)
        about = {"company": company, "as_of": as_of, "horizon_days": HORIZON_DAYS}
        _add(rows, "customer_forecast", future.customers, about)
        scores = score(bought, as_of, HORIZON_DAYS, seed=SEED)
        start = as_of - timedelta(days=HORIZON_DAYS)
        held_out = {"held_out_from": start + timedelta(days=1), "held_out_until": as_of}
        _add(rows, "customer_accuracy", scores, {**about, **held_out})
        documents[_name(company)] = _document(future, bought, company, as_of)
    return Lessons({name: pl.concat(parts) for name, parts in rows.items()}, documents)


CUSTOMERS = Study("customers", (_BY_CUSTOMER_DAY, CLOSED_DAYS), NAMES, learn)


def orders(sums: pl.DataFrame, company: str, as_of: date) -> pl.DataFrame:
    """What known customers bought and took back until a day, as `customers.predict` takes it.

    A return counts on its own day, as it was then known; in `net_amount` it is one of the day of the sale.
    """
    own = (pl.col("company") == company) & (pl.col("customer_key") != keys.UNKNOWN)
    until = (pl.col("counted") > 0) & (pl.col("date") <= as_of)
    return (
        sums.filter(own & until)
        .select("customer_key", "date", amount=pl.col("sales_amount") - pl.col("refunded_amount"))
        .sort("customer_key", "date")
    )


def _add(
    rows: dict[str, list[pl.DataFrame]], name: str, found: pl.DataFrame, about: Mapping[str, object]
) -> None:
    whole = found.with_columns(pl.lit(value).alias(key) for key, value in about.items())
    rows[name].append(whole.select(_kept(column, dtype) for column, dtype in FRAMES[name].items()))


def _kept(column: str, dtype: pl.DataType) -> pl.Expr:
    rounded = pl.col(column).round(MONEY.scale) if dtype == MONEY else pl.col(column)
    return rounded.cast(dtype)


def _name(company: str) -> str:
    return f"customers-{hashlib.sha256(company.encode()).hexdigest()[:12]}"


def _document(future: Future, bought: pl.DataFrame, company: str, as_of: date) -> str:
    """How it was learnt; the trees themselves are made again of the same orders, seed and libraries."""
    rows = "\n".join(repr(row) for row in bought.iter_rows())
    mix = asdict(future.mix) if future.mix else {}
    about = {
        "company": company,
        "as_of": as_of.isoformat(),
        "horizon_days": HORIZON_DAYS,
        "learnt_days": future.learnt_days,
        "cut_offs": future.cut_offs,
        "seed": SEED,
        "data_hash": hashlib.sha256(rows.encode()).hexdigest()[:16],
        "mix": {name: getattr(value, "tolist", lambda value=value: value)() for name, value in mix.items()},
        "libraries": {name: version(name) for name in _LIBRARIES},
    }
    return json.dumps(about, indent=1, sort_keys=True)
