"""Names and values near to one that is not there, for a message that helps."""

import difflib
from collections.abc import Iterable


def nearby(wanted: str, there: Iterable[str], most: int = 3) -> str:
    """`; did you mean ...`, or nothing where nothing is near."""
    found = difflib.get_close_matches(wanted, [str(each) for each in there], most, 0.6)
    return f"; did you mean {', '.join(found)}?" if found else ""
