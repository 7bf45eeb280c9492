"""`saleslake report`: the commentary as people read it, and where each of its figures stands."""

import shlex
from collections.abc import Iterator

import polars as pl

from saleslake.lake import Lake
from saleslake_flows.exits import WrongUseError
from saleslake_flows.screen import Screen
from saleslake_flows.soundness import published
from saleslake_processor import gold_files


def reported(screen: Screen, lake: Lake, company: str | None, language: str, figures: bool) -> None:
    """Tell the sentences of a company, or of all, in their order."""
    rows = gold_files.read(lake, published(lake), "commentary").filter(pl.col("language") == language)
    found = rows.sort("company", "rank", "figure").collect()
    if company is not None:
        there = gold_files.read(lake, published(lake), "refresh_info").select("company")
        companies = there.unique().sort("company").collect().to_series().to_list()
        if company not in companies:
            raise WrongUseError(f"no company {company!r}; there are: {', '.join(companies)}")
        found = found.filter(pl.col("company") == company)
    if found.is_empty():
        screen.note("nothing to say: less than twelve complete months, or nothing that is worth a sentence")
    for number, ((name,), of_company) in enumerate(found.group_by("company", maintain_order=True)):
        screen.say(("\n" if number else "") + str(name), "bold")
        for line in _lines(of_company, figures):
            screen.say(line)


def _lines(rows: pl.DataFrame, figures: bool) -> Iterator[str]:
    for row in rows.iter_rows(named=True):
        if row["figure"] == 1:
            yield f"{row['rank']:>2}. {row['sentence']}"
        if figures:
            yield f"      {row['shown']}: {row['column_name']} = {row['value_text']}"
            words = f"saleslake why {row['table_name']} {shlex.quote(row['key'])} {row['column_name']}"
            yield f"        {words}"
