"""Arguments of a crawl: each fault by name, and exit code 2."""

import pytest

from saleslake_scraper.__main__ import main
from saleslake_scraper.arguments import ArgumentError, arguments_of

PROFILE = 'company = "shop"\ncurrency = "EUR"\naddress = "https://shop.example/"\n'
TABLE = '[tables.a]\nrow = "{row}"\ncolumns.name = "h1"\n'


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        ({}, ["source: say -a source=VALUE"]),
        ({"source": "Shop"}, ["source = 'Shop': string should match pattern '^[a-z][a-z0-9_]*$'"]),
        (
            {"source": "shop", "colour": "red", "full": "perhaps"},
            [
                "full = 'perhaps': input should be a valid boolean, unable to interpret input",
                "colour: no such argument; there are: source, lake, sources, report, full, accept_drop, "
                "backfill, since, until",
            ],
        ),
        ({"source": "shop", "since": "2026-03-01"}, ["backfill, since and until belong together"]),
        (
            {"source": "shop", "backfill": "b", "since": "2026-03-02", "until": "2026-03-01"},
            ["since is after until"],
        ),
    ],
)
def test_each_fault_is_a_line(given, lines):
    with pytest.raises(ArgumentError) as error:
        arguments_of(given)
    assert str(error.value).splitlines() == lines


def test_arguments_of_a_shell_are_texts():
    said = arguments_of({"source": "shop", "full": "true", "lake": "there"})
    assert (said.full, said.accept_drop, str(said.lake)) == (True, False, "there")


@pytest.mark.parametrize(
    ("profile", "told"),
    [
        (None, "no such profile"),
        ("company = ", "not a TOML document"),
        (PROFILE + 'kind = "site"\n' + TABLE.format(row="li:nonsense("), "tables.a.row = 'li:nonsense('"),
        (PROFILE + 'secrets.Key = "UNSET_KEY"\n[tables.a]\nfiles = "*"\n', "UNSET_KEY"),
    ],
)
def test_wrong_use_is_named_and_is_exit_code_2(tmp_path, capsys, profile, told):
    if profile is not None:
        (tmp_path / "shop.toml").write_text(profile)
    assert main(["shop", "--sources", str(tmp_path), "--lake", str(tmp_path / "lake")]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "lake").exists()


def test_a_name_that_is_none_is_wrong_use(capsys):
    assert main(["../shop"]) == 2
    assert "source = '../shop'" in capsys.readouterr().err
