"""Text of any encoding as UTF-8, strictly."""

import codecs
from io import BytesIO

from saleslake_scraper.readers.broken import BrokenFileError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_STEP = 1 << 20


def as_utf8(body: bytes, encoding: str) -> bytes:
    """The body in UTF-8, with at most a byte order mark of UTF-8 before it.

    A byte order mark decides over the encoding that the profile says. UTF-8 comes back uncopied. Raises
    `BrokenFileError` where a byte is not valid in the encoding, or where the body is binary.
    """
    start = 0
    for mark, marked in _MARKS:
        if body.startswith(mark):
            start, encoding = len(mark), marked
            break
    utf8 = _transcoded(body, start, encoding)
    if b"\x00" in utf8:
        raise BrokenFileError(f"not text: a zero byte in line {_line(utf8, utf8.index(0))}")
    return utf8


def _transcoded(body: bytes, start: int, encoding: str) -> bytes:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    same = codecs.lookup(encoding).name in {"utf-8", "utf-8-sig"}
    written = BytesIO()
    view = memoryview(body)[start:]
    at = 0
    try:
        # In steps, so that the text never stands beside the body as a whole.
        for at in range(0, len(view), _STEP):
            text = decoder.decode(view[at : at + _STEP])
            if not same:
                written.write(text.encode())
        decoder.decode(b"", final=True)
    except UnicodeError as error:
        bad = start + at + max(getattr(error, "start", 0), 0)
        line = body.count(b"\n", 0, bad) + 1
        raise BrokenFileError(f"not valid {encoding}: line {line}, byte {bad + 1}") from error
    return body if same else written.getvalue()


def _line(body: bytes, at: int) -> int:
    return body.count(b"\n", 0, at) + 1
