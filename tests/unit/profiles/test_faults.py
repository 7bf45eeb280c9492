"""Every kind of fault in a profile is one line: the file, the key as it stands there, the value, the wish."""

import pytest

from saleslake.profiles import ProfileError, load

WHOLE = """
company = "acme"
address = "exports"
currency = "EUR"
{top}
[tables.sales]
files = "sales.csv"
{table}
[entities.order_line]
from = "sales"
key = "Id"
{mapping}
[entities.order_line.fields]
product_id = "Article"
{field}
"""


def faults(folder, text, **environment):
    (folder / "shop.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ProfileError) as error:
        load(folder, "shop", environment)
    lines = str(error.value).splitlines()
    assert len(lines) == len(error.value.faults)
    return [line.removeprefix(f"{folder / 'shop.toml'}: ") for line in lines]


FAULTS = [
    # what stands at the top
    ({"top": "colour = 1"}, "colour = 1: expected no such key"),
    ({"top": 'name = "other"'}, "name = 'other': expected no such key; the file's name says it"),
    ({"top": 'kind = "fax"'}, "kind = 'fax': expected one of 'files', 'site' or 'api'"),
    (
        {"top": 'at_sale = ["customer.age"]'},
        "at_sale[0] = 'customer.age': expected one of 'customer.segment', 'customer.place' "
        "or 'product.category'",
    ),
    (
        {"top": 'cadence = "daily"'},
        "cadence = 'daily': expected text of the form ^([1-9][0-9]*[smhd]|manual)$",
    ),
    (
        {"top": 'time_zone = "Paris"'},
        "time_zone = 'Paris': expected a time zone of the IANA list, such as 'Europe/Paris'",
    ),
    ({"top": "money_places = 5"}, "money_places = 5: expected input should be less than or equal to 4"),
    ({"top": "tax_rate = -1"}, "tax_rate = -1: expected input should be greater than or equal to 0"),
    (
        {"top": 'prices_include_tax = "perhaps"'},
        "prices_include_tax = 'perhaps': expected input should be a valid boolean, unable to interpret input",
    ),
    (
        {"top": "manners.concurrency = 0"},
        "manners.concurrency = 0: expected input should be greater than or equal to 1",
    ),
    (
        {"top": 'reporting_currency = "eu"'},
        "reporting_currency = 'eu': expected text of the form ^[A-Z]{3}$",
    ),
    ({"top": "secrets.Key = 1"}, "secrets.Key = 1: expected input should be a valid string"),
    # tables
    ({"table": 'format = "doc"'}, "tables.sales.format = 'doc': expected one of 'csv', 'tsv', 'xlsx', 'xls'"),
    (
        {"table": 'encoding = "utf8b"'},
        "tables.sales.encoding = 'utf8b': expected the name of a text encoding",
    ),
    (
        {"table": 'separator = "||"'},
        "tables.sales.separator = '||': expected string should have at most 1 character",
    ),
    (
        {"table": "header_row = 0"},
        "tables.sales.header_row = 0: expected input should be greater than or equal to 1",
    ),
    (
        {"table": 'header_row = 2\ncolumns = ["Id"]'},
        "tables.sales: either 'header_row' or 'columns' (a file without a header)",
    ),
    (
        {"table": 'unpivot = { keep = "Id", name = "month" }'},
        "tables.sales.unpivot.value: this key is missing",
    ),
    # mappings
    (
        {"mapping": 'where.Type = { is = "a", not = "b" }'},
        "entities.order_line.where.Type: exactly one of 'is'",
    ),
    ({"mapping": "where.Type = {}"}, "entities.order_line.where.Type: exactly one of 'is'"),
    (
        {"mapping": 'where.Type = { matches = "(" }'},
        "entities.order_line.where.Type.matches = '(': expected a regular expression (missing )",
    ),
    (
        {"mapping": 'version_from = { file = "sales_.*" }'},
        "entities.order_line.version_from: 'file' needs exactly one group in brackets",
    ),
    (
        {"mapping": 'version_from = { date = "%Y" }'},
        "entities.order_line.version_from.date = '%Y': expected letters for at least a year and a month",
    ),
    (
        {"mapping": "version_from = {}"},
        "entities.order_line.version_from: exactly one of 'from' (a column) and",
    ),
    (
        {"mapping": 'refuse."No such product".Article = "0"'},
        "entities.order_line.refuse.No such product = 'No such product': expected text of the form",
    ),
    (
        {"mapping": "refuse.no_such_product = {}"},
        "entities.order_line.refuse.no_such_product: dictionary should have at least 1 item",
    ),
    (
        {"mapping": 'refuse.odd.Article = { is = "0", empty = true }'},
        "entities.order_line.refuse.odd.Article: exactly one of 'is', 'not', 'matches' and 'empty'",
    ),
    # fields
    (
        {"field": "quantity = {}"},
        "entities.order_line.fields.quantity: exactly one of 'from', 'key' and 'const'",
    ),
    (
        {"field": 'quantity = { from = "a", const = "1" }'},
        "entities.order_line.fields.quantity: exactly one of 'from', 'key' and 'const'",
    ),
    (
        {"field": "quantity = 1"},
        "entities.order_line.fields.quantity = 1: expected input should be a valid dictionary",
    ),
    (
        {"field": "quantity = []"},
        "entities.order_line.fields.quantity = []: expected value should have at least 1 item",
    ),
    (
        {"field": "quantity = { const = 1 }"},
        "entities.order_line.fields.quantity.const = 1: expected input should be",
    ),
    (
        {"field": 'quantity = { from = "a", number = { decimal = ";" } }'},
        "entities.order_line.fields.quantity.number.decimal = ';': expected one of '.' or ','",
    ),
    (
        {"field": 'quantity = { from = "a", number = { decimal = ",", thousands = "," } }'},
        "entities.order_line.fields.quantity.number: 'thousands' to be another sign than 'decimal'",
    ),
    (
        {"field": 'order_date = { from = "a", date = "dd/mm/yyyy" }'},
        "entities.order_line.fields.order_date.date = 'dd/mm/yyyy': expected letters for at least a year and",
    ),
    (
        {"field": 'order_date = { from = "a", date = ["%Y-%m-%d", "%d"] }'},
        "entities.order_line.fields.order_date.date[1] = '%d': expected letters for at least a year and a",
    ),
    (
        {"field": 'promotion = { from = "a", text = { case = "camel" } }'},
        "entities.order_line.fields.promotion.text.case = 'camel': expected one of 'as_is', 'lower', 'upper'",
    ),
    (
        {"field": 'promotion = { from = "a", map = { b = 1 } }'},
        "entities.order_line.fields.promotion.map.b = 1: expected input should be a valid string",
    ),
]


@pytest.mark.parametrize(("parts", "line"), FAULTS, ids=[line.split(":")[0][:60] for _, line in FAULTS])
def test_a_fault_is_one_line(tmp_path, parts, line):
    text = WHOLE.format(**dict.fromkeys(("top", "table", "mapping", "field"), "") | parts)
    found = faults(tmp_path, text)
    assert len(found) == 1
    assert found[0].startswith(line)


def test_the_profile_that_the_faults_are_put_into_has_none(tmp_path):
    text = WHOLE.format(**dict.fromkeys(("top", "table", "mapping", "field"), ""))
    (tmp_path / "shop.toml").write_text(text, encoding="utf-8")
    assert load(tmp_path, "shop", {}).company == "acme"


@pytest.mark.parametrize("key", ["company", "address", "currency", "files", "from", "key"])
def test_a_key_that_must_be_there_is_missed(tmp_path, key):
    text = WHOLE.format(**dict.fromkeys(("top", "table", "mapping", "field"), ""))
    without = "\n".join(line for line in text.splitlines() if not line.startswith(f"{key} ="))
    place = {"files": "tables.sales.", "from": "entities.order_line.", "key": "entities.order_line."}
    assert faults(tmp_path, without) == [f"{place.get(key, '')}{key}: this key is missing"]


def test_each_fault_has_its_line(tmp_path):
    text = WHOLE.format(top='kind = "fax"', table='colour = "red"', mapping="", field="")
    assert faults(tmp_path, text.replace("EUR", "euro")) == [
        "kind = 'fax': expected one of 'files', 'site' or 'api'",
        "currency = 'euro': expected text of the form ^[A-Z]{3}$",
        "tables.sales.colour = 'red': expected no such key",
    ]


def test_a_mapping_in_a_list_is_named_by_its_place(tmp_path):
    text = WHOLE.format(top="", table="", mapping="", field="").split("[entities")[0] + (
        '[[entities.order]]\nfrom = "sales"\nkey = "Id"\n'
        '[[entities.order]]\nfrom = "sale"\nkey = "Id"\n'
        '[[entities.order]]\nfrom = "return"\nkey = "Id"\n'
    )
    assert faults(tmp_path, text) == [
        "entities.order[1].from = 'sale': expected one of the tables sales",
        "entities.order[2].from = 'return': expected one of the tables sales",
    ]
    assert faults(tmp_path, text.replace('key = "Id"', "key = []", 1)) == [
        "entities.order[0].key = []: expected value should have at least 1 item after validation, not 0"
    ]


def test_a_variable_that_is_not_set_is_a_fault_where_it_stands(tmp_path):
    text = WHOLE.format(top='secrets.Key = "${HEADER}"', table="", mapping="", field="")
    text = text.replace('"exports"', '["${FOLDER:-data}", "${HOST}"]')
    assert faults(tmp_path, text) == [
        "address[1] = '${HOST}': expected the environment variable HOST to be set",
        "secrets.Key = '${HEADER}': expected the environment variable HEADER to be set",
    ]


@pytest.mark.parametrize("kind", ["files", "site", "api"])
def test_a_password_in_an_address_is_refused_and_not_repeated(tmp_path, kind):
    addresses = '["https://shop.example/a@b", "https://ada:${PASSWORD}@shop.example/"]'
    tables = {"files": 'files = "*.csv"', "site": 'row = "li"\ncolumns = { a = "b" }', "api": 'path = "a"'}
    text = f'kind = "{kind}"\ncompany = "acme"\ncurrency = "EUR"\naddress = {addresses}\n'
    [line] = faults(tmp_path, f"{text}[tables.sales]\n{tables[kind]}\n", PASSWORD="hush")
    assert "address: no user and password" in line
    assert "hush" not in line


def test_a_file_that_is_no_profile_is_named(tmp_path):
    assert faults(tmp_path, "company = ")[0].startswith("not a TOML document: ")
    (tmp_path / "other.toml").touch()
    with pytest.raises(ProfileError, match=r"shopp\.toml: no such profile; there are: other, shop$"):
        load(tmp_path, "shopp", {})


def test_bytes_that_are_not_utf8_are_named(tmp_path):
    (tmp_path / "shop.toml").write_bytes("company = 'société'".encode("latin-1"))
    with pytest.raises(ProfileError, match=r"shop\.toml: not a TOML document: "):
        load(tmp_path, "shop", {})


def test_the_name_of_the_file_is_a_name(tmp_path):
    (tmp_path / "My Shop.toml").write_text(WHOLE.format(top="", table="", mapping="", field=""))
    with pytest.raises(ProfileError, match=r"name = 'My Shop': expected text of the form "):
        load(tmp_path, "My Shop", {})
