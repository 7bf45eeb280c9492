"""Profiles of sites and of APIs: what they may say, and what of it a row's meaning hangs on."""

import pytest

from saleslake.profiles import ApiTable, ProfileError, SiteTable, load

HEAD = 'company = "acme"\naddress = "https://shop.example/"\ncurrency = "EUR"\n'
SITE = HEAD + 'kind = "site"\n[tables.products]\n{}columns = {{ name = "h1" }}\n'
API = HEAD + 'kind = "api"\n[tables.orders]\n{}'


def loaded(folder, text):
    (folder / "shop.toml").write_text(text, encoding="utf-8")
    return load(folder, "shop", {})


def faults(folder, text):
    with pytest.raises(ProfileError) as error:
        loaded(folder, text)
    return [str(fault).removeprefix(f"{folder / 'shop.toml'}: ") for fault in error.value.faults]


def test_a_table_is_of_its_sources_kind(tmp_path):
    site = loaded(tmp_path, SITE.format('detail = "a"\n')).tables["products"]
    assert isinstance(site, SiteTable)
    assert (site.start, site.follow, site.detail, site.snapshot) == (("",), None, ("a",), "none")
    api = loaded(tmp_path, API.format('paging.page = "p"\n')).tables["orders"]
    assert isinstance(api, ApiTable)
    assert api.paging is not None
    assert (api.paging.page, api.paging.first, api.paging.step) == ("p", 1, 1)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (SITE.format(""), "tables.products: 'row' (rows of list pages), 'detail'"),
        (SITE.format('row = "li"\nsnapshot = "file"\n'), "tables.products: snapshot = 'table'"),
        (SITE.format('row = ""\n'), "tables.products.row = '': expected string should have at least 1"),
        (SITE.format('row = "li"\nfiles = "*"\n'), "tables.products.files = '*': expected no such key"),
        (SITE.format('row = "a"\n').replace("{ name", "{ _row"), "tables.products.columns._row"),
        (SITE.format('row = "a"\n').replace('{ name = "h1" }', "{}"), "tables.products.columns"),
        (
            SITE.format('row = "a"\n').replace("https:", ""),
            "address = '//shop.example/': expected an address",
        ),
        (API.format("paging = {}\n"), "tables.orders.paging: exactly one of 'page', 'cursor' and 'link'"),
        (API.format('paging = { page = "p", link = true }\n'), "tables.orders.paging: exactly one of"),
        (API.format("paging = { link = true, step = 2 }\n"), "tables.orders.paging: 'first' and 'step' only"),
        (
            API.format('paging = { page = "p", parameter = "c" }\n'),
            "tables.orders.paging: 'parameter' only beside 'cursor'",
        ),
        (
            API.format('updated_since = { parameter = "s" }\n'),
            "tables.orders.updated_since.column: this key is missing",
        ),
        (
            API.format('updated_since = { parameter = "s", column = "c", overlap = "soon" }\n'),
            "tables.orders.updated_since.overlap = 'soon': expected text of the form",
        ),
        (
            API.format('snapshot = "table"\nupdated_since = { parameter = "s", column = "c" }\n'),
            "tables.orders: no 'snapshot' beside 'updated_since'",
        ),
        (API.format("[tables.more]\n"), "tables.more: another 'path' or 'query' than tables.orders"),
        (API.format("query = { page = 1 }\n"), "tables.orders.query.page = 1: expected input should be"),
    ],
)
def test_a_fault_is_one_line(tmp_path, text, line):
    [found] = faults(tmp_path, text)
    assert found.startswith(line)


@pytest.mark.parametrize(
    ("overlap", "seconds"), [("0s", 0), ("90s", 90), ("10m", 600), ("2h", 7200), ("1d", 86400)]
)
def test_an_overlap_is_a_time(tmp_path, overlap, seconds):
    said = f'updated_since = {{ parameter = "s", column = "c", overlap = "{overlap}" }}\n'
    table = loaded(tmp_path, API.format(said)).tables["orders"]
    assert isinstance(table, ApiTable)
    assert table.updated_since is not None
    assert table.updated_since.overlap_seconds == seconds


def test_the_stamp_does_not_cover_how_pages_and_records_are_fetched(tmp_path):
    stamp = loaded(tmp_path, SITE.format('detail = "a"\n')).mapping_hash
    other = 'detail = "h3 a"\nstart = "all/"\nfollow = "li a"\nempty = "p"\nrow = "b"\n'
    assert loaded(tmp_path, SITE.format(other)).mapping_hash == stamp
    assert loaded(tmp_path, "headers.A = 'b'\n" + SITE.format('detail = "a"\n')).mapping_hash == stamp
    assert loaded(tmp_path, SITE.format('detail = "a"\nsnapshot = "table"\n')).mapping_hash != stamp
    stamp = loaded(tmp_path, API.format("")).mapping_hash
    other = 'path = "o"\nrecords = "data"\npaging.page = "p"\nquery.a = "b"\n'
    assert loaded(tmp_path, API.format(other)).mapping_hash == stamp
    assert loaded(tmp_path, API.format('snapshot = "table"\n')).mapping_hash != stamp


def test_the_stamp_of_a_source_of_files_is_what_it_was(tmp_path):
    """Under another one each batch that was ever taken would be staged again."""
    text = HEAD.replace("https://shop.example/", "exports") + '[tables.sales]\nfiles = "sales.csv"\n'
    assert loaded(tmp_path, text).mapping_hash == "9e968a45e7b6bb7d"
    text += '[entities.order_line]\nfrom = "sales"\nkey = "No"\n'
    text += 'fields.quantity = { from = "Units", number = { decimal = "," } }\n'
    assert loaded(tmp_path, text).mapping_hash == "53e7a716d02cd394"
    negated = loaded(tmp_path, text.replace('decimal = ","', 'decimal = ",", negate = true'))
    assert negated.mapping_hash != "53e7a716d02cd394"
    refusing = loaded(tmp_path, text + 'refuse.test_of_the_till.No = "0"\n')
    assert refusing.mapping_hash != "53e7a716d02cd394"


def test_the_stamp_covers_the_reporting_currency_where_it_is_another_one(tmp_path):
    text = API.format("")
    stamp = loaded(tmp_path, text).mapping_hash
    assert loaded(tmp_path, f'reporting_currency = "EUR"\n{text}').mapping_hash == stamp
    assert loaded(tmp_path, f'reporting_currency = "CHF"\n{text}').mapping_hash != stamp
