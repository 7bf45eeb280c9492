"""Loading profiles: short forms, defaults, the environment, and what the stamp of a profile covers."""

from decimal import Decimal
from pathlib import Path

import pytest

from saleslake.profiles import load, names

LEAST = """
company = "acme"
address = "exports"
currency = "EUR"
[tables.sales]
files = "sales.csv"
"""


def written(folder: Path, text: str = LEAST, name: str = "shop") -> Path:
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def loaded(folder: Path, text: str = LEAST, **environment: str):
    return load(written(folder, text), "shop", environment)


def test_what_is_not_said_has_a_default(tmp_path):
    source = loaded(tmp_path)
    table = source.tables["sales"]
    assert (source.name, source.kind, source.address) == ("shop", "files", ("exports",))
    assert (source.cadence, source.time_zone, source.money_places) == ("1d", "UTC", 2)
    assert (source.prices_include_tax, source.tax_rate, source.entities) == (False, Decimal(0), {})
    assert (table.files, table.encoding, table.quote, table.header_row) == (("sales.csv",), "utf-8", '"', 1)
    assert (table.format, table.separator, table.sheet, table.snapshot) == (None, None, None, "none")
    assert (source.manners.robots, source.manners.delay, source.manners.retries) == (True, 0, 4)


def test_short_forms_say_the_same_as_long_ones(tmp_path):
    short = """
[entities.order_line]
from = "sales"
key = "Id"
where.Type = "sale"
version_from = "Changed"
fields.product_id = "Article"
fields.order_date = { from = "Day", date = "%d/%m/%Y" }
fields.place_id = { key = ["Town", "Code"] }
"""
    long = """
[[entities.order_line]]
from = "sales"
key = { columns = ["Id"] }
where.Type = { is = ["sale"] }
version_from = { from = "Changed" }
fields.product_id = { from = ["Article"] }
fields.order_date = { from = ["Day"], date = { formats = ["%d/%m/%Y"] } }
fields.place_id = { key = { columns = ["Town", "Code"] } }
"""
    assert loaded(tmp_path, LEAST + short) == loaded(tmp_path, LEAST + long)


def test_a_version_by_the_fetch_is_the_default(tmp_path):
    mapping = '[entities.order]\nfrom = "sales"\nkey = "Id"\n'
    plain = loaded(tmp_path, LEAST + mapping)
    assert loaded(tmp_path, LEAST + mapping + 'version_from = "fetch"\n') == plain


def test_rates_are_the_numbers_that_stand_there(tmp_path):
    assert loaded(tmp_path, "tax_rate = 0.055\n" + LEAST).tax_rate == Decimal("0.055")


@pytest.mark.parametrize(
    ("address", "environment", "expected"),
    [
        ("${FOLDER}", {"FOLDER": "/exports"}, "/exports"),
        ("${FOLDER:-data}/acme", {}, "data/acme"),
        ("${FOLDER:-data}/acme", {"FOLDER": ""}, "data/acme"),
        ("${FOLDER:-data}/acme", {"FOLDER": "/mnt"}, "/mnt/acme"),
        ("${HOST}/${SHOP:-one}", {"HOST": "http://127.0.0.1"}, "http://127.0.0.1/one"),
        ("x${EMPTY:-}y", {}, "xy"),
        ("${FOLDER}", {"FOLDER": "${OTHER}"}, "${OTHER}"),
        ("$FOLDER", {"FOLDER": "/exports"}, "$FOLDER"),
    ],
)
def test_texts_take_variables_of_the_environment(tmp_path, address, environment, expected):
    text = LEAST.replace('"exports"', f'["{address}"]')
    assert loaded(tmp_path, text, **environment).address == (expected,)


def test_names_are_those_of_the_files(tmp_path):
    written(tmp_path, name="beta")
    written(tmp_path, name="alpha")
    (tmp_path / "alpha.py").touch()
    assert names(tmp_path) == ["alpha", "beta"]


def test_the_stamp_covers_what_rows_mean_and_not_how_they_are_fetched(tmp_path):
    stamp = loaded(tmp_path).mapping_hash
    assert loaded(tmp_path, 'cadence = "5m"\n' + LEAST + "[manners]\ndelay = 3\n").mapping_hash == stamp
    assert loaded(tmp_path, LEAST.replace('"exports"', '"elsewhere"')).mapping_hash == stamp
    assert loaded(tmp_path, LEAST.replace("EUR", "USD")).mapping_hash != stamp
    assert loaded(tmp_path, LEAST + '[entities.order]\nfrom = "sales"\nkey = "Id"\n').mapping_hash != stamp
