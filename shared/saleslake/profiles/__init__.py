"""Source profiles: how a source is fetched and what its columns mean, one TOML file a source."""

from saleslake.profiles.api import ApiTable, Paging, UpdatedSince
from saleslake.profiles.fields import Date, Field, Key, Number, Text
from saleslake.profiles.load import Fault, ProfileError, load, names
from saleslake.profiles.mapping import Condition, Mapping, Version, Where
from saleslake.profiles.site import SiteTable
from saleslake.profiles.source import ApiSource, FileSource, Manners, SiteSource, Source
from saleslake.profiles.tables import Table, Unpivot

__all__ = [
    "ApiSource",
    "ApiTable",
    "Condition",
    "Date",
    "Fault",
    "Field",
    "FileSource",
    "Key",
    "Manners",
    "Mapping",
    "Number",
    "Paging",
    "ProfileError",
    "SiteSource",
    "SiteTable",
    "Source",
    "Table",
    "Text",
    "Unpivot",
    "UpdatedSince",
    "Version",
    "Where",
    "load",
    "names",
]
