"""What became of each address in the crawl that is under way."""

from collections import Counter
from collections.abc import Iterable
from typing import Protocol

from saleslake.raw import AddressReport
from saleslake_scraper.report import Failure


class Listed(Protocol):
    """An address of a numbered listing."""

    @property
    def address(self) -> str:
        """As raw names it."""

    @property
    def number(self) -> int:
        """Place in the listing, from 1."""


class Ledger:
    """Every address of the listing ends in exactly one outcome, or the crawl does not commit."""

    def __init__(self) -> None:
        self._entries: dict[str, Listed] = {}
        self._outcomes: dict[str, AddressReport] = {}
        self._members: list[AddressReport] = []
        self._faults: list[Failure] = []
        self.warnings: list[Failure] = []
        """What looks wrong, and may be right."""
        self.unfetched = 0
        """Addresses that could not be had."""
        self.blocked = False
        """Something could not be fetched, so what was may be half of what belongs together: no commit."""

    def expect(self, entries: Iterable[Listed]) -> None:
        """The numbered listing; from now on each of its addresses owes an outcome."""
        self._entries = {entry.address: entry for entry in entries}

    def unchanged(self, entry: Listed) -> None:
        """Its content is what an earlier crawl wrote, or none of what a backfill fetches again."""
        self._settle(AddressReport(address=entry.address, number=entry.number, status="unchanged"))

    def landed(
        self, report: AddressReport, members: Iterable[AddressReport] = (), *, blocks: bool = False
    ) -> None:
        """It was fetched and read, or found broken or unchanged by its content."""
        self.blocked |= blocks
        self._settle(report)
        self._members.extend(members)

    def not_fetched(self, entry: Listed, reason: str) -> None:
        """It could not be had at all."""
        self.blocked = True
        self.unfetched += 1
        self._settle(
            AddressReport(address=entry.address, number=entry.number, status="failed", reason=reason)
        )

    def fault(self, where: str, reason: str, *, blocks: bool) -> None:
        """Something is wrong that is no outcome of a listed address."""
        self.blocked |= blocks
        self._faults.append(Failure(address=where, reason=reason))

    def warn(self, where: str, reason: str) -> None:
        """Something looks wrong, and keeps nothing from being committed."""
        self.warnings.append(Failure(address=where, reason=reason))

    def close(self, reason: str) -> None:
        """Name what has no outcome; `reason` is Scrapy's for the end of the crawl."""
        if reason != "finished":
            self.fault("crawl", f"stopped before its end: {reason}", blocks=True)
            return
        for address in self._entries.keys() - self._outcomes.keys():
            self.not_fetched(self._entries[address], "nothing came of it")

    @property
    def expected(self) -> int:
        """Addresses in the listing."""
        return len(self._entries)

    @property
    def settled(self) -> int:
        """Addresses with an outcome."""
        return len(self._outcomes)

    @property
    def reports(self) -> list[AddressReport]:
        """Outcomes of addresses and of members of archives, in the order of the listing."""
        every = [*self._outcomes.values(), *self._members]
        return sorted(every, key=lambda report: (report.number, report.address))

    @property
    def failures(self) -> list[Failure]:
        """Everything that went wrong."""
        failed = (report for report in self.reports if report.status == "failed")
        return self._faults + [
            Failure(address=report.address, reason=report.reason or "") for report in failed
        ]

    @property
    def counts(self) -> Counter[str]:
        """Addresses of the listing by what became of them."""
        return Counter(report.status for report in self._outcomes.values())

    @property
    def bytes(self) -> int:
        """Bytes of the bodies that were read."""
        return sum(report.bytes for report in self._outcomes.values())

    def _settle(self, report: AddressReport) -> None:
        self._outcomes[report.address] = report
