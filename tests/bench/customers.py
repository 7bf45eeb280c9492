"""Each customer's future, of real shops and the demo shop, beside `lifetimes` (BG/NBD and gamma-gamma) and
naive.

    python tests/bench/run.py customers [--shop NAME] [--seed 1]

The public sets lie outside this repository; one that is not there is left out. Purchases are customer days,
net of what was taken back. At each cut-off all is predicted of what was known then, and compared with what
came.

- MAE: of the median, RMSE: of the mean, Spearman and deciles: by the mean (`customers.score` says how).
- `lifetimes` is asked for one figure, expected purchases times expected amount, for mean and median alike;
  each of its two fits with the least penalty of 0, 0.001, 0.01, ... 10 under which it converges and all
  answers are finite.
- CPU seconds are those of fitting and predicting, once.
"""

import argparse
import contextlib
import io
import os
import tempfile
import time
import warnings
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demo_shop.exports import write
from demo_shop.seasons import FIRST_DAY
from saleslake_processor.customers import predict
from saleslake_processor.customers.scoring import errors

Floats = NDArray[np.float64]

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("SALESLAKE_DATA", ROOT.parent / "shared" / "data"))
PENALTIES = (0.0, 0.001, 0.01, 0.1, 1.0, 10.0)
_DEMO_UNTIL = date(2026, 10, 31)
_DEMO_SEED = 20


def online_retail(data: Path) -> pl.DataFrame:
    """UCI Online Retail: a year of a wholesaler of gifts, lines that name a customer; C invoices take
    back."""
    lines = pl.scan_parquet(data / "online_retail" / "online_retail.parquet")
    return _days(
        lines.filter(pl.col("CustomerID").is_not_null(), pl.col("InvoiceNo").str.contains(r"^C?\d")).select(
            customer_key=pl.col("CustomerID").cast(pl.Int64),
            date=pl.col("InvoiceDate").str.slice(0, 10).str.to_date(),
            amount=pl.col("Quantity") * pl.col("UnitPrice"),
        )
    )


def adventureworks(data: Path) -> pl.DataFrame:
    """AdventureWorks: three years of a maker of bicycles, to people and to 600 shops."""
    folder = data / "adventureworks_oltp"
    # Its own key column reads as a date there; the rows stand in the same order.
    heads = pl.read_excel(folder / "SalesOrderHeader.xlsx").lazy()
    return _days(
        heads.select(
            customer_key=pl.col("CustomerID").cast(pl.Int64),
            date=pl.col("OrderDate").cast(pl.Date),
            amount=pl.col("SubTotal").cast(pl.Float64),
        )
    )


def superstore(data: Path) -> pl.DataFrame:
    """Superstore: four years, 793 customers."""
    lines = pl.scan_csv(data / "superstore" / "Sample - Superstore.csv", encoding="utf8-lossy")
    return _days(
        lines.select(
            customer_key="Customer ID",
            date=pl.col("Order Date").str.to_date("%m/%d/%Y"),
            amount="Sales",
        )
    )


