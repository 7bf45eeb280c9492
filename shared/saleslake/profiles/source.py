"""A source profile as a whole."""

import hashlib
import operator
from collections.abc import Mapping as Frozen
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from saleslake.profiles.api import ApiTable
from saleslake.profiles.mapping import Mapping
from saleslake.profiles.model import Columns, Name, OneOrMore, Part
from saleslake.profiles.site import SiteTable
from saleslake.profiles.tables import Table


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("a time zone of the IANA list, such as 'Europe/Paris'") from error
    return value


def _url(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("an address that begins with 'http://' or 'https://'")
    return value


AtSale = Literal["customer.segment", "customer.place", "product.category"]
"""What may have changed since a sale."""

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
"""ISO 4217 code."""

Urls = OneOrMore[Annotated[str, AfterValidator(_url)]]
"""Addresses of a site."""


class Manners(Part):
    """How the source is treated while it is fetched."""

    robots: bool = True
    """Keep to the site's robots.txt."""
    delay: Annotated[float, Field(ge=0)] = 0.0
    """Seconds between two requests to one host; with AutoThrottle the least."""
    concurrency: Annotated[int, Field(ge=1, le=64)] = 8
    """Requests under way to one host."""
    autothrottle: bool = True
    timeout: Annotated[float, Field(gt=0)] = 60.0
    """Seconds that one request may take."""
    retries: Annotated[int, Field(ge=0, le=20)] = 4
    """Further tries of a request that failed, each later than the one before."""
    max_megabytes: Annotated[int, Field(ge=1)] = 1024
    """A body above it is refused."""
    max_pages: Annotated[int, Field(ge=1)] = 10_000
    """Pages of a table, of lists and of details each, or of an API's endpoint; more of them is a failure."""
    allowed_hosts: tuple[str, ...] = ()
    """Hosts besides the address's own."""


def _entities(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {entity: rows if isinstance(rows, list) else [rows] for entity, rows in value.items()}


class Source(Part):
    """One source of one company's sales."""

    name: Name
    """The name of the file."""
    company: Name
    """Whose sales these are; sources of one company share ids."""
    kind: Literal["files", "site", "api"] = "files"
    address: Columns
    """A folder, an HTML index page, or addresses of files; of a site or an API the address that others are
    relative to."""
    cadence: Annotated[str, Field(pattern=r"^([1-9][0-9]*[smhd]|manual)$")] = "1d"
    """How often a schedule fetches it: a number and `s`, `m`, `h` or `d`; `manual` for never."""
    manners: Manners = Manners()
    secrets: dict[str, str] = Field(default_factory=dict)
    """Request headers by name; the value is the name of the environment variable that holds the secret."""
    headers: dict[str, str] = Field(default_factory=dict)
    """Request headers that are no secret."""
    time_zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    """Zone in which the source's days begin and end."""
    currency: Currency
    """Of the amounts, where a row does not bring its own."""
    reporting_currency: Currency | None = None
    """Of the company's gold, to which amounts are converted; without it `currency`."""
    prices_include_tax: bool = False
    tax_rate: Annotated[Decimal, Field(ge=0, lt=1, decimal_places=6)] = Decimal(0)
    """0.2 stands for 20 %."""
    money_places: Annotated[int, Field(ge=0, le=4)] = 2
    """Decimal places to which an amount is rounded."""
    refused_limit: Annotated[float, Field(gt=0, lt=1)] | None = None
    """Share of a batch's rows, 0..1, of which more being refused has the batch held back whole."""
    drift: Literal["ignore", "warn", "hold"] = "warn"
    """What becomes of a batch in which columns have appeared or vanished."""
    # Not in the stamp of profiles that do not say it: lakes hold stamps that are older.
    at_sale: Annotated[tuple[AtSale, ...], Field(exclude_if=operator.not_)] = ()
    """What `fact_sales` keeps beside a line as it was at the sale, in columns of their own."""
    tables: Annotated[Frozen[Name, Table | SiteTable | ApiTable], Field(min_length=1)]
    entities: Annotated[dict[Name, tuple[Mapping, ...]], BeforeValidator(_entities)] = Field(
        default_factory=dict
    )

    fetched_by: ClassVar[frozenset[str]] = frozenset()
    """Keys of a table that say how its rows are fetched, and nothing of what they mean."""

    @model_validator(mode="after")
    def _no_secret_in_address(self) -> Self:
        if any("@" in urlsplit(address).netloc for address in self.address):
            raise ValueError(
                "address: no user and password, which raw and logs would keep; 'secrets' takes them"
            )
        return self

    @property
    def reported_in(self) -> str:
        """Code of the currency of the company's gold."""
        return self.reporting_currency or self.currency

    @property
    def mapping_hash(self) -> str:
        """Stamp of all that decides what a raw row comes to: what it means, and what has its batch held back;
        how it is fetched does not count."""
        fetch = {"address", "cadence", "manners", "secrets", "headers", "kind"}
        # Where nothing is held back, the stamp is that of profiles before anything could be.
        if self.refused_limit is None:
            fetch.add("refused_limit")
        if self.drift != "hold":
            fetch.add("drift")
        # Where no currency but the source's own is meant, the stamp is that of profiles before there was one.
        same = {"reporting_currency"} if self.reported_in == self.currency else set()
        unread: dict[str, Any] = dict.fromkeys(fetch | same, True)
        if self.fetched_by:
            unread["tables"] = {"__all__": set(self.fetched_by)}
        return hashlib.sha256(self.model_dump_json(exclude=unread).encode()).hexdigest()[:16]


class FileSource(Source):
    """A source of files, in a folder or on a site."""

    tables: Annotated[Frozen[Name, Table], Field(min_length=1)]
    # Other keys say how files are read, too; they are in the stamps that lakes hold.
    fetched_by = frozenset({"trailing_separators", "optional"})


class SiteSource(Source):
    """A source of HTML pages."""

    address: Urls
    tables: Annotated[Frozen[Name, SiteTable], Field(min_length=1)]
    fetched_by = frozenset(SiteTable.model_fields) - {"unpivot", "snapshot"}


class ApiSource(Source):
    """A source of JSON records."""

    address: Urls
    tables: Annotated[Frozen[Name, ApiTable], Field(min_length=1)]
    fetched_by = frozenset(ApiTable.model_fields) - {"unpivot", "snapshot"}

    @model_validator(mode="after")
    def _endpoints_differ(self) -> "ApiSource":
        tables: dict[str, str] = {}
        for name, table in self.tables.items():
            other = tables.setdefault(f"{table.path} {sorted(table.query.items())}", name)
            if other != name:
                raise ValueError(f"tables.{name}: another 'path' or 'query' than tables.{other}")
        return self


SOURCES: dict[str, type[Source]] = {"site": SiteSource, "api": ApiSource}
"""The form of a profile by its kind; that of files for all others."""
