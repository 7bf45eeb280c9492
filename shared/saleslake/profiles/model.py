"""What all parts of a profile have in common."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
"""A name in snake_case: of a source, a company, a raw table."""


class Part(BaseModel):
    """A part of a profile: immutable, and any key that it does not know is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def _in_a_list(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


T = TypeVar("T")
OneOrMore = Annotated[tuple[T, ...], BeforeValidator(_in_a_list), Field(min_length=1)]
"""A list, or one alone without the brackets."""

Columns = OneOrMore[str]
"""Column names (or patterns), or one alone without the brackets."""
