"""What gold means and is made of is told of the contracts and the graph."""

import pytest

from saleslake.profiles import load
from saleslake.profiles.lines import Path
from saleslake_flows import meanings as told
from saleslake_flows.exits import WrongUseError
from saleslake_flows.screen import Screen
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.marts.graph import MARTS
from saleslake_processor.marts.mart import STATE, Mart
from saleslake_processor.why.lineage import Node, lineage
from saleslake_processor.why.meaning import Meaning, meanings
from saleslake_processor.why.ways import BY, ROWS, WAYS, choosing, way
from tests.conftest import ROOT

each = pytest.mark.parametrize("mart", MARTS, ids=[mart.name for mart in MARTS])


def column(table: str, name: str) -> Meaning:
    [mart] = [mart for mart in MARTS if mart.name == table]
    [found] = [one for one in meanings(mart) if one.name == name]
    return found


@each
def test_every_column_is_explained(mart: Mart):
    assert [one.name for one in meanings(mart)] == mart.columns
    assert all(one.says and one.type for one in meanings(mart))


@each
def test_every_column_says_how_it_comes_about(mart: Mart):
    """By a formula, or by saying whence it is taken as it is; keys are what a row is about."""
    assert [one.name for one in meanings(mart) if not one.formula and not one.is_key] == []


def test_a_column_has_its_unit_formula_and_rules():
    net = column("sales_daily", "net_amount")
    assert net.unit == "money in the company's currency"
    assert net.formula == "sum over order lines and returns; sales - returned"
    assert set(net.rules) == {"sales_less_returned_is_net", "net_less_cost_is_margin_and_uncosted"}
    assert column("fact_opportunities", "cycle_days").range == "at least 0"
    assert column("fact_sales", "exchange_rate").unit.startswith("units of the company's currency")


@each
def test_what_is_declared_of_a_table_is_there(mart: Mart):
    declared = WAYS.get(mart.name, {})
    assert set(declared) <= set(mart.columns)
    for name in mart.columns:
        assert set(choosing(mart, name)) <= {*BY} & {*mart.columns}
        found = way(mart, name)
        assert {*found.of, *([found.over] if found.over else []), *found.adds} <= set(mart.columns)
        assert {*found.adds} <= {*BY, "year"}
        assert found.rows_of in {"", *ENTITIES}


def test_no_table_is_declared_that_is_not_there():
    assert {*WAYS, *ROWS} <= {mart.name for mart in MARTS}


def names(node: Node) -> set[str]:
    return {node.name}.union(*(names(below) for below in node.made_of))


@each
def test_a_table_is_led_down_to_what_it_is_made_of(mart: Mart):
    tree = lineage(mart.name, [], {})
    assert [below.name for below in tree.made_of] == list(mart.inputs)
    leaves = {name for name in names(tree) if name.startswith("log/")}
    assert leaves or set(mart.inputs) <= set(STATE) - {"fact_sales", "fact_returns"}


def test_a_table_is_led_down_to_the_line_that_maps_it():
    lines: dict[str, dict[Path, int]] = {"demo": {("entities", "order_line"): 46}}
    tree = lineage("sales_by_product", [load(ROOT / "sources", "demo")], lines)
    assert "raw/demo/sales" in names(tree)
    [sums, _] = tree.made_of
    said = sums.made_of[0].made_of[0].made_of
    assert [(one.name, one.says) for one in said] == [("raw/demo/sales", "of demo, by demo.toml:46")]


def test_a_table_or_column_that_is_not_there_is_wrong_use():
    with pytest.raises(WrongUseError, match="did you mean sales_daily"):
        told.explained(Screen(), "sales_dayly")
    with pytest.raises(WrongUseError, match="did you mean net_amount"):
        told.explained(Screen(), "sales_daily.net_amonut")


def test_what_was_told_above_is_not_told_again(capsys: pytest.CaptureFixture[str]):
    told.lineage_told(Screen(), ROOT / "sources", "sales_daily")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("sales_daily  (gold, derived: ")
    assert sum("raw/demo/sales  (raw: of demo, by demo.toml:" in line for line in lines) == 2
    assert any("log/order_line  (as above)" in line for line in lines)
