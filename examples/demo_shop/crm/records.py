"""The records of the sales teams' system: each knows its whole life, and shows it as of an instant.

Instants are in seconds since 1970 UTC. Nothing is asked of a record before it was created, and it never moves
in the order of `created_at`, whatever happens.
"""

from datetime import date
from typing import NamedTuple

from demo_shop.paris import iso, local_day
from demo_shop.regions import City

NEVER_TOUCHED, NEGOTIATED, SIGNED, LOST = "never touched", "under negotiation", "signed", "lost"

Fields = dict[str, str | int | None]


class Version(NamedTuple):
    """A whole number that holds from an instant until the next version."""

    since: int
    value: int


class Account(NamedTuple):
    """A firm that is, or may become, a client; `employees` are the versions of its head count."""

    record_id: str
    created_at: int
    name: str
    segment: str
    city: City
    employees: tuple[Version, ...]
    signed_at: int | None

    def updated_at(self, now: int) -> int:
        """When it last changed, as of an instant."""
        return max(_last(self.employees, now).since, _past(self.signed_at, now) or 0)

    def fields(self, now: int) -> Fields:
        """What the system shows of it at an instant."""
        return {
            "id": self.record_id,
            "name": self.name,
            "segment": self.segment,
            "employees": _last(self.employees, now).value,
            "city": self.city.name,
            "postal_code": self.city.postal_code,
            "region": self.city.region,
            "client_since": _day(_past(self.signed_at, now)),
            "created_at": iso(self.created_at),
            "updated_at": iso(self.updated_at(now)),
        }


class Opportunity(NamedTuple):
    """A chance to sell: given to a salesperson, then perhaps touched, then perhaps signed or lost.

    `estimate` and `amount` are cents without VAT: what is hoped for until it is closed, and what it came to.
    """

    record_id: str
    created_at: int
    account_id: str
    salesperson_id: str
    attributed_at: int
    touched_at: int | None
    closed_at: int | None
    outcome: str
    estimate: int
    amount: int

    def status(self, now: int) -> str:
        """Its state at an instant."""
        if _past(self.closed_at, now):
            return self.outcome
        return NEGOTIATED if _past(self.touched_at, now) else NEVER_TOUCHED

    def updated_at(self, now: int) -> int:
        """When it last changed, as of an instant."""
        changes = (self.attributed_at, self.touched_at, self.closed_at)
        return max(self.created_at, *(_past(change, now) or 0 for change in changes))

    def fields(self, now: int) -> Fields:
        """What the system shows of it at an instant."""
        attributed, closed = _past(self.attributed_at, now), _past(self.closed_at, now)
        return {
            "id": self.record_id,
            "account_id": self.account_id,
            "salesperson_id": self.salesperson_id if attributed else None,
            "status": self.status(now),
            "amount": _euros(self.amount if closed else self.estimate),
            "currency": "EUR",
            "created_at": iso(self.created_at),
            "attribution_date": _day(attributed),
            "touched_date": _day(_past(self.touched_at, now)),
            "closed_date": _day(closed),
            "updated_at": iso(self.updated_at(now)),
        }


class Booking(NamedTuple):
    """What an account has booked in a month, in versions of cents without VAT."""

    record_id: str
    created_at: int
    account_id: str
    month: date
    gross: tuple[Version, ...]

    def cents(self, now: int) -> int:
        """The amount at an instant."""
        return _last(self.gross, now).value

    def updated_at(self, now: int) -> int:
        """When it last changed, as of an instant."""
        return _last(self.gross, now).since

    def fields(self, now: int) -> Fields:
        """What the system shows of it at an instant."""
        return {
            "id": self.record_id,
            "account_id": self.account_id,
            "month": f"{self.month:%Y-%m}",
            "gross_bookings": _euros(self.cents(now)),
            "currency": "EUR",
            "created_at": iso(self.created_at),
            "updated_at": iso(self.updated_at(now)),
        }


Record = Account | Opportunity | Booking


def _past(instant: int | None, now: int) -> int | None:
    return instant if instant is not None and instant <= now else None


def _last(versions: tuple[Version, ...], now: int) -> Version:
    return next(each for each in reversed(versions) if each.since <= now)


def _day(instant: int | None) -> str | None:
    return None if instant is None else local_day(instant).isoformat()


def _euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
