"""What the documents name is there: links, commands, settings, gold tables and columns, modules."""

import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from saleslake.profiles import load
from saleslake.settings import Settings
from saleslake_flows import exits
from saleslake_flows.cli import app
from saleslake_flows.served.serve_settings import ServeSettings
from saleslake_processor.contracts.marts import Measures
from saleslake_processor.marts.graph import MARTS
from saleslake_processor.staging.check import faults
from tests.conftest import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/*/*.md")])
NAMES = [document.relative_to(ROOT).as_posix() for document in DOCUMENTS]
PACKAGES = ("saleslake", "saleslake_scraper", "saleslake_processor", "saleslake_gold", "saleslake_flows")


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def code_in(text: str) -> str:
    """Code blocks and spans, one a line; what stands in prose is no command."""
    blocks = re.findall(r"^```\w*\n(.*?)^```|^((?: {4}.*\n)+)", text, re.DOTALL | re.MULTILINE)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))
    return "\n".join([*("".join(block) for block in blocks), *spans])


def anchors(markdown: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", markdown, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def broken_links(document: Path, text: str) -> Iterator[str]:
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?:", target):
            continue
        path, _, anchor = target.partition("#")
        file = document.parent / path if path else document
        if not file.exists() or (anchor and anchor not in anchors(file.read_text(encoding="utf-8"))):
            yield target


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str):
    assert list(broken_links(ROOT / name, text_of(name))) == []


def test_a_broken_link_is_seen():
    text = "[a](no.md) [b](LICENSE) [c](CHANGELOG.md#nowhere) [d](CHANGELOG.md#gold-schema)"
    assert list(broken_links(ROOT / "README.md", text)) == ["no.md", "CHANGELOG.md#nowhere"]


@pytest.mark.parametrize("name", NAMES)
def test_make_targets_are_there(name: str):
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z-]+)", code_in(text_of(name))))
    assert named - targets == set()


def commands_of(group: object) -> dict[str, object]:
    """None, where it is a command itself."""
    return getattr(group, "commands", {})


CLI = {
    f"{name} {inner}".strip()
    for name, command in commands_of(typer.main.get_command(app)).items()
    for inner in commands_of(command) or [""]
}

GROUPS = "|".join(name.split()[0] for name in CLI if " " in name)


def named_commands(text: str) -> set[str]:
    return set(re.findall(rf"\bsaleslake ((?:(?:{GROUPS}) )?[a-z]+)", code_in(text)))


@pytest.mark.parametrize("name", NAMES)
def test_commands_are_there(name: str):
    assert named_commands(text_of(name)) - CLI == set()


def test_the_readme_names_every_command_exit_code_and_setting():
    readme = text_of("README.md")
    assert named_commands(readme) == CLI
    codes = {int(code) for code in re.findall(r"^\| (\d) \|", readme, re.MULTILINE)}
    assert codes == {exits.WELL, exits.FAILED, exits.WRONG_USE, exits.BUSY}
    told = dict(re.findall(r"^\| `SALESLAKE_(\w+)` \|.*\| `([^`]+)` \|$", readme, re.MULTILINE))
    known = {**Settings.model_fields, **ServeSettings.model_fields}
    assert told == {name.upper(): str(field.default) for name, field in known.items()}


def test_the_readme_names_every_folder_that_is_there():
    rooms = text_of("README.md").split("\n## Rooms\n")[1].split("\n## ")[0]
    folders = set(re.findall(r"^\| `([^`]+)/` \|", rooms, re.MULTILINE)) - {"lake"}
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []


def test_the_example_of_the_readme_is_a_profile(tmp_path: Path):
    [example] = re.findall(r"```toml\n(.*?)```", text_of("README.md"), re.DOTALL)
    (tmp_path / "acme.toml").write_text(example, encoding="utf-8")
    assert [str(fault) for fault in faults(load(tmp_path, "acme", {}), tmp_path)] == []


def test_the_readme_names_every_gold_table():
    section = text_of("README.md").split("\n## What gold holds\n")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    named = [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(named) == sorted(mart.name for mart in MARTS)


def test_the_changelog_has_the_columns_of_gold_in_their_order():
    """Rows of all releases, replayed from the oldest."""
    row = re.compile(r"^\| `(\w+)` \| (\w+) \| (.*?) ?\| (.*?) ?\| (?:yes|no) \|$", re.MULTILINE)
    changelog = text_of("CHANGELOG.md")
    columns: dict[str, list[str]] = {}
    for table, change, old, new in reversed(row.findall(changelog)):
        was, now = (re.findall(r"`(\w+)`", cell) for cell in (old, new))
        now += Measures.column_names() if "the measures" in new else []
        kept = columns.get(table, [])
        assert change in {"added", "changed", "removed"}, f"{table}: {change}"
        assert set(was) <= set(kept), f"{table}: a column that was not there"
        columns[table] = [name for name in kept if name not in was] + now
    there = {mart.name: sorted(mart.columns) for mart in MARTS}
    assert {table: sorted(names) for table, names in columns.items() if names} == there
    listed = re.search(r"^The measures: (.*)\.$", changelog, re.MULTILINE)
    assert listed
    assert re.findall(r"`(\w+)`", listed[1]) == Measures.column_names()


def is_there(dotted: str) -> bool:
    for package in PACKAGES:
        try:
            pkgutil.resolve_name(f"{package}.{dotted}")
        except (ImportError, AttributeError):
            continue
        return True
    return False


def test_modules_and_functions_of_the_architecture_are_there():
    spans = re.findall(r"`([^`\n]+)`", text_of("docs/architecture.md"))
    files = re.compile(r".*\.(py|md|json|toml|parquet)")
    dotted = {span for span in spans if re.fullmatch(r"\w+(\.\w+)+", span) and not files.fullmatch(span)}
    assert len(dotted) > 25
    assert sorted(name for name in dotted if not is_there(name)) == []
    paths = {span for span in spans if "/" in span and files.fullmatch(span)}
    assert sorted(path for path in paths if not (ROOT / path).is_file()) == []


def test_a_module_that_is_not_there_is_seen():
    assert is_there("process.take_in")
    assert not is_there("process.take_out")
    assert not is_there("nowhere.take_in")
