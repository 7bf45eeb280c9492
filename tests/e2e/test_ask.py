"""Gold is asked: by conditions and by SQL, on the screen and into files, and nothing that it holds is run."""

import csv
import io
import json
import re
import subprocess
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from typer.testing import CliRunner, Result

from saleslake.lake import Lake
from saleslake_flows import cli
from saleslake_flows.asking import snapshot
from tests.e2e.shell import COMMAND, ROOT, Shell

ASK = (ROOT / "docs" / "ask.md").read_text(encoding="utf-8")
FORMULA = '=HYPERLINK("http://x")'


def saleslake(shell: Shell, *arguments: str, said: str | None = None) -> Result:
    return CliRunner().invoke(cli.app, [*arguments, "--lake", str(shell.lake)], input=said)


def rows(shell: Shell, *arguments: str) -> list[list[str]]:
    done = saleslake(shell, *arguments, "--format", "csv")
    assert done.exit_code == 0, done.stderr
    return list(csv.reader(io.StringIO(done.stdout_bytes.decode(), newline="")))[1:]


NET = "SELECT product, SUM(net_amount) AS net FROM sales_by_product GROUP BY product ORDER BY net DESC"


def test_sql_adds_money_up_exactly_and_may_come_by_standard_input(run_once: Shell):
    expected = [["Apple pie", "18.0000"], ["Bread", "17.5000"], ["Cup", "4.0000"]]
    assert rows(run_once, "sql", NET) == expected
    assert saleslake(run_once, "sql", NET, "-n", "1").stdout == "product        net\nApple pie  18.0000\n"
    for arguments in (("sql",), ("sql", "-")):
        done = saleslake(run_once, *arguments, "--format", "json", said=NET + ";\n")
        assert [list(row.values()) for row in json.loads(done.stdout)] == expected


def test_sql_sees_every_table_of_the_snapshot(run_once: Shell):
    there = sorted([*run_once.manifest()["tables"], "quarantine"])
    assert [name for [name] in rows(run_once, "sql", "SHOW TABLES")] == there
    for table in there:
        assert saleslake(run_once, "sql", f"/* all */ SELECT * FROM {table}").exit_code == 0


@pytest.mark.parametrize(
    ("statement", "code", "said"),
    [
        (
            "SELECT * FROM sales_dayly",
            2,
            "no table 'sales_dayly'; did you mean sales_daily, sales_anomalies?; there are: dim_date, ",
        ),
        ("SELECT nett FROM kpis", 2, "no column 'nett'; there are: company, grain, period, "),
        (
            "SELECT k.valu FROM kpis AS k",
            2,
            "kpis: no column 'valu'; did you mean value?; there are: company, ",
        ),
        (
            "SELECT k.valu FROM kpis k JOIN kpis o ON k.kpi = o.kpi",
            2,
            "kpis: no column 'valu'; did you mean ",
        ),
        (
            "SELECT value FROM kpis WHERE period = 'year'",
            2,
            "a date is compared with a text that is none; dates are written '2026-01-31'",
        ),
        ("SELECT FROM", 2, "sql parser error: "),
        ("SELECT 1; SELECT 2", 2, "one (and only one) statement "),
        (
            "DROP TABLE kpis",
            2,
            "one statement that reads is expected: SELECT, WITH or SHOW TABLES; this begins ",
        ),
        (
            " -- SELECT\ndelete FROM kpis",
            2,
            "one statement that reads is expected: SELECT, WITH or SHOW TABLES; ",
        ),
        ("SHOW COLUMNS FROM kpis", 2, "one statement that reads is expected: "),
        (
            "",
            2,
            "one statement that reads is expected: SELECT, WITH or SHOW TABLES; this begins with nothing",
        ),
        ("WITH x AS (SELECT 1) DELETE FROM kpis", 2, "'DELETE FROM kpis' operation is currently unsupported"),
        ("SELECT * FROM read_csv('/etc/passwd')", 2, "read_csv opens files; "),
        ("SELECT * FROM READ_PARQUET/**/('x')", 2, "READ_PARQUET opens files; "),
        ("SELECT SUM(company) FROM fact_sales", 2, "`sum` operation not supported for dtype `str`"),
        (f"SELECT quantity * 1{'0' * 19} * 1{'0' * 19} FROM fact_sales", 1, "overflow in decimal multipl"),
    ],
)
def test_a_statement_that_cannot_be_answered_is_one_plain_line(run_once: Shell, statement, code, said):
    done = saleslake(run_once, "sql", statement)
    assert (done.exit_code, done.stdout) == (code, "")
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1
    assert "foreseen" not in done.stderr


def test_examples_of_the_document_have_answers(run_once: Shell):
    statements = re.findall(r"^```sql\n(.*?)^```", ASK, re.DOTALL | re.MULTILINE)
    assert len(statements) == 5
    for statement in statements:
        assert rows(run_once, "sql", statement), statement


def test_expressions_of_the_document_give_what_it_says(run_once: Shell):
    said = re.findall(r"^\| `([^`]+)` \| (decimal|double) \|", ASK, re.MULTILINE)
    assert len(said) == 10
    tables = pl.SQLContext(snapshot(Lake(run_once.lake)))
    for expression, kind in said:
        found = tables.execute(f"SELECT {expression} AS x FROM sales_by_product").collect()["x"]
        assert {"decimal": found.dtype.is_decimal(), "double": found.dtype == pl.Float64()}[kind], expression


