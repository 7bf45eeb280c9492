"""The facts of a company, from what raw batches say: in plain Python, added up by DuckDB."""

from collections import defaultdict
from datetime import date
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import polars_hash  # noqa: F401 (registers the `nchash` namespace)

from tests.e2e.plain_raw import Profile, Told
from tests.property.plain_amounts import TICKS, rounded
from tests.property.plain_python import Core

Row = dict[str, Any]

UNCOVERED = object()
"""Of a column that is not worked out here."""

_MEMBERS = ("product", "customer", "store", "place", "salesperson", "account")
_SUMS = (
    *("units", "gross_amount", "discount_amount", "sales_amount", "returned_units", "returned_amount"),
    *("net_amount", "refunded_amount", "cost_amount", "margin_amount", "uncosted_amount", "tax_amount"),
    *("freight_amount", "total_amount"),
)
GRAINS = {
    "sales_daily": ("date", "store_key", "category_key"),
    "sales_by_product": ("month", "product_key"),
    "sales_by_store": ("month", "store_key"),
    "sales_by_region": ("month", "region_key"),
    "refresh_info": (),
}


class Facts:
    """The facts of one company in one lake, and their sums; amounts in ticks."""

    def __init__(self, lake: Path, sources: list[Path]) -> None:
        profiles = [Profile(file) for file in sources]
        self.company = profiles[0].company
        said = profiles[-1].said
        self.reporting = next(
            (p.said["reporting_currency"] for p in profiles if "reporting_currency" in p.said),
            said["currency"],
        )
        self.told = Told(lake, profiles)
        self.now: dict[str, dict[str, Row]] = defaultdict(dict, self.told.now)
        for event in self.now["return"].values():
            event.setdefault("return_date", None)
        self.keys: dict[tuple[str, str], int] = {}
        for entity, known in self.now.items():
            self._hash(entity, list(known))
        for entity in {entity for entity, _ in self.told.named}:
            self._hash(entity, [id for name, id in self.told.named if name == entity])
        places = self.now["place"].values()
        regions = {
            f"{at.get('country') or ''}|{at['region']}": at for at in places if at.get("region") is not None
        }
        self._hash("region", list(regions))
        self.regions = {self.keys["region", name]: at for name, at in regions.items()}
        self.core = Core(self.now, self.keys, self.reporting)
        self.ids = {(entity, key): id for (entity, id), key in self.keys.items()}
        self._back: dict[str, list[Row]] = defaultdict(list)
        for back in self.core.back:
            if back["line_id"] is not None:
                self._back[back["line_id"]].append(back)

    def _hash(self, entity: str, ids: list[str]) -> None:
        texts = pl.Series([f"{self.company}\x1f{entity}\x1f{id}" for id in ids], dtype=pl.String)
        hash: pl.Expr = pl.col("text").nchash.xxh3_64()  # type: ignore[attr-defined]  # registered above
        hashed = pl.DataFrame({"text": texts}).select(hash.reinterpret(signed=True)).to_series()
        self.keys.update(zip(((entity, id) for id in ids), hashed.to_list(), strict=True))

    def key(self, entity: str, id: str | None) -> int:
        return 0 if id is None else self.keys[entity, id]

    def _at(self, row: Row) -> Row:
        return {
            f"{name}_key": self.key(name, row.get(f"{name}_id"))
            for name in (*_MEMBERS[:-1], "category", "region")
        }

    def sale(self, id: str) -> Row:
        """A row of fact_sales, amounts in ticks."""
        line = self.core.sold[id]
        counted = line["counted"]
        back = self._back[id]
        quantity = int(Fraction(line["quantity"]) * TICKS)
        refunded, cost = sum(each["refunded"] for each in back), line["cost"]
        kept = None if cost is None else cost - sum(each["cost"] for each in back)
        net = line["sales"] - refunded

        def counts(ticks: Any) -> Any:
            return ticks if counted or ticks is None else 0

        amounts = {name: counts(line[name]) for name in ("gross", "discount", "sales", "tax", "freight")}
        original = {f"original_{name}": counts(line[f"original_{name}"]) for name in amounts}
        order = self.now["order"].get(line["order_id"], {})
        status = "cancelled" if not counted else line.get("status") or order.get("status") or "completed"
        shipped = [row.get("ship_date") for row in (line, order)]
        ship_date = shipped[0] or shipped[1]
        return {
            **self._at(line),
            "order_line_key": line["key"],
            "order_key": self.key("order", line["order_id"])
            if ("order", line["order_id"]) in self.keys
            else UNCOVERED,
            "order_id": line["order_id"],
            "order_line_id": id,
            "order_date": line["order_date"],
            "status": status,
            "promotion": line.get("promotion"),
            "ship_mode": line.get("ship_mode") or order.get("ship_mode"),
            "ship_date": ship_date,
            "ship_days": (ship_date - line["order_date"]).days if ship_date else None,
            "currency": self.reporting,
            "original_currency": line["of"],
            "exchange_rate": float(line["rate"]),
            "quantity": counts(quantity),
            "returned_quantity": int(sum(each["units"] for each in back) * TICKS),
            "returned_amount": refunded,
            "net_amount": counts(net),
            "sales_cost_amount": counts(cost),
            "cost_amount": counts(kept),
            "margin_amount": None if cost is None else counts(net - (kept or 0)),
            "uncosted_amount": counts(net) if cost is None else 0,
            "unit_price": rounded(Fraction(line["gross"], quantity), 4),
            **{f"{name}_amount": ticks for name, ticks in (amounts | original).items()},
            "total_amount": amounts["sales"] + amounts["tax"] + amounts["freight"],
            "original_total_amount": original["original_sales"]
            + original["original_tax"]
            + original["original_freight"],
            "cancelled_quantity": 0 if counted else quantity,
            "cancelled_amount": 0 if counted else line["sales"],
        }

    def back(self, row: Row) -> Row:
        """A row of fact_returns."""
        event = self.now["return"][row["return_id"]]
        return {
            **self._at(row),
            "return_key": self.keys["return", row["return_id"]],
            "order_line_key": self.key("order_line", row["line_id"]),
            "return_id": row["return_id"],
            "return_date": row["return_date"],
            "order_date": row["order_date"],
            "reason": event.get("reason"),
            "sale_known": row["line_id"] is not None,
            "currency": self.reporting,
            "original_currency": row["of"],
            "quantity": int(row["units"] * TICKS),
            "refunded_amount": row["refunded"],
            "original_refunded_amount": row["original_refunded"],
            "cost_amount": row["cost"],
            "order_id": self.core.sold[row["line_id"]]["order_id"] if row["line_id"] else UNCOVERED,
        }

    @cached_property
    def returns(self) -> dict[tuple[int, int], Row]:
        rows = (self.back(row) for row in self.core.back)
        return {(row["return_key"], row["order_line_key"]): row for row in rows}

    @cached_property
    def sums(self) -> dict[str, dict[tuple[Any, ...], Row]]:
        """Marts by key, as DuckDB adds them up; amounts in ticks."""
        given: list[tuple[Any, ...]] = []
        at = ("product_key", "store_key", "category_key", "region_key", "customer_key")
        for id in self.core.sold:
            row = self.sale(id)
            counted = int(row["status"] != "cancelled")
            of = {
                **{name: row.get(name) or 0 for name in _SUMS},
                "units": row["quantity"],
                "returned_units": row["returned_quantity"],
                "refunded_amount": 0,
            }
            order = row["order_id"] if counted else None
            given.append(
                (row["order_date"], *(row[name] for name in at), order, counted, counted, *of.values())
            )
        for (_, line), row in self.returns.items():
            lost = line == 0
            worth, cost = (row["refunded_amount"], row["cost_amount"]) if lost else (0, 0)
            of = dict.fromkeys(_SUMS, 0) | {
                "refunded_amount": row["refunded_amount"],
                "returned_units": row["quantity"] if lost else 0,
                "returned_amount": worth,
                "net_amount": -worth,
                "cost_amount": -(cost or 0),
                "margin_amount": 0 if cost is None else cost - worth,
                "uncosted_amount": -worth if cost is None else 0,
            }
            counted = int(lost or row["quantity"] > 0)
            given.append((row["return_date"], *(row[name] for name in at), None, counted, 0, *of.values()))
        names = ["date", *at, "order_id", "counted", "lines", *_SUMS]
        types = {"date": pl.Date, "order_id": pl.String}
        facts = pl.DataFrame(given, schema={name: types.get(name, pl.Int64) for name in names}, orient="row")
        lake = duckdb.connect()
        lake.register("facts", facts.to_arrow())
        known = "count(distinct case when lines > 0 and customer_key <> 0 then customer_key end) as customers"
        added = ", ".join(f"sum({name}) as {name}" for name in ("lines", *_SUMS))
        found: dict[str, dict[tuple[Any, ...], Row]] = {}
        for table, grain in GRAINS.items():
            by = ", ".join(grain) or "1 as one"
            query = f"""select {by}, {added}, count(distinct order_id) as orders, {known},
                min(date) filter (counted > 0) as first_date, max(date) filter (counted > 0) as last_date
                from (select *, date_trunc('month', date)::date as month from facts)
                {f"group by {by}" if grain else ""} having sum(counted) > 0"""
            result = lake.execute(query)
            columns = [column[0] for column in result.description]
            rows = [dict(zip(columns, values, strict=True)) for values in result.fetchall()]
            found[table] = {tuple(row[name] for name in grain): row for row in rows}
        self._ranked(found["sales_by_product"])
        for table in ("sales_by_product", "sales_by_store", "sales_by_region"):
            months: dict[date, int] = defaultdict(int)
            for row in found[table].values():
                months[row["month"]] += row["net_amount"]
            for row in found[table].values():
                total = months[row["month"]]
                row["share_rate"] = float(row["net_amount"]) / float(total) if total > 0 else None
        return found

    def _ranked(self, rows: dict[tuple[Any, ...], Row]) -> None:
        months: dict[date, list[Row]] = defaultdict(list)
        for row in rows.values():
            months[row["month"]].append(row)
        for of_month in months.values():
            best = sorted(
                of_month,
                key=lambda row: (
                    -row["net_amount"],
                    self.ids.get(("product", row["product_key"]), ""),
                    row["product_key"],
                ),
            )
            total, ahead = sum(row["net_amount"] for row in best), 0
            for rank, row in enumerate(best, 1):
                row["rank"] = rank
                row["abc_class"] = (
                    "C"
                    if total <= 0 or ahead * 100 >= total * 95
                    else "B"
                    if ahead * 100 >= total * 80
                    else "A"
                )
                ahead += row["net_amount"]
