"""Reference lines change what staging makes of rows, whenever they come, and are undone by going."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from saleslake.lake import Lake
from saleslake.profiles import Source
from saleslake.settings import Settings
from saleslake_processor import decisions, ledger, process
from saleslake_processor.process import Processed
from saleslake_processor.verify import verify
from tests.integration.processor.shop import ENTITIES, START, gold, later, line, net, source, write

CUSTOMERS = {**ENTITIES, "customer": {"from": "extras", "key": "id", "fields": {"name": "name"}}}
SHOP = source(entities=CUSTOMERS)
BY = "Ann,2026-03-02,typing error"


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """A lake that is, in the end, what a rebuild gives."""
    (tmp_path / "reference").mkdir()
    lake = Lake(tmp_path / "lake")
    yield lake
    shops = LAST.pop(lake.root, None)
    if shops:
        assert [str(each) for each in verify(lake, shops, settings(lake)).found] == []


LAST: dict[Path, list[Source]] = {}
"""The sources of the last pass, by lake."""


def settings(lake: Lake) -> Settings:
    return Settings(_env_file=None, reference=lake.root.parent / "reference")


def say(lake: Lake, name: str, header: str, *lines: str) -> None:
    text = "\n".join([f"company,{header},author,date,reason", *(f"acme,{said},{BY}" for said in lines)])
    (settings(lake).reference / f"{name}.csv").write_text(text + "\n")


def correct(lake: Lake, *lines: str) -> None:
    say(lake, "corrections", "entity,id,field,expected,value", *lines)


def passed(lake: Lake, *shops: Source) -> Processed:
    """A pass, after which the next one has nothing to do."""
    LAST[lake.root] = [*(shops or [SHOP])]
    done = process.process(lake, LAST[lake.root], settings(lake))
    assert process.pending(lake) == []
    assert not process.process(lake, LAST[lake.root], settings(lake)).published
    return done


def staged_again(lake: Lake) -> set[str]:
    entries = ledger.entries(lake).filter(pl.col("decided") != "").collect()
    return set(entries["batch"])


def checks(lake: Lake) -> set[tuple[str, str]]:
    rows = gold(lake, "data_quality").filter(pl.col("check").str.starts_with("reference"))
    return set(rows.select("check", "field").iter_rows())


@pytest.mark.slow
def test_a_correction_holds_for_what_came_before_and_what_comes_after(lake: Lake):
    first = write(lake, {"lines": [line("a-1", price="211"), line("b-1")]})
    passed(lake)
    assert net(lake) == {"a-1": Decimal(422), "b-1": Decimal(20)}
    correct(lake, "order_line,a-1,unit_price,211,121", "order_line,c-1,quantity,2,3")
    passed(lake)
    assert net(lake) == {"a-1": Decimal(242), "b-1": Decimal(20)}
    assert staged_again(lake) == {first.batch}
    assert checks(lake) == {("reference_unused", "quantity of order_line c-1")}
    write(lake, {"lines": [line("c-1")]}, at=later(1))
    passed(lake)
    assert net(lake)["c-1"] == Decimal(30)
    assert checks(lake) == set()


@pytest.mark.slow
def test_a_correction_that_goes_is_undone(lake: Lake):
    write(lake, {"lines": [line("a-1", price="211")]})
    correct(lake, "order_line,a-1,unit_price,211,121")
    passed(lake)
    assert net(lake) == {"a-1": Decimal(242)}
    correct(lake)
    passed(lake)
    assert net(lake) == {"a-1": Decimal(422)}


def test_a_folder_that_is_gone_undoes_nothing(lake: Lake):
    write(lake, {"lines": [line("a-1", price="211")]})
    correct(lake, "order_line,a-1,unit_price,211,121")
    passed(lake)
    (settings(lake).reference / "corrections.csv").unlink()
    settings(lake).reference.rmdir()
    passed(lake)
    assert net(lake) == {"a-1": Decimal(242)}


@pytest.mark.slow
def test_a_correction_expires_when_the_source_mends_itself(lake: Lake):
    write(lake, {"lines": [line("a-1", price="211")]})
    correct(lake, "order_line,a-1,unit_price,211,121")
    passed(lake)
    write(lake, {"lines": [line("a-1", price="120")]}, at=later(1))
    passed(lake)
    assert net(lake) == {"a-1": Decimal(240)}
    assert checks(lake) == {("reference_expired", "unit_price of order_line a-1")}


def test_a_source_that_mends_itself_as_corrected_counts_when_the_line_goes(lake: Lake):
    """The row that repeats the corrected value is not in the log: its batch is staged again all the same."""
    write(lake, {"lines": [line("a-1", price="211")]})
    correct(lake, "order_line,a-1,unit_price,211,121")
    passed(lake)
    write(lake, {"lines": [line("a-1", price="121")]}, at=later(1))
    passed(lake)
    correct(lake)
    passed(lake)
    assert net(lake) == {"a-1": Decimal(242)}


@pytest.mark.slow
def test_what_cannot_be_read_may_be_given_and_what_is_said_be_taken_away(lake: Lake):
    write(lake, {"lines": [line("a-1", quantity="two"), line("b-1", store="s")]})
    passed(lake)
    assert net(lake) == {"b-1": Decimal(20)}
    correct(lake, "order_line,a-1,quantity,,2", "order_line,b-1,store_id,s,")
    passed(lake)
    assert net(lake) == {"a-1": Decimal(20), "b-1": Decimal(20)}
    assert gold(lake, "fact_sales")["store_key"].to_list() == [0, 0]


@pytest.mark.slow
def test_a_merged_customer_is_the_other_one(lake: Lake):
    customers = [{"id": "c", "name": "Clara"}, {"id": "d", "name": "Klara"}]
    write(lake, {"extras": customers, "lines": [line("a-1", customer="c"), line("b-1", customer="d")]})
    passed(lake)
    say(lake, "merges", "entity,id,into_id", "customer,d,c")
    passed(lake)
    named = gold(lake, "dim_customer").filter(pl.col("customer_key") != 0)
    assert named["name"].to_list() == ["Clara"]
    assert gold(lake, "fact_sales")["customer_key"].n_unique() == 1
    say(lake, "merges", "entity,id,into_id")
    passed(lake)
    assert gold(lake, "fact_sales")["customer_key"].n_unique() == 2
    assert gold(lake, "dim_customer").height == 3


@pytest.mark.slow
def test_a_chain_of_merges_that_grows_and_breaks(lake: Lake):
    write(lake, {"lines": [line(f"{who}-1", customer=who) for who in "abc"]})
    for lines, customers in (
        (["customer,a,b"], {"b", "c"}),
        (["customer,a,b", "customer,b,c"], {"c"}),
        (["customer,b,c"], {"a", "c"}),
        (["customer,b,a"], {"a", "c"}),
        ([], {"a", "b", "c"}),
    ):
        say(lake, "merges", "entity,id,into_id", *lines)
        passed(lake)
        known = gold(lake, "dim_customer").filter(pl.col("customer_key") != 0)
        assert set(known["customer_id"]) == customers


@pytest.mark.slow
def test_regroupings_and_renames(lake: Lake):
    places = [{"id": "x", "city": "X", "region": "North"}, {"id": "y", "city": "Y", "region": "South"}]
    stores = [{"id": "s", "name": "S", "place": "x"}]
    products = [{"id": "p", "name": "Old", "category": None, "price": "1", "cost": "1"}]
    rows: dict[str, Any] = {
        "places": places,
        "stores": stores,
        "products": products,
        "lines": [line("a-1", store="s")],
    }
    write(lake, rows)
    say(lake, "regroupings", "entity,field,id,from,to", "place,region,,North,Nord")
    say(lake, "renames", "entity,id,name", "product,p,New", "product,q,None")
    passed(lake)
    assert gold(lake, "sales_by_region")["region"].to_list() == ["Nord"]
    assert gold(lake, "sales_by_product")["product"].to_list() == ["New"]
    assert checks(lake) == {("reference_unused", "name of product q")}
    say(lake, "regroupings", "entity,field,id,from,to", "store,place_id,s,,y")
    passed(lake)
    assert gold(lake, "sales_by_region")["region"].to_list() == ["South"]


def test_files_that_are_wrong_change_nothing_and_are_told(lake: Lake):
    write(lake, {"lines": [line("a-1", price="211")]})
    correct(lake, "order_line,a-1,unit_price,211,121")
    passed(lake)
    correct(lake, "order_line,a-1,unit_price,211,12l")
    done = process.process(lake, [SHOP], settings(lake))
    assert [str(fault).partition(": ")[2] for fault in done.reference_faults] == [
        "line 2, value = '12l': expected a number such as 1250.50"
    ]
    assert net(lake) == {"a-1": Decimal(242)}


def test_lines_wait_until_batches_are_staged_by_the_profile_as_it_is(lake: Lake):
    write(lake, {"lines": [line("a-1", price="211")]})
    passed(lake)
    other: Any = {**CUSTOMERS, "order_line": {**CUSTOMERS["order_line"], "where": {}}}
    shop = source(entities=other)
    correct(lake, "order_line,a-1,unit_price,211,121")
    done = process.process(lake, [shop], settings(lake))
    assert done.reference.waiting == ("shop",)
    assert net(lake) == {"a-1": Decimal(422)}


def test_of_several_companies_each_has_its_lines(lake: Lake):
    write(lake, {"lines": [line("a-1", price="211")]})
    other = source("other", company="bolt", entities=CUSTOMERS)
    write(lake, {"lines": [line("a-1", price="211")]}, name="other")
    correct(lake, "order_line,a-1,unit_price,211,121")
    passed(lake, SHOP, other)
    rows = gold(lake, "fact_sales").select("company", "net_amount")
    assert dict(rows.iter_rows()) == {"acme": Decimal(242), "bolt": Decimal(422)}


def test_lines_are_kept_with_who_when_and_why(lake: Lake):
    write(lake, {"lines": [line("a-1", price="211")]})
    correct(lake, "order_line,a-1,unit_price,211,121")
    passed(lake)
    [made] = decisions.load(lake).made
    assert (made.action, made.by, made.lines[0].said["reason"]) == ("reference", "Ann", "typing error")
    assert made.at >= START


def test_lines_that_come_while_a_batch_is_half_taken_in_hold_for_it(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
):
    write(lake, {"lines": [line("a-1", price="211")]})

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("saleslake_processor.ingest._ledger", killed)
        with pytest.raises(KeyboardInterrupt):
            process.process(lake, [SHOP], settings(lake))
    correct(lake, "order_line,a-1,unit_price,211,121")
    passed(lake)
    assert net(lake) == {"a-1": Decimal(242)}


def test_one_value_written_twice_is_a_fault(lake: Lake):
    correct(lake, "order_line,a-1,unit_price,211,121", "order_line,a-1,unit_price,211.0,122")
    write(lake, {"lines": [line("a-1", price="211")]})
    done = process.process(lake, [SHOP], settings(lake))
    assert [fault.expected for fault in done.reference_faults] == [
        "one line for each; line 2 is about the same"
    ]


@pytest.mark.slow
def test_lines_of_two_files_about_one_cell_do_not_stop_a_pass(lake: Lake):
    write(lake, {"products": [{"id": "p", "name": "Old", "category": None, "price": "1", "cost": "1"}]})
    say(lake, "renames", "entity,id,name", "product,p,New")
    say(lake, "regroupings", "entity,field,id,from,to", "product,name,p,,Newer")
    write(lake, {"lines": [line("a-1")]}, at=later(1))
    passed(lake)
    assert "Old" not in set(gold(lake, "dim_product")["name"])


def test_merges_of_two_companies_are_no_circle(lake: Lake):
    write(lake, {"lines": [line("a-1", customer="c"), line("b-1", customer="d")]})
    file = settings(lake).reference / "merges.csv"
    file.write_text(
        f"company,entity,id,into_id,author,date,reason\nacme,customer,c,d,{BY}\nbolt,customer,d,c,{BY}\n"
    )
    assert not passed(lake).reference_faults
    assert gold(lake, "fact_sales")["customer_key"].n_unique() == 1
