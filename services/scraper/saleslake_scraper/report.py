"""The close report: what one crawl of one source came to."""

from pydantic import AwareDatetime, BaseModel


class Failure(BaseModel):
    """One thing that went wrong, without data in it."""

    address: str
    """An address, or `tables.<name>` where it is about a whole table."""
    reason: str


class CrawlReport(BaseModel):
    """What one crawl saw, wrote and committed."""

    source: str
    batch: str | None = None
    """Id of the committed batch; none where nothing was new or nothing was committed."""
    committed: bool = False
    started_at: AwareDatetime
    seconds: float = 0.0
    seen: int = 0
    """Addresses in the listing that feed a table: fetched, unchanged or failed."""
    fetched: int = 0
    unchanged: int = 0
    failed: int = 0
    bytes: int = 0
    """Bytes of the bodies that were read, as they lie at the source (after the transport's compression)."""
    rows: dict[str, int] = {}
    """Rows written by raw table; zero for those of a crawl that was not committed."""
    failures: list[Failure] = []
    warnings: list[Failure] = []
    """What looks wrong beside the last crawls, and may be right."""

    @property
    def well(self) -> bool:
        """Whether nothing failed."""
        return not self.failures

    @property
    def summary(self) -> str:
        """One line for the log."""
        outcome = f"batch {self.batch}" if self.committed else "nothing committed"
        return (
            f"{self.source}: {outcome}; {self.seen} addresses: {self.fetched} fetched, "
            f"{self.unchanged} unchanged, {self.failed} failed; {sum(self.rows.values())} rows, "
            f"{self.bytes / 1e6:.1f} MB in {self.seconds:.1f} s"
        )
