"""Reference files as their author uses them: checked, previewed, taken in, told, and undone."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.e2e.shell import Shell

HEADER = "company,entity,id,field,expected,value,author,date,reason\n"
LINE = "corner,order_line,1|1,unit_price,{expected},{value},Ann,2026-03-02,typing error\n"


@pytest.fixture
def folder(ran: Shell) -> Path:
    """Beside the lake, where commands look for it."""
    folder = ran.lake.parent / "reference"
    folder.mkdir()
    return folder


def price(shell: Shell) -> Decimal:
    rows = shell.gold("fact_sales")
    [found] = rows.filter(rows["order_line_id"] == "1|1")["unit_price"]
    return Decimal(found)


@pytest.mark.slow
def test_a_line_from_its_first_fault_to_its_end(ran: Shell, folder: Path):
    was = price(ran)
    assert ran("reference", "check").returncode == 0
    file = folder / "corrections.csv"
    file.write_text(HEADER + LINE.format(expected=was, value="1o"))
    checked = ran("reference", "check")
    assert checked.returncode == 2
    assert "corrections.csv: line 2, value = '1o': expected a number such as 1250.50" in checked.stderr
    taken = ran("process")
    assert taken.returncode == 1
    assert "reference files as they were before hold" in taken.stderr
    file.write_text(HEADER + LINE.format(expected=was, value="12"))
    assert "fact_sales" in ran.well("reference", "preview")
    assert price(ran) == was
    assert "corrections.csv: well, 1 line" in ran.well("reference", "check")
    done = ran("process")
    assert done.returncode == 0
    assert "corner: lines of reference files: 1 more, 0 less, by Ann; 1 batch staged again" in done.stderr
    assert price(ran) == 12
    assert "in use" in ran.well("reference", "list")
    told = ran.well("why", "fact_sales", "order_line_id=1|1", "net_amount")
    assert (
        f"unit_price is 12.000000 by reference/corrections.csv: {was} -> 12 (Ann, 2026-03-02: typing" in told
    )
    assert told.rstrip().endswith("equal")
    assert "equal" in ran.well("verify")
    file.write_text(HEADER + LINE.format(expected="77", value="12"))
    ran.well("process")
    assert price(ran) == was
    assert "expired" in ran.well("reference", "list")
    assert "reference_expired" in ran.well("show", "data_quality", "--columns", "check")
    file.unlink()
    ran.well("process")
    assert ran.well("reference", "list").strip() == "no reference line holds"


def test_a_folder_that_is_not_there_is_named(ran: Shell):
    done = ran("reference", "check")
    assert done.returncode == 2
    assert "reference: no such folder; docs/reference-files.md says what goes in" in done.stderr
