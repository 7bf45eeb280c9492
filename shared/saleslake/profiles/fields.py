"""The verbs that make one field of an entity out of the columns of a raw table."""

import operator
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, model_validator
from pydantic import Field as Constraint

from saleslake.profiles.model import Columns, OneOrMore, Part


class Number(Part):
    """How a number is written. Without it: `1234.5`, with at most a blank around it."""

    decimal: Literal[".", ","] = "."
    thousands: str = ""
    """Sign between groups of digits; a blank stands for every kind of blank."""
    currency: str = ""
    """Sign or code to take away, wherever it stands: `$`, `€`, `EUR`."""
    percent: bool = False
    """`12,5` or `12,5 %` stands for 0.125."""
    serial: bool = False
    """A spreadsheet shows the number as a date: the days since 1899-12-30 give it back."""
    # Not in the stamp of profiles that do not say it: lakes hold stamps that are older.
    negate: Annotated[bool, Constraint(exclude_if=operator.not_)] = False
    """`-3` is 3, and `3` is -3: credit notes write below zero what came back."""

    @model_validator(mode="after")
    def _signs_differ(self) -> "Number":
        if self.thousands == self.decimal:
            raise ValueError(f"'thousands' to be another sign than 'decimal', which is {self.decimal!r}")
        return self


ISO = (
    "%Y-%m-%d",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f%#z",
    "%Y-%m-%d %H:%M:%S%.f%#z",
)
_YEAR_AND_MONTH = (re.compile("%[-_0]?[YyDFx+]"), re.compile("%[-_0]?[mbBhjDFx+]"))


def _names_a_month(format: str) -> str:
    if not all(letters.search(format) for letters in _YEAR_AND_MONTH):
        raise ValueError("letters for at least a year and a month, such as '%d/%m/%Y'")
    return format


class Date(Part):
    """How a date or an instant is written: the first format that fits a value is taken."""

    formats: OneOrMore[Annotated[str, AfterValidator(_names_a_month)]] = ISO
    """In `strptime` letters; with a time of day it is local to the source's zone unless `%z` says another.
    Without a day the first of the month is meant."""
    serial: bool = False
    """Numbers are a spreadsheet's days since 1899-12-30."""


class Text(Part):
    """How a text is mended. Blanks around it, and doubled or non-breaking ones in it, always go."""

    pad: Annotated[int, Constraint(ge=0, le=64)] = 0
    """Digits are filled up with zeros on the left to this length: a spreadsheet took them away."""
    case: Literal["as_is", "lower", "upper", "title"] = "as_is"
    """One spelling where a source mixes upper and lower case."""


class Key(Part):
    """Columns whose values together are an id. They are read alike wherever the id is composed."""

    columns: Columns
    prefix: str = ""
    """Put before the values, where two tables of the source count their ids from 1 each."""
    occurrence: bool = False
    """Rows may repeat within a file: the first, second, ... of equal ones are rows of their own."""
    number: Number | None = None
    """The values are numbers: `43659`, `43659.0` and the date that a spreadsheet made of it are one id."""
    text: Text | None = None


def as_key(value: Any) -> Any:
    """`"Column"` or a list of columns is short for `{ columns = [...] }`."""
    return {"columns": value} if isinstance(value, str | list) else value


def as_date(value: Any) -> Any:
    """`"%d/%m/%Y"` or a list of formats is short for `{ formats = [...] }`."""
    return {"formats": value} if isinstance(value, str | list) else value


class Field(Part):
    """One field: a column (`from`), several composed (`key`) or a constant, and how it is read."""

    from_: Annotated[Columns | None, Constraint(alias="from")] = None
    """The column; of several the first that is there and not empty."""
    key: Annotated[Key | None, BeforeValidator(as_key)] = None
    const: str | None = None
    number: Number | None = None
    date: Annotated[Date | None, BeforeValidator(as_date)] = None
    text: Text | None = None
    map: dict[str, str] | None = None
    """Values by what stands in the source; `"*"` stands for every other value that is not empty."""

    @model_validator(mode="after")
    def _one_origin(self) -> "Field":
        if sum(origin is not None for origin in (self.from_, self.key, self.const)) != 1:
            raise ValueError("exactly one of 'from', 'key' and 'const'")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The raw columns that it reads."""
        return self.key.columns if self.key else self.from_ or ()


def as_field(value: Any) -> Any:
    """`"Column"` is short for `{ from = "Column" }`."""
    return {"from": value} if isinstance(value, str | list) else value
