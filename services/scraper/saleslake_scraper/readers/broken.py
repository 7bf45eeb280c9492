"""What makes a body unreadable, said without quoting from it."""

import re


class BrokenFileError(Exception):
    """The body is not what the profile says. The message is a reason for people; it holds no data."""


_HTML = re.compile(
    rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype html|html|head|body)\b", re.I
)
_JSON = re.compile(rb"(\xef\xbb\xbf)?\s*(\{\s*\"|\[\s*[{\"]|\{\s*\})")
_HEAD = 4096


def refuse_pages(body: bytes, kind: str) -> None:
    """Raises where there is nothing, or where an error or login page came with status 200."""
    if not body[:_HEAD].strip() and not body.strip():
        raise BrokenFileError("the body is empty")
    if _HTML.match(body[:_HEAD]):
        raise BrokenFileError(f"an HTML page, not {kind}")


def refuse_json(body: bytes, kind: str) -> None:
    """Raises where a JSON answer stands in the place of a text table."""
    if _JSON.match(body[:_HEAD]):
        raise BrokenFileError(f"a JSON document, not {kind}")
