"""How the command line ends: exit codes, and what is said of errors, foreseen or not."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from saleslake.damage import DamagedError
from saleslake_flows import cli, exits, pipeline
from saleslake_processor.ingest import LedgerDoesNotTieError
from saleslake_processor.keys import KeyCollisionError
from saleslake_processor.learnt.learn import Learning
from saleslake_processor.lock import LakeBusyError
from saleslake_processor.publish import ContractBrokenError
from saleslake_processor.totals.tie import Gap, Hop, UntiedError

GAP = Gap(Hop("facts", "sums/month", ("company",), ("lines",)), "corner", "lines", 2, 3, [])
PROFILE = """
company = "corner"
address = "exports"
currency = "EUR"
[tables.sales]
files = "*.csv"
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an empty lake and one profile, in which no setting of the machine holds."""
    for name in [name for name in os.environ if name.startswith("SALESLAKE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lake").mkdir()
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "corner.toml").write_text(PROFILE)
    return tmp_path


def saleslake(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, arguments)


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (LakeBusyError("another process is writing to lake"), 3, "another process is writing to lake"),
        (ContractBrokenError("fact_sales:\n 2 rows\n broke it"), 1, "fact_sales: 2 rows broke it"),
        (KeyCollisionError("product_key: [(1, 'A'), (1, 'B')]"), 1, "product_key: [(1, 'A'), (1, 'B')]"),
        (LedgerDoesNotTieError("batch b of corner: rows"), 1, "batch b of corner: rows"),
        (PermissionError(13, "Permission denied", "lake/log"), 1, "lake/log: Permission denied"),
        (
            DamagedError(Path("gold/manifest.json"), "a manifest", "E"),
            1,
            "gold/manifest.json: not a manifest",
        ),
        (UntiedError([GAP]), 1, "control totals do not tie, the old gold stays"),
        (exits.FailedError("it broke"), 1, "it broke"),
        (ZeroDivisionError("by zero\nand more"), 1, "ZeroDivisionError: by zero"),
    ],
)
def test_an_error_is_one_line_and_its_code(here: Path, monkeypatch, error, code, said):
    def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr(pipeline, "bring_in", broken)
    done = saleslake("process")
    assert done.exit_code == code
    assert said in done.stderr.splitlines()[0]
    assert "Traceback" not in done.stderr
    verbose = saleslake("--verbose", "process")
    assert verbose.exit_code == code
    assert "Traceback" in verbose.stderr
    assert "in broken" in verbose.stderr


def test_an_error_that_was_not_foreseen_says_how_to_see_more(here: Path, monkeypatch):
    monkeypatch.setattr(pipeline, "bring_in", lambda *_: 1 / 0)
    assert "--verbose" in saleslake("process").stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "nobody"], "sources/nobody.toml: no such profile; there are: corner"),
        (["scrape", "corner", "nobody"], "sources/nobody.toml: no such profile; there are: corner"),
        (["process", "nobody"], "sources/nobody.toml: no such profile; there are: corner"),
        (["sources", "preview", "nobody"], "sources/nobody.toml: no such profile; there are: corner"),
        (["sources", "check", "nobody"], "sources/nobody.toml: no such profile; there are: corner"),
        (["run", "--sources", "nowhere"], "nowhere: no such folder; --sources names another"),
        (["run", "--sources", "lake"], "lake: no source profile (*.toml) in this folder"),
    ],
)
def test_wrong_use_is_told_before_anything_is_done(here: Path, monkeypatch, arguments, said):
    monkeypatch.setattr(pipeline, "scrape", lambda *_: pytest.fail("it fetched"))
    done = saleslake(*arguments)
    assert (done.exit_code, done.stderr) == (2, f"{said}\n")
    assert not list((here / "lake").iterdir())


def test_a_secret_that_is_not_set_is_a_fault_of_what_fetches_only(here: Path, monkeypatch):
    (here / "sources" / "corner.toml").write_text(PROFILE + '[secrets]\nAuthorization = "SHOP_TOKEN"\n')
    done = saleslake("scrape")
    assert done.exit_code == 2
    assert done.stderr.startswith("sources/corner.toml: secrets.Authorization = 'SHOP_TOKEN': ")
    assert saleslake("process").exit_code == 0
    monkeypatch.setenv("SHOP_TOKEN", "secret")
    monkeypatch.setattr(pipeline, "scrape", lambda *_: [])
    assert saleslake("scrape").exit_code == 0


@pytest.mark.parametrize("command", [["process"], ["show"], ["show", "fact_sales"], ["verify"]])
def test_a_lake_that_is_not_there_is_named_and_not_made(here: Path, command):
    done = saleslake(*command, "--lake", "nowhere")
    assert done.exit_code == 1
    assert f"{here / 'nowhere'}: no lake there" in done.stderr
    assert not (here / "nowhere").exists()


def test_a_lake_without_gold_says_so(here: Path):
    done = saleslake("show")
    assert done.exit_code == 1
    assert str(here / "lake" / "gold" / "manifest.json") in done.stderr


def test_a_wrong_setting_is_named_as_it_is_set(here: Path, monkeypatch):
    monkeypatch.setenv("SALESLAKE_FISCAL_YEAR_START", "13")
    done = saleslake("process")
    assert done.exit_code == 2
    assert done.stderr.startswith("SALESLAKE_FISCAL_YEAR_START = '13': ")


def test_an_option_comes_before_the_environment(here: Path, monkeypatch):
    monkeypatch.setenv("SALESLAKE_LAKE", "elsewhere")
    assert "elsewhere: no lake" in saleslake("process").stderr
    assert saleslake("process", "--lake", "lake").exit_code == 0


def test_an_unknown_option_is_wrong_use(here: Path):
    done = saleslake("run", "--fast")
    assert done.exit_code == 2
    assert "--fast" in done.stderr


def test_a_condition_without_a_value_is_wrong_use(here: Path):
    done = saleslake("show", "fact_sales", "-w", "date")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("--where 'date': expected COLUMN=VALUE")


def test_quiet_says_nothing_when_all_is_well(here: Path):
    done = saleslake("--quiet", "process")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    assert "nothing new" in saleslake("process").stdout


def failed(*_: object) -> Learning:
    return Learning(["customers"], {"forecast": ZeroDivisionError("by zero\nand more")}, None)


def test_a_study_that_failed_is_named(here: Path, monkeypatch):
    monkeypatch.setattr(pipeline, "learn", failed)
    done = saleslake("learn")
    assert done.exit_code == 1
    said = "study forecast failed, what it learnt before holds: ZeroDivisionError: by zero"
    assert done.stderr.splitlines() == [said]
    monkeypatch.setattr(pipeline, "scrape", lambda *_: [])
    ran = saleslake("run")
    assert (ran.exit_code, ran.stdout) == (1, "nothing new\n")
    assert ran.stderr.splitlines()[-1] == said


def test_a_run_tells_what_it_did_before_it_says_that_nothing_could_be_learnt(here: Path, monkeypatch):
    def broken(*_: object) -> None:
        raise exits.FailedError("it broke")

    monkeypatch.setattr(pipeline, "learn", broken)
    monkeypatch.setattr(pipeline, "scrape", lambda *_: [])
    done = saleslake("run")
    assert (done.exit_code, done.stdout) == (1, "nothing new\n")
    assert done.stderr.splitlines()[-1] == "it broke"


def test_of_an_empty_lake_nothing_is_learnt_and_that_is_said(here: Path):
    done = saleslake("learn")
    assert done.exit_code == 0
    assert done.stdout == "nothing to learn: no sales have been taken in yet (saleslake run)\n"


def test_the_list_of_profiles_shows_the_wrong_ones_and_check_names_their_faults(here: Path):
    (here / "sources" / "wrong.toml").write_text(PROFILE.replace("EUR", "euro"))
    listed = saleslake("sources", "list")
    assert listed.exit_code == 0
    assert [line.split()[0] for line in listed.stdout.splitlines()] == ["source", "corner", "wrong"]
    assert "saleslake sources check wrong" in listed.stdout
    checked = saleslake("sources", "check")
    assert checked.exit_code == 2
    assert checked.stdout == "corner: well, 1 tables, 0 entities\n"
    assert checked.stderr.startswith("sources/wrong.toml: currency = 'euro': expected text of the form ")


def test_the_version_is_that_of_the_distribution():
    assert saleslake("--version").stdout.startswith("saleslake 0.")