def test_sql_rounds_as_the_document_says():
    halves = pl.LazyFrame({"m": ["0.125", "-0.125", "0.135"]}).cast(pl.Decimal(18, 4))
    found = pl.SQLContext(t=halves).execute(
        "SELECT ROUND(m, 2) AS r, CAST(m AS DECIMAL(18, 2)) AS c, m / 3 AS d FROM t", eager=True
    )
    assert found["r"].to_list() == [Decimal("0.13"), Decimal("-0.13"), Decimal("0.14")]
    assert found["c"].to_list() == [Decimal("0.12"), Decimal("-0.12"), Decimal("0.14")]
    assert found["d"][0] == Decimal("0.0416666667")


def test_show_takes_conditions_and_an_order(run_once: Shell):
    chosen = ("show", "fact_sales", "-c", "order_line_id")
    assert rows(run_once, *chosen, "--sort", "-net_amount") == [["1|1"], ["3|2"], ["1|2"], ["2|1"]]
    assert rows(run_once, *chosen, "-s", "order_date", "-s", "-net_amount", "-w", "net_amount>4") == [
        *(["1|1"], ["1|2"], ["3|2"]),
    ]
    assert rows(run_once, *chosen, "-w", "order_date>=2024-01-31", "-w", "order_line_id~2|") == [["2|1"]]
    assert rows(run_once, *chosen, "-w", "promotion!=") == []
    wrong = saleslake(run_once, *chosen, "--sort", "-nett")
    assert (wrong.exit_code, wrong.stderr[:34]) == (2, "fact_sales has no column 'nett'; t")


def test_a_table_for_people_has_twenty_rows_and_a_file_all(run_once: Shell, tmp_path: Path):
    every = run_once.gold("dim_date").height
    assert every > 20
    assert len(saleslake(run_once, "show", "dim_date").stdout.splitlines()) == 21
    assert len(rows(run_once, "show", "dim_date")) == every
    assert len(rows(run_once, "show", "dim_date", "--limit", "3")) == 3
    file = tmp_path / "days.parquet"
    done = saleslake(run_once, "show", "dim_date", "--out", str(file))
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", f"{file}: {every:,} rows\n")
    assert pl.read_parquet(file).equals(run_once.gold("dim_date"))


def test_as_of_and_history_go_to_files_too(run_once: Shell, tmp_path: Path):
    file = tmp_path / "then.parquet"
    past = ("show", "sales_daily", "--as-of", "2100-01-01", "--sort", "-date", "--limit", "1")
    assert saleslake(run_once, *past, "--out", str(file)).exit_code == 0
    assert pl.read_parquet(file)["net_amount"].to_list() == [Decimal(10)]
    assert [row[2] for row in rows(run_once, "show", "product", "--history", "-s", "-name")] == [
        *("Cup", "Bread", "Apple pie"),
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "kpis", "--format", "xlsx"], "--format xlsx makes a file; --out names it"),
        (["show", "kpis", "--format", "table", "--out", "a.csv"], "--format table is for the screen"),
        (
            ["show", "kpis", "--out", "a.txt"],
            "--out a.txt: no format has this ending; there are .csv, .xlsx, ",
        ),
        (["show", "kpis", "--out", "nowhere/a.csv"], "--out nowhere/a.csv: no folder "),
        (
            ["show", "kpis", "--format", "csv", "--out", "/dev/null"],
            "--out /dev/null: there is something that is",
        ),
        (["show", "--format", "csv"], "--format is of one table; which?"),
    ],
)
def test_an_output_that_cannot_be_is_wrong_use(run_once: Shell, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    done = saleslake(run_once, *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(said)
    assert not list(tmp_path.iterdir())


def test_no_file_of_the_lake_is_replaced(run_once: Shell, tmp_path: Path):
    manifest = run_once.lake / "gold" / "manifest.json"
    (tmp_path / "away").symlink_to(manifest.parent)
    before = manifest.read_bytes()
    for out in (manifest, tmp_path / "away" / "manifest.json"):
        done = saleslake(run_once, "sql", "SELECT 1 AS x", "--out", str(out))
        assert (done.exit_code, manifest.read_bytes()) == (2, before)
        assert "nothing but runs writes into the lake" in done.stderr


def test_a_file_that_is_there_is_replaced_whole_or_not_at_all(run_once: Shell, tmp_path: Path):
    file = tmp_path / "net.json"
    file.write_text("was")
    assert saleslake(run_once, "sql", "SELECT [1] AS x", "--out", str(file)).exit_code == 2
    assert file.read_text() == "was"
    assert saleslake(run_once, "sql", NET, "--out", str(file)).exit_code == 0
    assert json.loads(file.read_text())[0] == {"product": "Apple pie", "net": "18.0000"}
    assert list(tmp_path.iterdir()) == [file]


def test_a_pipe_that_closes_early_is_no_error(run_once: Shell):
    piped = [*COMMAND, "show", "dim_date", "--format", "csv", "--lake", str(run_once.lake)]
    with subprocess.Popen(piped, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


def test_a_product_named_as_a_formula_is_text_from_source_to_file(fresh: Shell, tmp_path: Path):
    products = fresh.lake.parent / "exports" / "products.csv"
    named = FORMULA.replace('"', '""')
    products.write_text(products.read_text().replace("A,Apple pie,", f'A,"{named}",'))
    fresh.well("run")
    asked = ("show", "dim_product", "-c", "name", "-w", f"name={FORMULA}")
    assert rows(fresh, *asked) == [["'" + FORMULA]]
    out = tmp_path / "out.xlsx"
    quoted = f"SELECT name AS \"{named}\" FROM dim_product WHERE product_id = 'A'"
    assert saleslake(fresh, "sql", quoted, "--out", str(out)).exit_code == 0
    sheet = openpyxl.load_workbook(out).active
    assert [(cell.value, cell.data_type) for (cell,) in sheet["A1:A2"]] == [(FORMULA, "s")] * 2
    done = saleslake(fresh, *asked, "--format", "json")
    assert json.loads(done.stdout) == [{"name": FORMULA}]
