"""JSON documents and lines of JSON."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

import polars as pl

from saleslake.profiles import Table
from saleslake_scraper.readers.broken import BrokenFileError
from saleslake_scraper.readers.decoding import as_utf8
from saleslake_scraper.readers.frames import with_rows
from saleslake_scraper.readers.naming import unique_names


class _Number(str):
    """A number as it is written: as a float it would lose digits."""

    __slots__ = ()


_DECODER = json.JSONDecoder(parse_float=_Number, parse_int=_Number, parse_constant=_Number)
_LONGEST = 400
"""Digits up to which an exponent is written out."""


def read_json(body: bytes, table: Table) -> pl.DataFrame:
    """The records of a document, at the dotted path `records` or the document itself, a column a key.

    Numbers are as written, but whole ones without a point (`17850.0` is `17850`) and none with an exponent;
    truth is `true` or `false`; nested values are JSON text. Raises `BrokenFileError`.
    """
    document = parsed(body, table.encoding)
    return frame_of(at_path(document, table.records, "records"), table.records)


def parsed(body: bytes, encoding: str) -> Any:
    """The document, its numbers as they are written. Raises `BrokenFileError`."""
    return _parsed(as_utf8(body, encoding).decode("utf-8-sig"), "")


def at_path(document: Any, path: str | None, key: str) -> Any:
    """What stands at the dotted path, which `key` of the profile says. Raises `BrokenFileError`."""
    found = document
    for step in path.split(".") if path else ():
        if not isinstance(found, dict) or step not in found:
            raise BrokenFileError(f"the document has nothing at {key} = {path!r}")
        found = found[step]
    return found


def frame_of(records: Any, path: str | None) -> pl.DataFrame:
    """The records that stand at `records = path`, a column a key. Raises `BrokenFileError`."""
    if not isinstance(records, list):
        where = f"at records = {path!r}" if path else "in the document (say 'records')"
        raise BrokenFileError(f"no list {where}")
    return _frame(iter(records))


def read_ndjson(body: bytes, table: Table) -> pl.DataFrame:
    """A record a line, with values as of `read_json`; empty lines do not count. Raises `BrokenFileError`."""
    lines = as_utf8(body, table.encoding).decode("utf-8-sig").split("\n")
    return _frame(_parsed(line, f" in line {number}") for number, line in enumerate(lines, 1) if line.strip())


def _parsed(text: str, where: str) -> Any:
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise BrokenFileError(f"not valid JSON{where}") from error


def _frame(records: Iterator[Any]) -> pl.DataFrame:
    columns: dict[str, list[str | None]] = {}
    height = 0
    for record in records:
        if not isinstance(record, dict):
            raise BrokenFileError(f"record {height + 1} is not an object")
        for key, value in record.items():
            column = columns.setdefault(key, [])
            column.extend([None] * (height - len(column)))
            column.append(text_of(value))
        height += 1
    for column in columns.values():
        column.extend([None] * (height - len(column)))
    try:
        series = [
            pl.Series(name, column, pl.String())
            for name, column in zip(unique_names(columns), columns.values(), strict=True)
        ]
    except UnicodeEncodeError as error:
        raise BrokenFileError("a text holds half of a surrogate pair") from error
    return with_rows(pl.DataFrame(series))


def text_of(value: Any) -> str | None:
    """A value of a document as the text that raw keeps."""
    if isinstance(value, _Number):
        return _plain(value)
    if value is None or isinstance(value, str):
        return value
    return _json(value)


def _json(value: Any) -> str:
    """JSON text with its numbers as they were written."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_json(key)}: {_json(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_json, value)) + "]"
    return str(value) if isinstance(value, _Number) else json.dumps(value, ensure_ascii=False)


_WHOLE = re.compile(r"(-?\d+)\.0+")


def _plain(number: str) -> str:
    if "e" in number or "E" in number:
        try:
            exact = Decimal(number)
        except InvalidOperation:
            return str(number)
        if abs(exact.adjusted()) > _LONGEST:
            return str(number)
        number = format(exact, "f")
    whole = _WHOLE.fullmatch(number)
    return whole[1] if whole else str(number)
