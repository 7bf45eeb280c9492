"""Source profiles: how a source is fetched and what its columns mean, one TOML file a source."""

from saleslake.profiles.fields import Date, Field, Key, Number, Text
from saleslake.profiles.load import Fault, ProfileError, load, load_all, names
from saleslake.profiles.mapping import Condition, Mapping, Version, Where
from saleslake.profiles.source import Manners, Source
from saleslake.profiles.tables import Table, Unpivot

__all__ = [
    "Condition",
    "Date",
    "Fault",
    "Field",
    "Key",
    "Manners",
    "Mapping",
    "Number",
    "ProfileError",
    "Source",
    "Table",
    "Text",
    "Unpivot",
    "Version",
    "Where",
    "load",
    "load_all",
    "names",
]
