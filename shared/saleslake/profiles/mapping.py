"""How the rows of a raw table become rows of an entity."""

import operator
import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from saleslake.profiles.fields import Date, Key, as_date, as_field, as_key
from saleslake.profiles.fields import Field as FieldSpec
from saleslake.profiles.model import Columns, Name, Part


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"a regular expression ({error})") from error
    return value


Pattern = Annotated[str, AfterValidator(_pattern)]


class Condition(Part):
    """What a column must hold for a row to be taken. Values are compared without the blanks around them."""

    is_: Annotated[Columns | None, Field(alias="is")] = None
    not_: Annotated[Columns | None, Field(alias="not")] = None
    matches: Pattern | None = None
    """A regular expression, found anywhere in the value unless anchored."""
    empty: bool | None = None

    @model_validator(mode="after")
    def _one_test(self) -> "Condition":
        if len(self.model_fields_set) != 1:
            raise ValueError("exactly one of 'is', 'not', 'matches' and 'empty'")
        return self


def _as_condition(value: Any) -> Any:
    return {"is": value} if isinstance(value, str | list) else value


Where = dict[str, Annotated[Condition, BeforeValidator(_as_condition)]]
"""Conditions by column; all must hold."""

Refusals = dict[Name, Annotated[Where, Field(min_length=1)]]
"""Conditions by the name of a rule."""


class Version(Part):
    """Which of two versions of a row is the later one: by a column, or by the name of its file."""

    from_: Annotated[str | None, Field(alias="from")] = None
    file: Pattern | None = None
    """A regular expression with one group, found in the address, whose text `date` reads."""
    date: Annotated[Date, BeforeValidator(as_date)] = Date()

    @model_validator(mode="after")
    def _one_origin(self) -> "Version":
        if (self.from_ is None) == (self.file is None):
            raise ValueError("exactly one of 'from' (a column) and 'file' (a pattern)")
        if self.file is not None and re.compile(self.file).groups != 1:
            raise ValueError("'file' needs exactly one group in brackets")
        return self


def _as_version(value: Any) -> Any:
    if value == "fetch":
        return None
    return {"from": value} if isinstance(value, str) else value


class Mapping(Part):
    """Rows of one raw table as rows of one entity; one raw row may feed several entities."""

    from_: Annotated[Name, Field(alias="from")]
    """The raw table."""
    where: Where = Field(default_factory=dict)
    """Rows that are taken; the others are counted as ignored."""
    # Not in the stamp of profiles that do not say it: lakes hold stamps that are older.
    refuse: Annotated[Refusals, Field(exclude_if=operator.not_)] = Field(default_factory=dict)
    """Rows that are known to be wrong, by the name of the rule under which the quarantine lists them."""
    key: Annotated[Key, BeforeValidator(as_key)]
    version_from: Annotated[Version | None, BeforeValidator(_as_version)] = None
    """Nothing, or `"fetch"`: the instant of the fetch."""
    deleted: Where | None = None
    """Rows which say that the thing no longer is."""
    fields: dict[str, Annotated[FieldSpec, BeforeValidator(as_field)]] = Field(default_factory=dict)
    """Fields of the entity by name."""

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """The raw columns that it reads, by the key of the mapping that names them."""
        read = {f"fields.{name}": field.columns for name, field in self.fields.items() if field.columns}
        read["key"] = self.key.columns
        if self.version_from and self.version_from.from_:
            read["version_from"] = (self.version_from.from_,)
        for verb, conditions in self.conditions.items():
            read.update({f"{verb}.{column}": (column,) for column in conditions})
        return read

    @property
    def conditions(self) -> dict[str, Where]:
        """All conditions on rows, by the key of the mapping that says them."""
        refuse = {f"refuse.{rule}": conditions for rule, conditions in self.refuse.items()}
        return {"where": self.where, **refuse, "deleted": self.deleted or {}}
