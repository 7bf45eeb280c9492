"""What cells of gold should hold, from what raw batches say: facts in plain Python, added up by DuckDB."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
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
from tests.property.plain_rates import currency

Row = dict[str, Any]

UNCOVERED = object()
"""Of a column that is not worked out here."""

_MEMBERS = ("product", "customer", "store", "place", "salesperson", "account")
_SUMS = (
    *("units", "gross_amount", "discount_amount", "sales_amount", "returned_units", "returned_amount"),
    *("net_amount", "refunded_amount", "cost_amount", "margin_amount", "uncosted_amount", "tax_amount"),
    *("freight_amount", "total_amount"),
)
_GRAINS = {
    "sales_daily": ("date", "store_key", "category_key"),
    "sales_by_product": ("month", "product_key"),
    "sales_by_store": ("month", "store_key"),
    "sales_by_region": ("month", "region_key"),
    "refresh_info": (),
}
_CENTS = Decimal("0.0001")


def money(ticks: Any) -> Decimal | None:
    return None if ticks is None else Decimal(int(ticks)).scaleb(-4)


class Cells:
    """The cells of one company in one lake."""

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
        hash: pl.Expr = pl.col("text").nchash.xxh3_64()  # type: ignore[attr-defined]
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
        for table, grain in _GRAINS.items():
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

    def name(self, entity: str, key: int) -> str:
        """What a member is called."""
        if key == 0:
            return "unknown"
        id = self.ids[entity, key]
        member = self.now[entity].get(id, {})
        parts = " ".join(part for part in (member.get("first_name"), member.get("last_name")) if part)
        town = (
            self.now["place"].get(member.get("place_id") or "", {}).get("city") if entity == "store" else None
        )
        return member.get("name") or parts or town or id

    def member(self, entity: str, key: int, column: str) -> Any:
        """A value of a dimension's row."""
        if key == 0:
            return UNCOVERED
        id = self.ids.get((entity, key))
        if id is None:
            return None
        row = self.now[entity].get(id, {})
        product = entity == "product"
        root = self.core.root(row.get("category_id")) if product else None
        match column:
            case "company":
                return self.company
            case "name":
                return self.name(entity, key)
            case "is_inferred":
                return not row
            case "region" if entity == "place":
                return row.get("region") or "unknown"
            case "place_key":
                return key if entity == "place" else self.key("place", row.get("place_id"))
            case "category_key":
                return self.key("category", root)
            case "category":
                return self.name("category", self.key("category", root))
            case "subcategory":
                own = row.get("category_id")
                return None if own == root else self.name("category", self.key("category", own))
            case "currency":
                return currency(row) if row else None
            case "list_price" | "unit_cost":
                return None if row.get(column) is None else row[column].quantize(_CENTS, ROUND_HALF_UP)
            case "team":
                team = row.get("team_id")
                return team and self.name("team", self.key("team", team))
        if column == f"{entity}_id":
            return id
        return key if column == f"{entity}_key" else row.get(column)

    def opportunity(self, key: int, column: str) -> Any:
        id = self.ids["opportunity", key]
        row = self.now["opportunity"][id]
        closed, begun = row.get("close_date"), row.get("engage_date") or row.get("attribution_date")
        done = row["status"] in ("signed", "lost")
        match column:
            case "cycle_days":
                days = (closed - begun).days if done and closed and begun else None
                return days if days is not None and days >= 0 else None
            case "opportunity_amount" | "original_opportunity_amount" | "exchange_rate" if (
                currency(row) != self.reporting
            ):
                return UNCOVERED
            case "opportunity_amount" | "original_opportunity_amount":
                return (
                    None
                    if row.get("opportunity_amount") is None
                    else row["opportunity_amount"].quantize(_CENTS, ROUND_HALF_UP)
                )
            case "exchange_rate":
                return 1.0
            case "currency" | "original_currency":
                return self.reporting if column == "currency" else currency(row)
            case "company":
                return self.company
            case "opportunity_key":
                return key
        if column.endswith("_key"):
            return self.key(column[:-4], row.get(f"{column[:-4]}_id"))
        return row.get(column)

    def cell(self, table: str, row: Row, column: str) -> Any:
        """What the cell of a gold row should hold: its key is believed, nothing else."""
        if column == "company" and table != "fact_opportunities":
            return self.company if row["company"] else UNCOVERED
        if table.startswith("dim_") and table != "dim_date":
            entity = table.removeprefix("dim_")
            return self.member(entity, row[f"{entity}_key"], column)
        match table:
            case "dim_date":
                return _calendar(row["date"], column)
            case "fact_sales":
                return _typed(
                    self.sale(self.ids["order_line", row["order_line_key"]]).get(column, UNCOVERED), column
                )
            case "fact_returns":
                return _typed(
                    self.returns[row["return_key"], row["order_line_key"]].get(column, UNCOVERED), column
                )
            case "fact_opportunities":
                return self.opportunity(row["opportunity_key"], column)
            case "sales_daily" | "sales_by_product" | "sales_by_store" | "sales_by_region":
                found = self.sums[table][tuple(row[name] for name in _GRAINS[table])]
                return self._of_mart(table, row, found, column)
            case "refresh_info":
                of_all: Row = next(iter(self.sums[table].values()), {})
                if of_all and column == "as_of":
                    return of_all["last_date"] + timedelta(days=1)
                return _typed(of_all.get(column, UNCOVERED), column)
            case "run_results":
                of_all = next(iter(self.sums["refresh_info"].values()), {})
                if column != "value" or row["analysis"] not in of_all:
                    return UNCOVERED
                value = of_all[row["analysis"]]
                return Decimal(value) if row["analysis"] in ("lines", "orders", "customers") else money(value)
            case "batch_ledger":
                counts = self.told.counts.get(
                    (row["source"], row["batch"], row["raw_table"], row["entity"]), {}
                )
                names = {"seen": "seen", "ignored": "ignored", "quarantined": "refused"}
                return counts.get(names.get(column, ""), UNCOVERED)
        return UNCOVERED

    def _of_mart(self, table: str, row: Row, found: Row, column: str) -> Any:
        match column:
            case "product" | "store":
                return self.name(column, row[f"{column}_key"])
            case "category":
                key = (
                    row["category_key"]
                    if table == "sales_daily"
                    else self.member("product", row["product_key"], "category_key")
                )
                return "unknown" if key is UNCOVERED else self.name("category", key)
            case "region" | "country":
                at = self.regions.get(row["region_key"], {})
                return at.get(column) if at or column == "country" else "unknown"
        return _typed(found.get(column, UNCOVERED), column)


def _typed(value: Any, column: str) -> Any:
    """Ticks as amounts."""
    is_money = column.endswith(("_amount", "quantity", "units", "unit_price"))
    return money(value) if is_money and value is not UNCOVERED else value


def _calendar(day: date, column: str) -> Any:
    return {
        "date": day,
        "year": day.year,
        "quarter": (day.month + 2) // 3,
        "month": day.replace(day=1),
        "month_number": day.month,
        "month_name": f"{day:%B}",
        "week": day.isocalendar().week,
        "weekday": day.isoweekday(),
        "weekday_name": f"{day:%A}",
        "is_weekend": day.isoweekday() > 5,
        "fiscal_year": day.year,
        "fiscal_quarter": (day.month + 2) // 3,
        "fiscal_month": day.month,
    }[column]
