"""Backfills of a lake: which days of which sources are fetched again, and how far each has come."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from pydantic import AwareDatetime, BaseModel

from saleslake import clock
from saleslake.damage import readable
from saleslake.durable import replace_text
from saleslake.lake import Lake
from saleslake.raw import Backfill, batch_id, read_commit


class Record(BaseModel):
    """One backfill."""

    id: str
    """Instant at which it began; its batches are later."""
    since: date
    until: date
    sources: list[str]
    ended_at: AwareDatetime | None = None
    """None while it is under way: who asks for the same again goes on with it."""

    @property
    def window(self) -> Backfill:
        """What the scraper is asked for."""
        return Backfill(id=self.id, since=self.since, until=self.until)


def planned(since: date, until: date, sources: Sequence[str]) -> Record:
    """A backfill that begins now, and of which nothing is written."""
    return Record(id=batch_id(clock.now()), since=since, until=until, sources=sorted(sources))


def begun(lake: Lake, since: date, until: date, sources: Sequence[str]) -> Record:
    """The backfill of these days and sources that is under way, else a new one."""
    wanted = planned(since, until, sources)
    for file in sorted(lake.backfills.glob("[!.]*.json"), reverse=True):
        with readable(file, "a record of a backfill"):
            record = Record.model_validate_json(file.read_bytes())
        if record.ended_at is None and _about(record) == _about(wanted):
            return record
    replace_text(lake.backfill(wanted.id), wanted.model_dump_json(indent=1))
    return wanted


def ended(lake: Lake, record: Record) -> None:
    """Have it ended: who asks for the same again begins anew."""
    done = record.model_copy(update={"ended_at": clock.now()})
    replace_text(lake.backfill(record.id), done.model_dump_json(indent=1))


def fetched(lake: Lake, record: Record) -> dict[str, str]:
    """The batch that it has committed of each source."""
    found = {}
    for source in record.sources:
        for file in lake.raw_commits(source).glob("[!.]*.json"):
            if file.stem >= record.id:
                made = read_commit(lake, source, file.stem)
                if made.backfill is not None and made.backfill.id == record.id:
                    found[source] = made.batch
    return found


def began_at(record: Record) -> datetime:
    """When it began."""
    return datetime.strptime(record.id, "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)


def _about(record: Record) -> tuple[date, date, list[str]]:
    return record.since, record.until, record.sources
