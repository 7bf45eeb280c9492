"""The profile's verbs as Polars expressions over the text columns of a raw table."""

import re

import polars as pl

from saleslake.profiles import Date, Field, Key, Number, Text
from saleslake_processor import keys

_WITH_TIME = ("%H", "%I", "%T", "%R", "%X", "%+")
_WITH_DAY = re.compile("%[-_0]?[dejDFx+]")
_WITH_ZONE = re.compile(r"%(:{0,3}|#)z|%\+")
_FIRST_YEAR = 1000
"""An earlier one was meant otherwise: `%Y` takes the 15 of 1/2/15 for the year 15."""
_PARSED = pl.Decimal(38, 10)
_UNTIDY = r"^\s|\s$|\s\s|[^\S ]"


def cleaned(column: pl.Expr) -> pl.Expr:
    """The text without blanks around it and with single ones in it; null where nothing is left."""
    text = column.map_batches(_tidied, return_dtype=pl.String, is_elementwise=True)
    return pl.when(text != "").then(text)


def _tidied(column: pl.Series) -> pl.Series:
    # Looking whether there is anything to do is cheaper than doing it, and mostly there is nothing.
    if not column.str.contains(_UNTIDY).any():
        return column
    return column.str.replace_all(r"[\s\u00a0]+", " ").str.strip_chars(" ")


def identity(key: Key) -> pl.Expr:
    """The natural id that a key gives; null where it cannot be read."""
    seen = [cleaned(pl.col(column)) for column in key.columns]
    parts = [_worded(part, key.number, key.text) for part in seen]
    identifier = keys.natural_id(parts, key.prefix)
    if key.number is not None:
        unread = [was.is_not_null() & part.is_null() for was, part in zip(seen, parts, strict=True)]
        identifier = pl.when(~pl.any_horizontal(unread)).then(identifier)
    return identifier


def nth(identifier: pl.Expr, occurrence: pl.Expr) -> pl.Expr:
    """The id of one of several equal rows."""
    return pl.concat_str([identifier, occurrence], separator="#")


def seen(field: Field) -> pl.Expr:
    """What the source says for a field, as text; null where it says nothing."""
    if field.const is not None:
        text = pl.lit(field.const)
    elif field.key is not None:
        unread = keys.natural_id([cleaned(pl.col(column)) for column in field.key.columns], field.key.prefix)
        text = pl.coalesce(identity(field.key), unread)
    else:
        text = pl.coalesce(cleaned(pl.col(column)) for column in field.columns)
    return text if field.map is None else _mapped(text, field.map)


def read(text: pl.Expr, field: Field, dtype: pl.DataType, time_zone: str) -> pl.Expr:
    """The text as the type that the contract asks for; null where it cannot be read so."""
    match dtype:
        case pl.String():
            if field.key is not None:
                text = pl.when(identity(field.key).is_not_null()).then(text)
            return _worded(text, field.number, field.text)
        case pl.Date():
            return as_instant(text, field.date or Date(), time_zone, "date")
        case pl.Datetime():
            return as_instant(text, field.date or Date(), time_zone, "instant")
        case pl.Decimal():
            number = _number(text, field.number or Number())
            return number.round(dtype.scale, mode="half_away_from_zero").cast(dtype, strict=False)
        case _:
            raise TypeError(f"no verb reads {dtype}")


def as_instant(text: pl.Expr, date: Date, time_zone: str, what: str) -> pl.Expr:
    """A `date` in the zone, or an `instant` in UTC, by the first format that fits.

    A local time that daylight saving skips is unreadable; of one that it repeats the first is meant.
    """
    tries = [_by_format(text, format, time_zone, what) for format in date.formats]
    if date.serial:
        moment = _from_serial(text)
        tries.append(moment.dt.date() if what == "date" else _local(moment, time_zone))
    return pl.coalesce(tries)


def _mapped(text: pl.Expr, values: dict[str, str]) -> pl.Expr:
    default = pl.lit(values["*"]) if "*" in values else text
    known = {old: new for old, new in values.items() if old != "*"}
    mapped = pl.when(text.is_not_null()).then(
        text.replace_strict(known, default=default, return_dtype=pl.String)
    )
    return pl.when(mapped != "").then(mapped)


def _worded(text: pl.Expr, number: Number | None, form: Text | None) -> pl.Expr:
    if number is not None:
        text = _plain(_number(text, number))
    form = form or Text()
    cased = {"lower": text.str.to_lowercase, "upper": text.str.to_uppercase, "title": text.str.to_titlecase}
    text = cased[form.case]() if form.case in cased else text
    # Only digits: a spreadsheet that takes zeros away takes them from numbers.
    return (
        pl.when(text.str.contains(r"^\d+$")).then(text.str.zfill(form.pad)).otherwise(text)
        if form.pad
        else text
    )


