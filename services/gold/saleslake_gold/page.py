"""The page for people: which tables there are, and the addresses under which they are read."""

import json
from html import escape
from typing import Any

_HEAD = (
    '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>saleslake: gold</title>\n'
    "<style>body{font-family:sans-serif;margin:2em}td,th{padding:.2em 1em .2em 0;text-align:left}"
    "td.n{text-align:right}</style></head>\n<body>\n<h1>Gold</h1>\n"
)


def page(manifest: bytes | None) -> str:
    """The page of a manifest; without one it says so."""
    if manifest is None:
        return f"{_HEAD}<p>Nothing is published yet.</p>\n</body>\n</html>\n"
    content = json.loads(manifest)
    rows = "".join(_row(name, table) for name, table in content["tables"].items())
    return (
        f"{_HEAD}<p>Snapshot {content['snapshot']}, published {escape(content['published_at'])}. "
        '<a href="manifest.json">manifest.json</a> names the files of one consistent snapshot; '
        "the names below always lead to the newest.</p>\n"
        f"<table>\n<tr><th>table</th><th>rows</th><th>meaning</th></tr>\n{rows}</table>\n</body>\n</html>\n"
    )


def _row(name: str, table: dict[str, Any]) -> str:
    parts = [file["part"] for file in table["files"]]
    if parts == [None]:
        links = f'<a href="latest/{name}.parquet">{escape(name)}</a>'
    else:
        months = " ".join(f'<a href="latest/{name}/{part}.parquet">{escape(part)}</a>' for part in parts)
        links = f"<details><summary>{escape(name)}</summary>{months}</details>"
    first = table["description"].strip().split("\n\n", 1)[0]
    meaning = escape(" ".join(first.split()))
    return f'<tr><td>{links}</td><td class="n">{table["rows"]:,}</td><td>{meaning}</td></tr>\n'
