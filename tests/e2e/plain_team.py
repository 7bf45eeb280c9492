"""What becomes of the opportunities of people, in plain Python, by the rules of the documents."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Chance:
    """An opportunity as its file has it."""

    id: str
    person: str
    account: str
    status: str
    attributed: date | None = None
    engaged: date | None = None
    closed: date | None = None
    amount: Decimal = Decimal(0)

    @property
    def over(self) -> bool:
        return self.status in ("signed", "lost")

    @property
    def closed_on(self) -> date | None:
        return self.closed or self.attributed

    @property
    def cycle(self) -> int | None:
        """Days from the first contact, else the attribution, to the close."""
        begins = self.engaged or self.attributed
        return (self.closed - begins).days if self.over and self.closed and begins else None


def four_places(number: Fraction | float | None) -> Decimal | None:
    """As gold rounds what is not below 0."""
    if number is None:
        return None
    exact = Fraction(number)
    quotient = Decimal(exact.numerator * 10**8 // exact.denominator).scaleb(-8)
    return quotient.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def mean_of(numbers: list[int]) -> Decimal | None:
    return four_places(Fraction(sum(numbers), len(numbers))) if numbers else None


def median_of(numbers: list[int]) -> Decimal | None:
    return four_places(median(numbers)) if numbers else None


def by_person(chances: Iterable[Chance], sizes: dict[str, int]) -> dict[str, dict[str, Any]]:
    """Counts, rates, cycle, and the size of the accounts signed, as `team_profile` names them."""
    people = defaultdict(list)
    for chance in chances:
        people[chance.person].append(chance)
    found = {}
    for person, own in people.items():
        of = {status: [each for each in own if each.status == status] for status in ("signed", "lost")}
        never = sum(each.status == "never_touched" for each in own)
        cycles = [each.cycle for each in own if each.cycle is not None]
        accounts = {each.account for each in of["signed"] if each.account}
        employees = [sizes[account] for account in accounts if account in sizes]
        signed, closed = len(of["signed"]), len(of["signed"]) + len(of["lost"])
        found[person] = {
            "opportunities": len(own),
            "never_touched": never,
            "touched_opportunities": len(own) - never,
            "signed": signed,
            "lost": len(of["lost"]),
            "never_touched_rate": never / len(own),
            "win_rate": signed / closed if closed else None,
            "signed_amount": sum((each.amount for each in of["signed"]), Decimal(0)),
            "cycle_days_mean": mean_of(cycles),
            "cycle_days_median": median_of(cycles),
            "signed_accounts": len(accounts),
            "sized_accounts": len(employees),
            "account_employees_mean": mean_of(employees),
            "account_employees_median": median_of(employees),
        }
    return found


def won_by(chances: Iterable[Chance]) -> dict[str, str]:
    """Whose an account is: of who signed it first."""
    winners: dict[str, str] = {}
    for each in sorted(chances, key=lambda chance: (chance.closed_on or date.max, chance.id)):
        if each.status == "signed" and each.account:
            winners.setdefault(each.account, each.person)
    return winners
