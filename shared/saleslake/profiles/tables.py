"""What the files of a raw table look like."""

import codecs
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from saleslake.profiles.model import Columns, Part


def _encoding(value: str) -> str:
    try:
        "".encode(value)
        codecs.getincrementaldecoder(value)
    except LookupError as error:
        raise ValueError("the name of a text encoding, such as 'utf-8' or 'cp1252'") from error
    return value


Format = Literal["csv", "tsv", "xlsx", "xls", "json", "ndjson", "parquet"]


class Unpivot(Part):
    """Columns that are values of one column (months across the page) are turned into rows."""

    keep: Columns
    """Columns that stay and are repeated on each row."""
    name: str
    """New column for what the header of the turned columns said."""
    value: str
    """New column for what stood in them."""


class Table(Part):
    """One raw table: which files feed it, and how they are read. Fields stay the text that was seen."""

    files: Columns
    """Patterns (`*`, `?`, `[...]`) for the name of the file, or for the end of its path.

    `export.zip` alone takes every member of the archive; `export.zip/orders.csv`, or a second pattern
    `orders.csv`, only those that match.
    """
    optional: bool = False
    """No file may be there (yet); else a pattern that none matches is a fault."""
    format: Format | None = None
    """Taken from the file's suffix (before `.gz`, or inside a `.zip`) where it is not said."""
    encoding: Annotated[str, AfterValidator(_encoding)] = "utf-8"
    """Of text files; a byte order mark in the file decides over it."""
    separator: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    """Of csv; `,` for `.csv` and a tab for `.tsv` where it is not said."""
    quote: Annotated[str, Field(max_length=1)] = '"'
    """Empty: the file does not quote."""
    trailing_separators: bool = False
    """Rows may end in separators too many, as in files mended by hand; a field behind them stays a fault."""
    header_row: Annotated[int, Field(ge=1)] = 1
    """Row in which the header stands; rows above it are junk."""
    columns: Columns | None = None
    """Names of the columns of a file without a header."""
    sheet: str | None = None
    """Sheet of a workbook; the first where it is not said."""
    records: str | None = None
    """Dotted path to the list of records in a JSON document; the document itself where it is not said."""
    unpivot: Unpivot | None = None
    snapshot: Literal["none", "file", "table"] = "none"
    """What a newer file (or all files together) no longer holds was deleted at the source."""

    @model_validator(mode="after")
    def _one_header(self) -> "Table":
        if self.columns is not None and "header_row" in self.model_fields_set:
            raise ValueError("either 'header_row' or 'columns' (a file without a header)")
        return self
