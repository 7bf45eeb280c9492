"""Targets beside what came of them: by month and member, and added up over longer periods."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from saleslake_processor.reference.apply import Reference
from saleslake_processor.reference.lines import Line
from tests.property.memory_lake import COMPANY, Event
from tests.unit.processor.derived import event, taken
from tests.unit.processor.gold import built, given

Row = dict[str, Any]


def target(month: str, value: str, kpi: str = "net_sales", **member: str) -> Line:
    said = {"company": COMPANY, "month": month, "kpi": kpi, "value": value, **member}
    return Line(file="targets", said=said | {"author": "Ann", "date": "2025-12-01", "reason": "plan"})


def sale(identifier: str, day: date, price: str, **said: str) -> Event:
    fields = {"order_id": identifier, "product_id": "p", "quantity": "1", "unit_price": price}
    return event("order_line", identifier, order_date=day, **fields, **said)


def tables(*events: Event, targets: list[Line], fiscal_year_start: int = 1) -> dict[str, list[Row]]:
    references = {COMPANY: Reference(tuple(targets))}
    frames = given(taken(*events), fiscal_year_start, references)
    return {name: table.to_dicts() for name, table in built(frames).items()}


def kpi(rows: list[Row], grain: str, period: date, name: str = "net_sales") -> tuple[Any, Any]:
    [row] = [row for row in rows if (row["grain"], row["period"], row["kpi"]) == (grain, period, name)]
    return row["target"], row["attainment_rate"]


SOLD = [sale(f"s{month}", date(2026, month, 15), "50", salesperson_id="e") for month in range(1, 7)]
PLAN = [target(f"2026-{month:02d}", "40") for month in range(1, 7)]


@pytest.mark.parametrize(
    ("grain", "period", "aimed"),
    [
        ("month", date(2026, 3, 1), 40),
        ("quarter", date(2026, 1, 1), 120),
        ("year_to_date", date(2026, 5, 1), 200),
        ("fiscal_quarter", date(2026, 2, 1), 120),
        ("fiscal_year_to_date", date(2026, 4, 1), 120),
        # The fiscal year began in November, of which there is no target.
        ("fiscal_year_to_date", date(2026, 1, 1), None),
        ("day", date(2026, 3, 15), None),
        ("week", date(2026, 3, 9), None),
    ],
)
def test_targets_of_months_add_up(grain: str, period: date, aimed: int | None):
    rows = tables(*SOLD, targets=PLAN, fiscal_year_start=2)["kpis"]
    found, attained = kpi(rows, grain, period)
    assert found == aimed
    assert (attained is None) == (aimed is None)


def test_a_period_without_one_of_its_months_has_no_target():
    rows = tables(*SOLD, targets=[each for each in PLAN if each.said["month"] != "2026-02"])["kpis"]
    assert kpi(rows, "quarter", date(2026, 1, 1)) == (None, None)
    assert kpi(rows, "year_to_date", date(2026, 3, 1)) == (None, None)
    assert kpi(rows, "quarter", date(2026, 4, 1)) == (120, 1.25)


def test_the_last_12_months_add_up_12_targets():
    sold = [sale(f"s{month}", date(2025, month, 3), "10") for month in range(1, 13)]
    plan = [target(f"2025-{month:02d}", "20") for month in range(1, 13)]
    assert kpi(tables(*sold, targets=plan)["kpis"], "rolling_12_months", date(2025, 12, 1)) == (240, 0.5)
    assert kpi(tables(*sold, targets=plan[1:])["kpis"], "rolling_12_months", date(2025, 12, 1))[0] is None


def test_figures_that_do_not_add_up_have_a_target_of_months_only():
    rows = tables(*SOLD, targets=[target(f"2026-0{month}", "2", "customers") for month in (1, 2, 3)])["kpis"]
    assert kpi(rows, "month", date(2026, 1, 1), "customers")[0] == 2
    assert kpi(rows, "quarter", date(2026, 1, 1), "customers")[0] is None


def test_a_target_of_0_has_no_attainment():
    assert kpi(tables(*SOLD, targets=[target("2026-01", "0")])["kpis"], "month", date(2026, 1, 1)) == (
        0,
        None,
    )


def test_each_member_has_its_result():
    store, category = {"store_id": "s"}, {"category_id": "c"}
    events = [
        event("salesperson", "e", name="Eva", team_id="t"),
        event("team", "t", name="Blue"),
        event("store", "s", name="Paris"),
        event("category", "c", name="Cups"),
        event("product", "p", category_id="c"),
        *(sale(f"x{n}", date(2026, 1, 5), "30", salesperson_id="e", store_id="s") for n in range(2)),
        sale("y", date(2026, 2, 5), "7"),
    ]
    plan = [
        target("2026-01", "40", salesperson_id="e"),
        target("2026-01", "80", team_id="t"),
        target("2026-01", "50", **store),
        target("2026-01", "60", **category),
        target("2026-01", "70"),
        target("2026-02", "70", **store),
        target("2026-03", "70", **store),
        target("2026-01", "5", salesperson_id="nobody"),
    ]
    found = tables(*events, targets=plan)
    rows = {(row["level"], row["member_id"], row["month"].month): row for row in found["fact_targets"]}
    actual = {at: row["actual_value"] for at, row in rows.items()}
    assert actual == {
        ("salesperson", "e", 1): 60,
        ("team", "t", 1): 60,
        ("store", "s", 1): 60,
        ("category", "c", 1): 60,
        ("company", "", 1): 60,
        ("store", "s", 2): 0,
        ("store", "s", 3): None,
        ("salesperson", "nobody", 1): 0,
    }
    assert rows["team", "t", 1]["team"] == "Blue"
    assert rows["team", "t", 1]["attainment_rate"] == 0.75
    assert [rows["store", "s", 1][f"{name}_key"] != 0 for name in ("store", "salesperson")] == [True, False]
    assert rows["salesperson", "nobody", 1]["salesperson_key"] == 0
    assert (rows["store", "s", 1]["is_complete"], rows["store", "s", 2]["is_complete"]) == (True, False)
    [eva] = [row for row in found["sales_by_salesperson"] if row["salesperson"] == "Eva"]
    assert (eva["target_amount"], eva["attainment_rate"]) == (Decimal(40), 1.5)
    unused = [row["field"] for row in found["data_quality"] if row["check"] == "reference_unused"]
    assert unused == ["net_sales of salesperson_id nobody in 2026-01"]
