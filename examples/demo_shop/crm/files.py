"""The three files of the sales teams, whole snapshots: people, opportunities, bookings.

`users.csv` was edited by hand: some of its lines end in a `;` or two too many.
"""

from datetime import date

from demo_shop.crm.plan import Plan
from demo_shop.crm.records import Booking, Opportunity
from demo_shop.exports import EXPORTED_AT
from demo_shop.paris import instant, local_day
from demo_shop.staff import Staff
from demo_shop.text import french, money, table

USER_COLUMNS = ("id", "firstName", "lastName", "startDate", "localization", "birthDate")
OPPORTUNITY_COLUMNS = ("id", "status", "accountId", "employeeId", "attributionDate")
BOOKING_COLUMNS = ("month", "accountId", "grossBookings")


def snapshots(plan: Plan, staff: Staff, until: date) -> dict[str, bytes]:
    """The files as they are exported on a day."""
    now = instant(until, EXPORTED_AT)
    return {
        "team/users.csv": _users(staff, until),
        "team/opportunities.csv": table(
            OPPORTUNITY_COLUMNS,
            (
                (
                    each.record_id,
                    each.status(now),
                    each.account_id,
                    each.salesperson_id,
                    french(local_day(each.attributed_at)),
                )
                for each in plan.created("opportunities", now)
                if isinstance(each, Opportunity) and each.attributed_at <= now
            ),
        ),
        "team/accounts_with_bookings.csv": table(
            BOOKING_COLUMNS,
            (
                (french(each.month), each.account_id, money(each.cents(now)))
                for each in plan.created("bookings", now)
                if isinstance(each, Booking)
            ),
        ),
    }


def _users(staff: Staff, day: date) -> bytes:
    people = (
        (
            each[0],
            each.first_name,
            each.last_name,
            french(each.start_date),
            each.team,
            french(each.birth_date),
        )
        for each in staff.at(day)
    )
    lines = table(USER_COLUMNS, people).decode().splitlines()
    # by the person, so that a line stays as it is when others join
    return "".join(f"{line}{_stray(line)}\n" for line in lines).encode()


def _stray(line: str) -> str:
    number = line[1:4]
    if not number.isdecimal():
        return ""
    return ";;" if int(number) % 29 == 0 else ";" if int(number) % 11 == 0 else ""
