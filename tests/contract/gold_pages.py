"""Headers of the pages in a Parquet file, which no reader hands out: Thrift's compact protocol."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pyarrow.parquet as pq

KINDS = {0: "data v1", 1: "index", 2: "dictionary", 3: "data v2"}
ENCODINGS = {0: "PLAIN", 2: "PLAIN_DICTIONARY", 3: "RLE", 4: "BIT_PACKED", 5: "DELTA_BINARY_PACKED"}
ENCODINGS |= {6: "DELTA_LENGTH_BYTE_ARRAY", 7: "DELTA_BYTE_ARRAY", 8: "RLE_DICTIONARY"}
ENCODINGS |= {9: "BYTE_STREAM_SPLIT"}


@dataclass(frozen=True)
class Page:
    """One page of one column chunk."""

    kind: str
    encoding: str


def pages(body: bytes) -> Iterator[Page]:
    """Every page of the file."""
    footer = pq.ParquetFile(BytesIO(body)).metadata
    for group in range(footer.num_row_groups):
        for number in range(footer.num_columns):
            chunk = footer.row_group(group).column(number)
            at = chunk.dictionary_page_offset or chunk.data_page_offset
            end = at + chunk.total_compressed_size
            while at < end:
                header, at = _struct(body, at)
                at += header[3]
                # 5, 7 and 8 hold what only v1, dictionary and v2 pages have.
                of_kind = header.get(5) or header.get(7) or header[8]
                encoding = of_kind[4 if 8 in header else 2]
                yield Page(KINDS[header[1]], ENCODINGS[encoding])


def _struct(body: bytes, at: int) -> tuple[dict[int, Any], int]:
    """Fields by number."""
    fields: dict[int, Any] = {}
    number = 0
    while (head := body[at]) != 0:
        at += 1
        if head >> 4:
            number += head >> 4
        else:
            number, at = _zigzag(body, at)
        fields[number], at = _value(body, at, head & 15)
    return fields, at + 1


def _value(body: bytes, at: int, kind: int) -> tuple[Any, int]:
    match kind:
        case 1 | 2:
            return kind == 1, at
        case 3:
            return body[at], at + 1
        case 4 | 5 | 6:
            return _zigzag(body, at)
        case 8:
            length, at = _varint(body, at)
            return body[at : at + length], at + length
        case 12:
            return _struct(body, at)
    raise NotImplementedError(f"Thrift type {kind} does not occur in the header of a page")


def _varint(body: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (body[at] & 127) << shift
        shift += 7
        at += 1
        if body[at - 1] < 128:
            return value, at


def _zigzag(body: bytes, at: int) -> tuple[int, int]:
    value, at = _varint(body, at)
    return (value >> 1) ^ -(value & 1), at
