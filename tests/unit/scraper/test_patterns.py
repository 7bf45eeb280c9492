"""Which files feed which tables."""

import pytest

from saleslake.profiles import Table
from saleslake_scraper.listing.patterns import fed_tables, member_tables

MATCHES = [
    ("*.csv", "exports/a.csv", True),
    ("*.csv", "exports/a.csv.gz", False),
    ("sales_????.csv", "exports/sales_2024.csv", True),
    ("Sales.csv", "exports/sales.csv", False),
    ("oltp/*.csv", "data/oltp/a.csv", True),
    ("oltp/*.csv", "data/oltp/more/a.csv", False),
    ("oltp/*.csv", "data/xoltp/a.csv", False),
    ("Données *.csv", "x/Donne\u0301es 2024.csv", True),
    ("export.zip/orders.csv", "x/export.zip", True),
    ("export.zip/orders.csv", "x/orders.csv", False),
]


@pytest.mark.parametrize(("pattern", "path", "fed"), MATCHES)
def test_a_pattern_is_held_against_the_end_of_the_path(pattern, path, fed):
    assert bool(fed_tables({"t": Table(files=pattern)}, path)) is fed


def test_a_query_may_be_named():
    tables = {"sales": Table(files="export?table=sales"), "stock": Table(files="export?table=stock")}
    assert list(fed_tables(tables, "/export", "table=stock")) == ["stock"]


MEMBERS = [
    (["export_*.zip"], "in/anything.csv", True),
    (["export_*.zip/orders.csv"], "orders.csv", True),
    (["export_*.zip/orders.csv"], "lines.csv", False),
    (["export_*.zip", "orders*.csv"], "in/orders_2024.csv", True),
    (["export_*.zip", "orders*.csv"], "lines.csv", False),
]


@pytest.mark.parametrize(("patterns", "member", "fed"), MEMBERS)
def test_members_of_an_archive_are_files_of_their_own(patterns, member, fed):
    tables = {"t": Table(files=patterns)}
    assert list(fed_tables(tables, "x/export_1.zip")) == ["t"]
    assert bool(member_tables(tables, "x/export_1.zip", member)) is fed
