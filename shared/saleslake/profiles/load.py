"""Reading profiles: TOML, `${NAME}` and `${NAME:-default}` from the environment; faults say where."""

import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from saleslake.profiles.source import SOURCES, FileSource, Source


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in one profile."""

    file: Path
    key: str
    value: str
    expected: str

    def __str__(self) -> str:
        at = f"{self.file}: {self.key}" if self.key else str(self.file)
        return f"{at} = {self.value}: expected {self.expected}" if self.value else f"{at}: {self.expected}"


class ProfileError(Exception):
    """One or more profiles are wrong; nothing was fetched."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def names(folder: Path) -> list[str]:
    """The sources that have a profile in the folder."""
    return sorted(file.stem for file in folder.glob("*.toml"))


def load(folder: Path, name: str, environment: Mapping[str, str] = os.environ) -> Source:
    """The profile `<name>.toml`; raises `ProfileError` with every fault in it."""
    file = folder / f"{name}.toml"
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        known = ", ".join(names(folder)) or "none"
        raise ProfileError([Fault(file, "", "", f"no such profile; there are: {known}")]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileError([Fault(file, "", "", f"not a TOML document: {error}")]) from error
    missing: list[Fault] = []
    filled = _filled(document, environment, file, "", missing)
    if missing:
        raise ProfileError(missing)
    if "name" in filled:
        raise ProfileError(
            [Fault(file, "name", repr(filled["name"]), "no such key; the file's name says it")]
        )
    try:
        kind = filled.get("kind")
        form = SOURCES.get(kind, FileSource) if isinstance(kind, str) else FileSource
        source = form.model_validate({"name": name, **filled})
    except ValidationError as error:
        raise ProfileError(_faults(file, filled, error)) from error
    if unknown := list(_unknown_tables(file, source)):
        raise ProfileError(unknown)
    return source


_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")


def _filled(value: Any, environment: Mapping[str, str], file: Path, key: str, missing: list[Fault]) -> Any:
    """The document with the variables in its texts replaced."""
    if isinstance(value, dict):
        return {k: _filled(v, environment, file, f"{key}.{k}".lstrip("."), missing) for k, v in value.items()}
    if isinstance(value, list):
        return [_filled(v, environment, file, f"{key}[{n}]", missing) for n, v in enumerate(value)]
    if not isinstance(value, str):
        return value

    def replacement(match: re.Match[str]) -> str:
        found = environment.get(match[1]) or match[2]
        if found is None:
            missing.append(Fault(file, key, repr(value), f"the environment variable {match[1]} to be set"))
            return ""
        return found

    return _VARIABLE.sub(replacement, value)


def _unknown_tables(file: Path, source: Source) -> Iterator[Fault]:
    known = f"one of the tables {', '.join(sorted(source.tables))}"
    for entity, mappings in source.entities.items():
        for number, mapping in enumerate(mappings):
            place = f"[{number}]" if len(mappings) > 1 else ""
            if mapping.from_ not in source.tables:
                yield Fault(file, f"entities.{entity}{place}.from", repr(mapping.from_), known)


def _faults(file: Path, document: dict[str, Any], error: ValidationError) -> Iterator[Fault]:
    for item in error.errors(include_url=False):
        shown = "" if item["type"] == "missing" or isinstance(item["input"], dict) else repr(item["input"])
        key = _key(document, item["loc"])
        yield Fault(file, key, shown, _expectation(item["type"], item["msg"], item.get("ctx", {})))


def _key(document: Any, location: tuple[int | str, ...]) -> str:
    """The key as it stands in the file: without what a short form leaves out, list or key."""
    key, at = "", document
    for part in location:
        if isinstance(part, int):
            key += f"[{part}]" if isinstance(at, list) else ""
            at = at[part] if isinstance(at, list) else at
        elif isinstance(at, dict) and part != "[key]":
            key += f".{part}"
            at = at.get(part)
    return key.lstrip(".")


def _expectation(kind: str, message: str, context: dict[str, Any]) -> str:
    match kind:
        case "missing":
            return "this key is missing"
        case "extra_forbidden":
            return "no such key" if not context else message
        case "literal_error":
            return f"one of {context['expected']}"
        case "string_pattern_mismatch":
            return f"text of the form {context['pattern']}"
        case "value_error":
            return str(context["error"])
        case _:
            return message[:1].lower() + message[1:]
