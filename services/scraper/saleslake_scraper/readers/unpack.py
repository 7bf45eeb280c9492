"""Compressed bodies and archives, up to a limit of size."""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO

from saleslake_scraper.readers.broken import BrokenFileError

GZIP = b"\x1f\x8b"
_STEP = 1 << 20


def gunzip(body: bytes, limit: int) -> bytes:
    """The content of a whole gzip body, of one or more parts; raises `BrokenFileError` where it is cut."""
    content, rest = BytesIO(), memoryview(body)
    try:
        while rest:
            part = zlib.decompressobj(wbits=31)
            fed = rest
            while not part.eof and (fed or part.unconsumed_tail):
                step = part.unconsumed_tail or fed[:_STEP]
                fed = fed if part.unconsumed_tail else fed[_STEP:]
                content.write(part.decompress(step, _STEP))
                if content.tell() > limit:
                    raise BrokenFileError(f"unpacks to more than {limit} bytes")
            if not part.eof:
                raise BrokenFileError("the gzip data is cut short")
            rest = rest[len(rest) - len(fed) - len(part.unused_data) :]
            if not any(rest[:_STEP]):
                break
    except zlib.error as error:
        raise BrokenFileError("not gzip data, or damaged") from error
    return content.getvalue()


def members(body: bytes, limit: int, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    """Name and content of the wanted files of a zip archive, by name; raises `BrokenFileError`."""
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive:
            chosen = sorted(
                (info for info in archive.infolist() if _is_file(info) and wanted(info.filename)),
                key=lambda info: info.filename,
            )
            if sum(info.file_size for info in chosen) > limit:
                raise BrokenFileError(f"unpacks to more than {limit} bytes")
            if any(info.flag_bits & 1 for info in chosen):
                raise BrokenFileError("the archive is locked with a password")
            for info in chosen:
                yield info.filename, archive.read(info)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise BrokenFileError("not a zip archive, or damaged") from error


def _is_file(info: zipfile.ZipInfo) -> bool:
    parts = info.filename.split("/")
    return not info.is_dir() and not any(part.startswith((".", "__MACOSX", "~$")) for part in parts)
