"""Column names that are there, and are there once."""

from collections.abc import Iterable

from saleslake.raw import ORIGIN


def unique_names(header: Iterable[str | None]) -> list[str]:
    """Names without the blanks around them; none is `column_<place>`, a second `a` is `a_2`."""
    cells = [(cell or "").strip().strip("\ufeff").strip() for cell in header]
    taken = set(ORIGIN)
    names = []
    for place, cell in enumerate(cells, 1):
        wanted = cell or f"column_{place}"
        name, count = wanted, 1
        while name in taken or (count > 1 and name in cells):
            count += 1
            name = f"{wanted}_{count}"
        taken.add(name)
        names.append(name)
    return names
