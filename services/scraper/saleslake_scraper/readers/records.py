"""Records of delimited text, one by one: exact where it is odd, and able to say where it is broken."""

import re
from collections.abc import Iterator

import polars as pl

from saleslake_scraper.readers.broken import BrokenFileError

_CHUNK = 50_000


class Dialect:
    """How fields and records are told apart in UTF-8 bytes."""

    def __init__(self, body: bytes, separator: str, quote: str) -> None:
        self.body = body
        # Files of old Macs end their lines so; elsewhere a lone carriage return is text.
        self.line_end = b"\r" if b"\n" not in body and b"\r" in body else b"\n"
        end = rb"\r" if self.line_end == b"\r" else rb"\r?\n"
        between = re.escape(separator.encode())
        plain = rb"((?:(?!%b|%b)[\s\S])*+)" % (between, end)
        if quote:
            q = re.escape(quote.encode())
            inside = rb"(?:(?!%b)[\s\S])*+" % q
            plain = rb"(?:%b(%b(?:%b%b%b)*+)%b|(?!%b)%b)" % (q, inside, q, q, inside, q, q, plain)
        else:
            plain = rb"(?:(?!)()|%b)" % plain
        self._field = re.compile(rb"%b(%b|%b|\Z)" % (plain, between, end))
        self._separator = separator.encode()
        self._quote = quote

    def record(self, at: int) -> tuple[list[str | None], int]:
        """The fields of the record that begins at the byte, and where the next one begins.

        An empty field is null unless it is quoted. Raises `BrokenFileError` at a quote that is not closed,
        or that text follows.
        """
        fields: list[str | None] = []
        while True:
            match = self._field.match(self.body, at)
            if match is None:
                line = self.body.count(self.line_end, 0, at) + 1
                raise BrokenFileError(
                    f"line {line}: a quote is not closed, or text follows it"
                    ' (say quote = "" for a file that does not quote)'
                )
            quoted, bare, ended = match.groups()
            if quoted is not None:
                fields.append(quoted.decode().replace(self._quote * 2, self._quote))
            else:
                fields.append(bare.decode() or None)
            at = match.end()
            if ended != self._separator:
                return fields, at

    def records(self, at: int) -> Iterator[list[str | None]]:
        """All records from the byte on; raises `BrokenFileError`."""
        while at < len(self.body):
            fields, at = self.record(at)
            yield fields

    def frame(self, at: int, names: list[str], trailing: bool = False) -> pl.DataFrame:
        """The records from the byte on; missing fields at the end are null, further ones are a fault, unless
        they are empty and may be `trailing`."""
        schema = dict.fromkeys(names, pl.String())
        frames, rows = [pl.DataFrame(schema=schema)], list[list[str | None]]()
        for number, fields in enumerate(self.records(at), 1):
            if len(fields) > len(names) and not (trailing and not any(fields[len(names) :])):
                raise BrokenFileError(f"row {number} has {len(fields)} fields, the header names {len(names)}")
            rows.append(fields[: len(names)] + [None] * (len(names) - len(fields)))
            if len(rows) == _CHUNK:
                frames.append(pl.DataFrame(rows, schema=schema, orient="row"))
                rows = []
        if rows:
            frames.append(pl.DataFrame(rows, schema=schema, orient="row"))
        return pl.concat(frames)