def demo_shop(_: Path) -> pl.DataFrame:
    """The demo shop, 36 months: its sales as they were corrected last, without tax, less the returns of a
    day."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), _DEMO_SEED, _DEMO_UNTIL, since=FIRST_DAY)
        sales, returns = (_text(Path(folder) / name) for name in ("sales", "returns"))
        number = pl.col("quantity").cast(pl.Float64, strict=False)
        price = _decimal("unit_price") * (1 - _decimal("discount_rate")) / 1.2
        last = (
            sales.sort("updated_at")
            .unique(["order_id", "line"], keep="last", maintain_order=True)
            .filter(pl.col("status") != "cancelled", number > 0, pl.col("customer_id") != "")
            .select(
                "order_id",
                "line",
                customer_key="customer_id",
                date=_day("order_date"),
                price=price,
                amount=number * price,
            )
        )
        back = (
            returns.sort("updated_at")
            .unique("return_id", keep="last", maintain_order=True)
            .join(last, on=["order_id", "line"])
            .select("customer_key", date=_day("return_date"), amount=-number * pl.col("price"))
        )
        return _days(pl.concat([last.select("customer_key", "date", "amount"), back]))


SHOPS: dict[str, Callable[[Path], pl.DataFrame]] = {
    "online_retail": online_retail,
    "adventureworks_oltp": adventureworks,
    "superstore": superstore,
    "demo_shop": demo_shop,
}


def _days(rows: pl.LazyFrame) -> pl.DataFrame:
    whole = rows.drop_nulls().group_by("customer_key", "date").agg(pl.col("amount").sum())
    return whole.sort("customer_key", "date").collect()


def _text(folder: Path) -> pl.LazyFrame:
    return pl.scan_csv(f"{folder}/*.csv", separator=";", infer_schema=False)


def _decimal(column: str) -> pl.Expr:
    return pl.col(column).str.replace(",", ".").cast(pl.Float64, strict=False)


def _day(column: str) -> pl.Expr:
    return pl.col(column).str.to_date("%d/%m/%Y", strict=False)


CASES: dict[str, tuple[tuple[date, int], ...]] = {
    "online_retail": (
        *((date(2011, 7, 10), 90), (date(2011, 8, 10), 90), (date(2011, 9, 10), 90)),
        *((date(2011, 5, 15), 180), (date(2011, 6, 12), 180)),
    ),
    "adventureworks_oltp": (
        *((date(2013, 9, 30), 90), (date(2013, 12, 31), 90), (date(2014, 3, 31), 90)),
        *((date(2013, 6, 30), 180), (date(2013, 12, 31), 180)),
    ),
    "superstore": (
        *((date(2018, 10, 1), 90), (date(2019, 7, 1), 90), (date(2019, 10, 1), 90)),
        *((date(2018, 12, 31), 180), (date(2019, 7, 3), 180)),
    ),
    "demo_shop": (
        *((date(2025, 10, 31), 90), (date(2026, 5, 1), 90), (date(2026, 8, 2), 90)),
        *((date(2025, 11, 1), 180), (date(2026, 5, 4), 180)),
    ),
}
"""Cut-off and horizon in days."""

HEADER = ("cut-off", "days", "customers", "method", "MAE", "RMSE", "Spearman", "total", "deciles", "CPU s")


def measured(orders: pl.DataFrame, cut: date, days: int, seed: int) -> dict[str, dict[str, float | None]]:
    """Errors by method, and CPU seconds."""
    known = orders.filter(pl.col("date") <= cut)
    customers = known.select("customer_key").unique().sort("customer_key")
    came = spent(orders, customers, cut, cut + timedelta(days=days))
    found: dict[str, dict[str, float | None]] = {}
    begun = time.process_time()
    told = predict(orders, cut, days, seed=seed)
    mean, median = told["expected_spend_mean"].to_numpy(), told["expected_spend_median"].to_numpy()
    found["saleslake"] = {**errors(mean, median, came), "cpu": time.process_time() - begun}
    begun = time.process_time()
    peer = of_lifetimes(known, customers, cut, days)
    cpu = time.process_time() - begun
    if peer is not None:
        found["lifetimes"] = {**errors(peer, peer, came), "cpu": cpu}
    naive = spent(orders, customers, cut - timedelta(days=days), cut)
    found["naive"] = {**errors(naive, naive, came), "cpu": 0.0}
    return found


def spent(orders: pl.DataFrame, customers: pl.DataFrame, after: date, until: date) -> Floats:
    within = orders.filter(pl.col("date") > after, pl.col("date") <= until)
    sums = within.group_by("customer_key").agg(pl.col("amount").sum())
    told = customers.join(sums, on="customer_key", how="left", maintain_order="left")
    return told["amount"].fill_null(0.0).to_numpy()


def of_lifetimes(known: pl.DataFrame, customers: pl.DataFrame, cut: date, days: int) -> Floats | None:
    """Expected purchases times expected amount; None where no penalty helps."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        # It divides by zero on its way, is written for older pandas, and prints where it fails.
        warnings.simplefilter("ignore")
        from lifetimes import BetaGeoFitter, GammaGammaFitter
        from lifetimes.utils import summary_data_from_transaction_data

        bought = known.filter(pl.col("amount") > 0).to_pandas()
        told = summary_data_from_transaction_data(
            bought, "customer_key", "date", monetary_value_col="amount", observation_period_end=cut
        )
        again = told[told.frequency > 0]

        def number(penalty: float) -> object:
            law = BetaGeoFitter(penalizer_coef=penalty).fit(told.frequency, told.recency, told["T"])
            return law.conditional_expected_number_of_purchases_up_to_time(
                days, told.frequency, told.recency, told["T"]
            )

        def amount(penalty: float) -> object:
            law = GammaGammaFitter(penalizer_coef=penalty).fit(again.frequency, again.monetary_value)
            return law.conditional_expected_average_profit(told.frequency, told.monetary_value)

        parts = [first_finite(number), first_finite(amount)]
    if parts[0] is None or parts[1] is None:
        return None
    said = pl.DataFrame({"customer_key": told.index.to_numpy(), "said": parts[0] * parts[1]})
    said = said.cast({"customer_key": customers.schema["customer_key"]})
    joined = customers.join(said, on="customer_key", how="left", maintain_order="left")
    return joined["said"].fill_null(0.0).to_numpy()


