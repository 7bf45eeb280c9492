"""The selectors of a profile, checked before anything is fetched."""

from collections.abc import Iterator
from pathlib import Path

from cssselect import SelectorError
from parsel.csstranslator import css2xpath

from saleslake.profiles import Fault, SiteSource


def faults(source: SiteSource) -> Iterator[Fault]:
    """A fault for each selector that is none."""
    file = Path(f"{source.name}.toml")
    for name, table in source.tables.items():
        selectors = {
            **{f"follow[{n}]": css for n, css in enumerate(table.follow or ())},
            **{f"detail[{n}]": css for n, css in enumerate(table.detail or ())},
            **{f"columns.{column}": css for column, css in table.columns.items()},
        }
        alone = {"row": table.row, "empty": table.empty}
        selectors |= {key: css for key, css in alone.items() if css is not None}
        for key, css in selectors.items():
            try:
                css2xpath(css)
            except SelectorError as error:
                yield Fault(file, f"tables.{name}.{key}", repr(css), f"a CSS selector ({error})")
