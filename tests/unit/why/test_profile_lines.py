"""What is mapped is shown by the line of the profile on which it stands."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from saleslake.profiles.lines import line_of, lines_of
from tests.conftest import ROOT

PROFILES = sorted((ROOT / "sources").glob("*.toml"))


def keys(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every path of a document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] + [each for name, below in inside for each in keys(below, (*path, name))]


@pytest.mark.parametrize("file", PROFILES, ids=lambda file: file.stem)
def test_the_line_of_each_mapped_field_names_it(file: Path):
    text = file.read_text(encoding="utf-8")
    lines, written = lines_of(text), text.splitlines()
    fields = [path for path in keys(tomllib.loads(text)) if len(path) in (4, 5) and path[-2] == "fields"]
    assert fields or "entities" not in text
    for path in fields:
        line = written[line_of(lines, path) - 1]
        assert str(path[-1]) in line, path


def test_a_path_that_is_not_there_has_the_line_of_what_is_above_it():
    lines = lines_of('a = 1\n[b.c]\nd.e = 2\n[[f]]\n[[f]]\n"g h" = 3 # x\n[f.i]\nj = 4\n')
    found = {
        path: line_of(lines, path) for path in (("b",), ("b", "c", "x"), ("f", 1, "g h"), ("f", 1, "i", "j"))
    }
    assert list(found.values()) == [2, 2, 6, 8]
    assert line_of(lines, ("nowhere",)) == 1
