"""The profile's verbs as Polars expressions over the text columns of a raw table."""

import polars as pl

from saleslake.profiles import Date, Field, Key, Number, Text
from saleslake_processor import keys

_SPREADSHEET_EPOCH = pl.date(1899, 12, 30)
_ISO_FORMATS = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S")
_WITH_TIME = ("%H", "%I", "%T", "%R", "%s", "%X")
_PARSED = pl.Decimal(38, 10)


def cleaned(column: pl.Expr) -> pl.Expr:
    """The text without blanks around it and with single ones in it; null where nothing is left."""
    text = column.str.replace_all(r"[\s\u00a0]+", " ").str.strip_chars(" ")
    return pl.when(text != "").then(text)


def identity(key: Key, occurrence: pl.Expr | None = None) -> pl.Expr:
    """The natural id that a key gives; `occurrence` counts equal rows of a file from 1."""
    identifier = keys.natural_id([cleaned(pl.col(column)) for column in key.columns], key.prefix)
    return identifier if occurrence is None else pl.concat_str([identifier, occurrence], separator="#")


def seen(field: Field, present: frozenset[str]) -> pl.Expr:
    """What the source says for a field, as text; null where it says nothing."""
    if field.const is not None:
        text = pl.lit(field.const)
    elif field.key is not None:
        text = identity(field.key)
    else:
        columns = [cleaned(pl.col(column)) for column in field.from_ or () if column in present]
        text = pl.coalesce(columns) if columns else pl.lit(None, pl.String)
    return text if field.map is None else _mapped(text, field.map)


def read(text: pl.Expr, field: Field, dtype: pl.DataType, time_zone: str) -> pl.Expr:
    """The text as the type that the contract asks for; null where it cannot be read so."""
    match dtype:
        case pl.String():
            return _worded(text, field)
        case pl.Date():
            return as_instant(text, field.date or Date(formats=_ISO_FORMATS), time_zone, "date")
        case pl.Datetime():
            return as_instant(text, field.date or Date(formats=_ISO_FORMATS), time_zone, "instant")
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
        days = text.cast(pl.Float64, strict=False)
        serial = _SPREADSHEET_EPOCH + pl.duration(days=days.floor().cast(pl.Int64))
        tries.append(serial if what == "date" else _local(serial.cast(pl.Datetime("us")), time_zone))
    return pl.coalesce(tries)


def _mapped(text: pl.Expr, values: dict[str, str]) -> pl.Expr:
    default = pl.lit(values["*"]) if "*" in values else text
    known = {old: new for old, new in values.items() if old != "*"}
    mapped = pl.when(text.is_not_null()).then(
        text.replace_strict(known, default=default, return_dtype=pl.String)
    )
    return pl.when(mapped != "").then(mapped)


def _worded(text: pl.Expr, field: Field) -> pl.Expr:
    if field.number is not None:
        text = _plain(_number(text, field.number))
    form = field.text or Text()
    cased = {"lower": text.str.to_lowercase, "upper": text.str.to_uppercase, "title": text.str.to_titlecase}
    text = cased[form.case]() if form.case in cased else text
    return text.str.zfill(form.pad) if form.pad else text


def _plain(number: pl.Expr) -> pl.Expr:
    """A number as an id: no decimals where there are none."""
    return number.cast(pl.String).str.replace(r"\.?0+$", "")


def _number(text: pl.Expr, form: Number) -> pl.Expr:
    if form.serial:
        days = _by_format(text.str.head(10), "%Y-%m-%d", "UTC", "date") - _SPREADSHEET_EPOCH
        return pl.coalesce(text.cast(_PARSED, strict=False), days.dt.total_days().cast(_PARSED))
    for sign in (form.currency, form.thousands, "%" if form.percent else "", " ", "\u202f"):
        text = text.str.replace_all(sign, "", literal=True) if sign else text
    if form.decimal != ".":
        text = text.str.replace_all(".", "?", literal=True).str.replace(form.decimal, ".", literal=True)
    number = text.cast(_PARSED, strict=False)
    return number / 100 if form.percent else number


def _by_format(text: pl.Expr, format: str, time_zone: str, what: str) -> pl.Expr:
    if not any(letter in format for letter in _WITH_TIME):
        day = text.str.to_date(format, strict=False)
        return day if what == "date" else _local(day.cast(pl.Datetime("us")), time_zone)
    moment = text.str.to_datetime(format, time_unit="us", strict=False)
    if what == "instant":
        return moment if "%z" in format else _local(moment, time_zone)
    return (moment.dt.convert_time_zone(time_zone) if "%z" in format else moment).dt.date()


def _local(moment: pl.Expr, time_zone: str) -> pl.Expr:
    zoned = moment.dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
    return zoned.dt.convert_time_zone("UTC")
