"""What raw batches say by their profile, in plain Python: TOML, Parquet by DuckDB, one row after the other.

It shares nothing with the processor. Covered are the verbs that the profiles of `sources/` use, and the rules
of entities that rows of the data sets break.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

Row = dict[str, Any]

_PLACES = {"quantity": 4, "employees": 4, "on_order_quantity": 4, "lead_time_days": 4, "rate": 10}
_NUMBERS = re.compile(r"(_price|_cost|_amount|discount_rate)$")
_DAYS = re.compile(r"(_date|_on)$|^month$")
_STATUS = {
    "order": {"open", "completed", "returned", "cancelled"},
    "opportunity": {"never_touched", "negotiation", "signed", "lost"},
}
_DEFAULTS = {"order_line": {"order_id": "order_line_id"}}
_NEEDED = {
    "order_line": ("product_id", "quantity"),
    "opportunity": ("status",),
    "booking": ("month", "booked_amount"),
    "stock": ("stock_date", "product_id", "quantity"),
}
_EPOCH = date(1899, 12, 30)


class UnreadableError(Exception):
    """A value that the profile cannot read: the row is refused."""


@cache
def clean(text: str | None) -> str | None:
    found = re.sub(r"\s+", " ", text or "").strip()
    return found or None


@cache
def number(text: str, how: tuple[tuple[str, Any], ...]) -> Decimal:
    form = dict(how)
    if form.get("serial") and re.match(r"\d{4}-\d\d-\d\d", text):
        return Decimal((datetime.fromisoformat(text).date() - _EPOCH).days)
    for sign in (form.get("currency"), "%" if form.get("percent") else None):
        text = text.replace(sign, "") if sign else text
    text = text.strip()
    if thousands := form.get("thousands"):
        text = text.replace(thousands, "")
    if form.get("decimal") == ",":
        text = text.replace(".", "?").replace(",", ".")
    try:
        found = Decimal(text)
    except InvalidOperation as error:
        raise UnreadableError(text) from error
    found = found / 100 if form.get("percent") else found
    return -found if form.get("negate") else found


@cache
def instant(text: str, formats: tuple[str, ...]) -> datetime:
    """As it stands, with its zone where it says one."""
    for form in formats:
        try:
            # What says no zone is of the source's, which is not known here.
            return datetime.strptime(text, form.replace("%#z", "%z").replace("%.f", ".%f"))  # noqa: DTZ007
        except ValueError:
            continue
    if not formats:
        try:
            return datetime.fromisoformat(text)
        except ValueError as error:
            raise UnreadableError(text) from error
    raise UnreadableError(text)


def _formats(said: Any) -> tuple[str, ...]:
    said = said.get("formats", ()) if isinstance(said, dict) else said
    return () if said is None else tuple([said] if isinstance(said, str) else said)


def _listed(said: Any) -> list[str]:
    return [said] if isinstance(said, str) else list(said)


def _read(said: Any) -> list[str]:
    """The raw columns that a field reads."""
    how = said if isinstance(said, dict) else {"from": said}
    if "key" in how:
        return _listed(how["key"]["columns"] if isinstance(how["key"], dict) else how["key"])
    return _listed(how.get("from", []))


def _worded(text: str, how: dict[str, Any]) -> str:
    if "number" in how:
        plain = f"{number(text, tuple(sorted(how['number'].items()))):f}"
        text = plain.rstrip("0").rstrip(".") if "." in plain else plain
    form = how.get("text", {})
    text = {"upper": text.upper, "lower": text.lower, "title": text.title}.get(
        form.get("case"), lambda: text
    )()
    return text.zfill(form["pad"]) if "pad" in form and text.isdigit() else text


def identity(row: Row, said: Any) -> str | None:
    """The natural id that a key gives."""
    how = said if isinstance(said, dict) else {"columns": said}
    seen = [clean(row.get(column)) for column in _listed(how["columns"])]
    if all(part is None for part in seen):
        return None
    parts = ["" if part is None else _worded(part, how) for part in seen]
    parts = (
        [part.replace("\\", "\\\\").replace("|", "\\|") for part in parts]
        if len(parts) > 1 or how.get("prefix")
        else parts
    )
    return "|".join([how["prefix"], *parts] if how.get("prefix") else parts)


def holds(row: Row, where: dict[str, Any]) -> bool:
    return all(_holds(clean(row.get(column)), said) for column, said in where.items())


def _holds(text: str | None, said: Any) -> bool:
    [(verb, wanted)] = said.items() if isinstance(said, dict) else [("is", said)]
    match verb:
        case "is":
            return text in _listed(wanted)
        case "not":
            return text not in _listed(wanted)
        case "matches":
            return text is not None and re.search(wanted, text) is not None
    return (text is None) is bool(wanted)


class Profile:
    """A profile as it stands in its file."""

    def __init__(self, file: Path) -> None:
        self.name = file.stem
        self.said = tomllib.loads(file.read_text(encoding="utf-8"))
        self.company: str = self.said["company"]
        self.zone = ZoneInfo(self.said.get("time_zone", "UTC"))
        self.terms = {
            "source_currency": self.said["currency"],
            "tax_rate": Decimal(str(self.said.get("tax_rate", 0))),
            "prices_include_tax": self.said.get("prices_include_tax", False),
            "money_places": self.said.get("money_places", 2),
        }

    def mappings(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for entity, said in self.said.get("entities", {}).items():
            for mapping in said if isinstance(said, list) else [said]:
                yield entity, mapping

    def value(self, row: Row, field: str, said: Any) -> Any:
        """What a mapping makes of a field."""
        how = said if isinstance(said, dict) else {"from": said}
        if "const" in how:
            text: str | None = how["const"]
        elif "key" in how:
            text = identity(row, how["key"])
        else:
            text = next((each for column in _listed(how["from"]) if (each := clean(row.get(column)))), None)
        if text is not None and "map" in how:
            text = how["map"].get(text, how["map"].get("*", text)) or None
        if text is None:
            return None
        if field in _PLACES or _NUMBERS.search(field):
            exact = number(text, tuple(sorted(how.get("number", {}).items())))
            return exact.quantize(Decimal(1).scaleb(-_PLACES.get(field, 6)), ROUND_HALF_UP)
        if field.endswith("_at"):
            return self.at(text, how.get("date"))
        if _DAYS.search(field):
            moment = instant(text, _formats(how.get("date")))
            return (moment.astimezone(self.zone) if moment.tzinfo else moment).date()
        return _worded(text, how)

    def at(self, text: str, how: Any) -> datetime:
        moment = instant(text, _formats(how))
        return (moment if moment.tzinfo else moment.replace(tzinfo=self.zone)).astimezone(UTC)


def rows_of(lake: Path, source: str, commit: dict[str, Any], table: str) -> Iterator[Row]:
    """The raw rows of a table in a batch, by number."""
    files = [str(lake / "raw" / file) for file in commit["files"][table]]
    found = duckdb.execute("select * from read_parquet($1, union_by_name=true) order by _row", [files])
    names = [column[0] for column in found.description]
    while chunk := found.fetchmany(50_000):
        for values in chunk:
            yield dict(zip(names, values, strict=True))


def refused(entity: str, event: Row) -> bool:
    """Whether the row breaks a rule of its entity."""
    status = event.get("status")
    allowed = _STATUS["opportunity" if entity == "opportunity" else "order"]
    day = event.get("order_date") or event.get("return_date")
    quantity = event.get("quantity")
    return (
        any(event.get(field) is None for field in _NEEDED.get(entity, ()))
        or (entity in ("order", "order_line", "opportunity") and status is not None and status not in allowed)
        or (day is not None and not 1901 <= day.year <= 2099)
        or (quantity is not None and not 0 < quantity < 10_000_000)
        or any((event.get(name) or 0) < 0 for name in ("unit_price", "discount_amount", "return_amount"))
        or not 0 <= (event.get("discount_rate") or 0) <= 1
    )


class Told:
    """What a company's batches say: the last version of each thing, and counts by batch, table and entity."""

    def __init__(self, lake: Path, profiles: list[Profile]) -> None:
        self.now: dict[str, dict[str, Row]] = {}
        self.counts: dict[tuple[str, str, str, str], dict[str, int]] = {}
        self.named: set[tuple[str, str]] = set()
        """Entity and id of everything that any row refers to."""
        self._lake = lake
        last: dict[tuple[str, str], tuple[tuple[Any, ...], Row]] = {}
        for profile in profiles:
            for file in sorted((lake / "raw" / profile.name / "_commits").glob("*.json")):
                commit = json.loads(file.read_text())
                fetched = self._fetched(commit)
                for entity, mapping in profile.mappings():
                    if mapping["from"] in commit["files"]:
                        self._take(profile, commit, fetched, entity, mapping, last)
        for (entity, identifier), (later, event) in last.items():
            self.now.setdefault(entity, {})[identifier] = event | {"later": later}

    def _fetched(self, commit: dict[str, Any]) -> datetime:
        files = [str(self._lake / "raw" / file) for table in commit["files"].values() for file in table]
        [first] = (
            duckdb.execute(
                "select min(_fetched_at) from read_parquet($1, union_by_name=true)", [files]
            ).fetchone()
            or ()
        )
        found: datetime = first.astimezone(UTC)
        return found

    def _take(
        self,
        profile: Profile,
        commit: dict[str, Any],
        fetched: datetime,
        entity: str,
        mapping: dict[str, Any],
        last: dict[tuple[str, str], tuple[tuple[Any, ...], Row]],
    ) -> None:
        table, batch = mapping["from"], commit["batch"]
        counts = self.counts.setdefault(
            (profile.name, batch, table, entity), dict.fromkeys(("seen", "ignored", "refused"), 0)
        )
        equal: dict[tuple[str, str], int] = {}
        known: dict[tuple[Any, ...], Row] = {}
        fields, key, where = mapping.get("fields", {}), mapping["key"], mapping.get("where", {})
        occurrence = isinstance(key, dict) and key.get("occurrence")
        version = mapping.get("version_from")
        read = [column for said in fields.values() for column in _read(said)]
        for row in rows_of(self._lake, profile.name, commit, table):
            counts["seen"] += 1
            if not holds(row, where):
                counts["ignored"] += 1
                continue
            try:
                identifier = identity(row, key)
                if identifier is None:
                    raise UnreadableError(table)
                if occurrence:
                    nth = equal[row["_address"], identifier] = equal.get((row["_address"], identifier), 0) + 1
                    identifier = f"{identifier}#{nth}"
                event: Row = {"entity": entity, f"{entity}_id": identifier, **profile.terms}
                # What rows say alike is read once; of lines and returns no two say the same.
                stood = tuple(row.get(column) for column in read)
                if stood not in known:
                    known[stood] = {field: profile.value(row, field, said) for field, said in fields.items()}
                event |= known[stood]
                if entity in ("order_line", "return"):
                    known.clear()
                for field, other in _DEFAULTS.get(entity, {}).items():
                    if field not in fields:
                        event[field] = event[other]
                if "ordered_at" in event and "order_date" not in fields:
                    at = event["ordered_at"]
                    event["order_date"] = at and at.astimezone(profile.zone).date()
                said_at = fetched
                if version not in (None, "fetch"):
                    how = version if isinstance(version, dict) else {"from": version}
                    text = clean(row.get(how["from"]))
                    if text is None:
                        raise UnreadableError(table)
                    said_at = profile.at(text, how.get("date"))
                if refused(entity, event):
                    raise UnreadableError(table)
            except UnreadableError:
                counts["refused"] += 1
                continue
            for field, value in event.items():
                if field.endswith("_id") and value is not None and field != f"{entity}_id":
                    self.named.add(("category" if field == "parent_id" else field[:-3], value))
            later = (said_at, batch, row["_row"], profile.name)
            at_id = (entity, identifier)
            if at_id not in last or later >= last[at_id][0]:
                last[at_id] = (later, event)
