"""docs/sources.md says what the code does: every entity and field, every key, and examples that load."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from saleslake.profiles import Source, load
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.staging.check import faults
from tests.conftest import ROOT
from tests.contract.entity_tables import with_tables

DOCUMENT = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", DOCUMENT, re.DOTALL)
WHOLE = 'company = "acme"\naddress = "exports"\ncurrency = "EUR"\n'


def test_the_tables_of_entities_are_those_of_the_contracts():
    assert with_tables(DOCUMENT) == DOCUMENT, "python -m tests.contract.entity_tables docs/sources.md"


def test_every_field_is_there_with_its_meaning():
    for entity in ENTITIES.values():
        section = DOCUMENT.split(f"\n### {entity.name}\n")[1].split("\n### ")[0]
        for name, column in entity.fields.items():
            if name != entity.id:
                [row] = [line for line in section.splitlines() if line.startswith(f"| `{name}` |")]
                assert str(column.description) in row


def keys_of(model: type[BaseModel]) -> Iterator[str]:
    """Every key that a profile may hold, below it too."""
    for name, field in model.model_fields.items():
        yield field.alias or name
        for inner in models_in(field.annotation):
            yield from keys_of(inner)


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from models_in(argument)


def test_every_key_of_the_grammar_is_told():
    keys = set(keys_of(Source)) - {"name"}
    assert {"thousands", "matches", "occurrence", "keep", "autothrottle", "snapshot"} <= keys
    shown = "\n".join(EXAMPLES)
    assert [key for key in sorted(keys) if f"`{key}`" not in DOCUMENT and f"{key} =" not in shown] == []


def test_there_are_examples():
    assert len(EXAMPLES) == DOCUMENT.count("```toml") > 6


@pytest.mark.parametrize("text", EXAMPLES, ids=[text.split("\n")[0] for text in EXAMPLES])
def test_an_example_is_a_profile(tmp_path: Path, text: str):
    whole = text if "company =" in text else WHOLE + text
    (tmp_path / "example.toml").write_text(whole, encoding="utf-8")
    source = load(tmp_path, "example", {})
    assert [str(fault) for fault in faults(source, tmp_path)] == []
