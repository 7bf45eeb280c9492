"""Natural ids and the 64-bit keys made of them."""

import polars as pl
import polars_hash  # noqa: F401 (registers the `nchash` namespace)

UNKNOWN = 0
"""Key of the member that stands for "not said", present in every dimension."""

_SEPARATOR = "\x1f"


class KeyCollisionError(Exception):
    """Two natural ids have the same key."""


def natural_id(parts: list[pl.Expr], prefix: str = "") -> pl.Expr:
    """The parts as one text, so that different parts never give the same text; null where all are null."""
    escaped = [
        part.fill_null("")
        .str.replace_all("\\", "\\\\", literal=True)
        .str.replace_all("|", r"\|", literal=True)
        for part in parts
    ]
    whole = [pl.lit(prefix), *escaped] if prefix else escaped
    joined = pl.concat_str(whole, separator="|") if len(whole) > 1 else parts[0]
    return pl.when(pl.any_horizontal([part.is_not_null() for part in parts])).then(joined)


def key(company: str | pl.Expr, entity: str, identifier: pl.Expr) -> pl.Expr:
    """xxh3 of company, entity and natural id, as a signed integer; null where the id is null.

    Independent of the order in which things arrive, small, and what relationships in Power BI want.
    """
    owner = pl.lit(company) if isinstance(company, str) else company
    text = pl.concat_str([owner, pl.lit(entity), identifier], separator=_SEPARATOR)
    hashed: pl.Expr = text.nchash.xxh3_64()  # type: ignore[attr-defined]  # registered above
    return hashed.reinterpret(signed=True)


def check_collisions(members: pl.DataFrame, key: str, identifiers: list[str]) -> None:
    """Raise `KeyCollisionError` if one key stands for two natural ids; 0 is the unknown member's alone."""
    distinct = members.select(key, *identifiers).unique()
    twice = distinct.filter(pl.col(key).is_duplicated() | (pl.col(key) == UNKNOWN))
    if twice.height:
        raise KeyCollisionError(f"{key}: {twice.sort(key, *identifiers).head(2).rows()}")
