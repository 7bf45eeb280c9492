"""Compressed files: whole, cut, locked, too large."""

import gzip
import random
import zipfile
from io import BytesIO

import pytest

from saleslake_scraper.readers import BrokenFileError, gunzip, members

ENOUGH = 1 << 30
TEXT = random.Random(7).randbytes(3_000_000)


def zipped(**files: bytes) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize("parts", [1, 3])
def test_gzip_of_one_or_more_parts(parts):
    step = len(TEXT) // parts
    body = b"".join(gzip.compress(TEXT[at : at + step]) for at in range(0, len(TEXT), step))
    assert gunzip(body, ENOUGH) == TEXT
    assert gunzip(body + b"\x00" * 512, ENOUGH) == TEXT  # tapes and some tools fill up with zeros


@pytest.mark.parametrize("left", [5, 12, 1000, -9, -1])
def test_cut_gzip_is_broken(left):
    with pytest.raises(BrokenFileError, match="cut short"):
        gunzip(gzip.compress(TEXT)[:left], ENOUGH)


def test_damaged_gzip_is_broken():
    body = bytearray(gzip.compress(TEXT))
    body[len(body) // 2] ^= 255
    with pytest.raises(BrokenFileError, match="damaged"):
        gunzip(bytes(body), ENOUGH)


def test_a_bomb_is_not_unpacked():
    with pytest.raises(BrokenFileError, match="more than 1000 bytes"):
        gunzip(gzip.compress(bytes(50_000_000)), 1000)
    with pytest.raises(BrokenFileError, match="more than 1000 bytes"):
        list(members(zipped(a=bytes(2000)), 1000, bool))


def test_members_come_by_name_and_only_the_wanted():
    body = zipped(**{"b.csv": b"2", "in/a.csv": b"1", "__MACOSX/a.csv": b"x", "c.txt": b"x"})
    found = list(members(body, ENOUGH, lambda name: name.endswith(".csv")))
    assert found == [("b.csv", b"2"), ("in/a.csv", b"1")]


@pytest.mark.parametrize("left", [0, 20, -1, -30])
def test_a_cut_archive_is_broken(left):
    with pytest.raises(BrokenFileError, match="not a zip archive, or damaged"):
        list(members(zipped(a=TEXT[:5000])[:left], ENOUGH, bool))


def test_a_locked_archive_is_broken():
    body = bytearray(zipped(a=b"1"))
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        body[body.index(header) + flags] |= 1
    with pytest.raises(BrokenFileError, match="password"):
        list(members(bytes(body), ENOUGH, bool))
