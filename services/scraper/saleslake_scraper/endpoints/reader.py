"""All pages of one endpoint, as one frame: the whole of it or nothing."""

import hashlib
import json
from collections.abc import Awaitable, Callable

import polars as pl
from scrapy.http import Response
from w3lib.url import add_or_replace_parameters

from saleslake import clock
from saleslake.raw import ORIGIN
from saleslake_scraper.endpoints.endpoint import Endpoint
from saleslake_scraper.endpoints.paging import PageSeen, first_page, next_page
from saleslake_scraper.items import Records
from saleslake_scraper.readers import BrokenFileError
from saleslake_scraper.readers.broken import refuse_pages
from saleslake_scraper.readers.documents import at_path, frame_of, parsed

FetchPage = Callable[[str], Awaitable[Response | str]]
"""Fetches a page, or says why it cannot."""

WALKS = 3
"""How often an endpoint with page numbers is read until two walks agree."""


class EndpointError(Exception):
    """The endpoint could not be read to its end. The message is a reason for people; it holds no data."""


class Reader:
    """Reads one endpoint, page after page."""

    def __init__(self, endpoint: Endpoint, fetch: FetchPage, max_pages: int) -> None:
        self._endpoint = endpoint
        self._table = endpoint.table
        self._fetch = fetch
        self._max_pages = max_pages
        self._bytes = 0

    async def read(self, since: str | None, until: str | None = None) -> Records:
        """The records that changed since then, or all of them; until then, where the API can be asked that.

        Raises `EndpointError`.
        """
        walks = [await self._walk(since, until)]
        counted = self._table.paging is not None and self._table.paging.page is not None
        steady = not counted or walks[0].is_empty()
        # A record that changes or goes while numbered pages are read moves others over the edge of a page,
        # where one is not seen, or seen twice. Two walks that give the same saw nothing move.
        while not steady and len(walks) < WALKS:
            walks.append(await self._walk(since, until))
            steady = walks[-1]["_content_hash"].equals(walks[-2]["_content_hash"])
        frame = walks[-1] if steady else _all_of(walks)
        return Records(self._endpoint, frame, self._bytes, since, steady)

    async def _walk(self, since: str | None, until: str | None) -> pl.DataFrame:
        first = self._endpoint.address
        if (said := self._table.updated_since) is not None:
            asked_for = {said.parameter: since, said.until or "": until}
            first = add_or_replace_parameters(
                first, {name: value for name, value in asked_for.items() if name and value is not None}
            )
        first = first_page(first, self._table)
        url: str | None = first
        asked: set[str] = set()
        frames: list[pl.DataFrame] = []
        while url is not None:
            if len(asked) >= self._max_pages:
                raise EndpointError(f"more pages than max_pages = {self._max_pages}")
            asked.add(url)
            try:
                frame, ahead = await self._page(url, first, len(asked))
            except BrokenFileError as error:
                raise EndpointError(f"page {len(asked)}: {error}") from error
            if frames and frame.height and _same(frame, frames[-1]) and self._counts():
                raise EndpointError(f"page {len(asked)} is the same as the one before: it does not page")
            frames.append(frame)
            if ahead in asked:
                if frame.height:
                    raise EndpointError(f"page {len(asked)} leads back to a page that was read")
                break
            url = ahead
        return _numbered(pl.concat(frames, how="diagonal"))

    async def _page(self, url: str, first: str, number: int) -> tuple[pl.DataFrame, str | None]:
        response = await self._fetch(url)
        if isinstance(response, str):
            raise EndpointError(f"page {number}: {response}")
        self._bytes += len(response.body)
        refuse_pages(response.body, "a JSON document")
        document = parsed(response.body, "utf-8")
        records = at_path(document, self._table.records, "records")
        frame = frame_of(records, self._table.records)
        link = b", ".join(response.headers.getlist("Link")).decode("latin-1")
        seen = PageSeen(response.url, link, document, frame.height)
        ahead = next_page(first, self._table, seen, number)
        return _with_origin(frame, self._endpoint.address), ahead

    def _counts(self) -> bool:
        return self._table.paging is not None and self._table.paging.page is not None


def _with_origin(frame: pl.DataFrame, address: str) -> pl.DataFrame:
    columns = sorted(set(frame.columns) - set(ORIGIN))
    hashes = [_hash(columns, row) for row in frame.select(columns).iter_rows()] if columns else []
    return frame.with_columns(
        pl.lit(address, ORIGIN["_address"]).alias("_address"),
        pl.lit(clock.now(), ORIGIN["_fetched_at"]).alias("_fetched_at"),
        pl.Series("_content_hash", hashes, ORIGIN["_content_hash"]),
    )


def _hash(columns: list[str], row: tuple[str | None, ...]) -> str:
    """Of what the record says; a key that is null or missing says nothing."""
    said = [each for each in zip(columns, row, strict=True) if each[1] is not None]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _same(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    return one["_content_hash"].equals(other["_content_hash"])


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    numbers = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("_row")
    return frame.with_columns(numbers).select(pl.exclude(list(ORIGIN)), *ORIGIN)


def _all_of(walks: list[pl.DataFrame]) -> pl.DataFrame:
    """Each record as often as the walk that saw it most often did."""
    marked = pl.concat([walk.with_columns(_walk=number) for number, walk in enumerate(walks)], how="diagonal")
    nth = pl.col("_content_hash").cum_count().over("_walk", "_content_hash").alias("_nth")
    once = marked.with_columns(nth).unique(["_content_hash", "_nth"], keep="first", maintain_order=True)
    return _numbered(once.drop("_walk", "_nth"))
