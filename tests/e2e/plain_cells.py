"""What cells of gold should hold, from what raw batches say: one after the other, by their key."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.e2e.plain_facts import GRAINS, UNCOVERED, Facts, Row
from tests.property.plain_rates import currency

_CENTS = Decimal("0.0001")


def money(ticks: Any) -> Decimal | None:
    return None if ticks is None else Decimal(int(ticks)).scaleb(-4)


class Cells(Facts):
    """The cells of one company in one lake."""

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
                found = self.sums[table][tuple(row[name] for name in GRAINS[table])]
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