def _plain(number: pl.Expr) -> pl.Expr:
    """A number as an id: no decimals where there are none."""
    return number.cast(pl.String).str.replace(r"\.?0+$", "")


def _number(text: pl.Expr, form: Number) -> pl.Expr:
    number = _written(text, form)
    return -number if form.negate else number


def _written(text: pl.Expr, form: Number) -> pl.Expr:
    if form.serial:
        return pl.coalesce(text.cast(_PARSED, strict=False), _to_serial(text))
    for sign in (form.currency, "%" if form.percent else ""):
        text = text.str.replace_all(sign, "", literal=True) if sign else text
    text = text.str.strip_chars(" ")
    if form.thousands:
        text = _ungrouped(text, form)
    if form.decimal != ".":
        text = text.str.replace_all(".", "?", literal=True).str.replace(form.decimal, ".", literal=True)
    number = text.cast(_PARSED, strict=False)
    return number / 100 if form.percent else number


def _ungrouped(text: pl.Expr, form: Number) -> pl.Expr:
    """Without the signs between groups; as it is, and so unreadable, where the groups are not of digits by
    three: 12,34 is rather a decimal comma than 1234."""
    sign = " " if form.thousands.isspace() else form.thousands
    between, decimal = pl.escape_regex(sign), pl.escape_regex(form.decimal)
    grouped = rf"^[+-]?\d{{1,3}}(?:{between}\d{{2,3}})*{between}\d{{3}}(?:{decimal}\d*)?$"
    return (
        pl.when(text.str.contains(grouped)).then(text.str.replace_all(sign, "", literal=True)).otherwise(text)
    )


_SPREADSHEET_EPOCH = pl.datetime(1899, 12, 30, time_unit="us")
_SECONDS_A_DAY = 86_400
_LEAP_DAY = 60
"""Spreadsheets count a 29 February 1900 that never was: days before it lie one nearer to the epoch."""


def _to_serial(text: pl.Expr) -> pl.Expr:
    """The number that a spreadsheet shows as this date."""
    formats = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%.f")
    moment = pl.coalesce(text.str.to_datetime(format, time_unit="us", strict=False) for format in formats)
    days = (moment - _SPREADSHEET_EPOCH).dt.total_microseconds().cast(_PARSED) / (_SECONDS_A_DAY * 1_000_000)
    return days - (days < _LEAP_DAY + 1).cast(pl.Int64).cast(_PARSED)


def _from_serial(text: pl.Expr) -> pl.Expr:
    """The local time, to the second, that a spreadsheet means by this number."""
    number = text.cast(_PARSED, strict=False).cast(pl.Float64)
    days = pl.when(number.is_between(1, 2_958_466, closed="left")).then(number)
    seconds = ((days + (days < _LEAP_DAY).cast(pl.Int64)) * _SECONDS_A_DAY).round(0).cast(pl.Int64)
    return _SPREADSHEET_EPOCH + pl.duration(seconds=seconds)


def _by_format(text: pl.Expr, format: str, time_zone: str, what: str) -> pl.Expr:
    if not _WITH_DAY.search(format):
        text, format = text + " 1", f"{format} %d"
    if not any(letters in format for letters in _WITH_TIME):
        day = text.str.to_date(format, strict=False)
        day = pl.when(day.dt.year() >= _FIRST_YEAR).then(day)
        return day if what == "date" else _start(day, time_zone)
    moment = text.str.to_datetime(format, time_unit="us", strict=False)
    moment = pl.when(moment.dt.year() >= _FIRST_YEAR).then(moment)
    zoned = _WITH_ZONE.search(format)
    if what == "instant":
        return moment if zoned else _local(moment, time_zone)
    return (moment.dt.convert_time_zone(time_zone) if zoned else moment).dt.date()


def _start(day: pl.Expr, time_zone: str) -> pl.Expr:
    """The instant at which a day begins: an hour late where daylight saving skips its midnight."""
    midnight = day.cast(pl.Datetime("us"))
    return pl.coalesce(_local(midnight, time_zone), _local(midnight.dt.offset_by("1h"), time_zone))


def _local(moment: pl.Expr, time_zone: str) -> pl.Expr:
    zoned = moment.dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
    return zoned.dt.convert_time_zone("UTC")