def first_finite(asked: Callable[[float], object]) -> Floats | None:
    """The answer under the least penalty under which it is one for everybody."""
    for penalty in PENALTIES:
        try:
            said = np.asarray(asked(penalty), dtype=np.float64)
        except Exception:
            # Its own ConvergenceError, and those of what it calls.
            continue
        if np.isfinite(said).all():
            return said
    return None


def line(*cells: object) -> str:
    texts = [
        "-" if cell is None else f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in cells
    ]
    return "  ".join(text.rjust(max(len(name), 10)) for text, name in zip(texts, HEADER, strict=True))


def against(model: dict[str, float | None], peer: dict[str, float | None]) -> str:
    """The ratios that the targets are said in."""

    def ratio(name: str) -> str:
        ours, theirs = model[name], peer[name]
        return "-" if ours is None or not theirs or theirs < 0 else f"{ours / theirs:.2f}"

    total, deciles = model["total_error_rate"], model["decile_error_rate"]
    return (
        f"    to lifetimes: MAE {ratio('median_absolute_error')} (target 0.85), "
        f"RMSE {ratio('mean_squared_error_root')} (0.97), Spearman {ratio('rank_correlation')} (1.12); "
        f"total {total:+.1%} (5 %), deciles {deciles:.1%} (15 %)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--shop", choices=SHOPS, action="append", help="one of them (all)")
    parser.add_argument("--seed", type=int, default=1, help="of the trees (%(default)s)")
    options = parser.parse_args()
    for name in options.shop or SHOPS:
        if name != "demo_shop" and not (DATA / name).exists():
            print(f"\n{name}: not there")
            continue
        orders = SHOPS[name](DATA)
        print(f"\n{name}: {orders['customer_key'].n_unique():,} customers, {orders.height:,} customer days")
        print(line(*HEADER))
        for cut, days in CASES[name]:
            found = measured(orders, cut, days, options.seed)
            known = orders.filter(pl.col("date") <= cut)["customer_key"].n_unique()
            for method, told in found.items():
                print(line(str(cut), str(days), str(known), method, *told.values()))
            if "lifetimes" in found:
                print(against(found["saleslake"], found["lifetimes"]), flush=True)


if __name__ == "__main__":
    main()
