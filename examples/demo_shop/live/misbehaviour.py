"""What the site can be told to do wrong, for tests and trials. Told nothing, it does nothing wrong."""

import json
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from threading import Event, Lock
from typing import Any

ERROR, TOO_MANY, STALL, CUT, SLOW = "500", "429", "stall", "cut", "slow"
KINDS = (ERROR, TOO_MANY, STALL, CUT, SLOW)
_TOLD = ("path", "kind", "times", "seconds", "retry_after")
_LONGEST_SECONDS = 3600


@dataclass
class Rule:
    """What is done wrong on addresses that match `path`, and how many times still; None: until it is ended.

    `seconds` is how long a stall holds the connection before it is dropped without an answer, and how long a
    slow body takes; `retry_after` is what a 429 tells in its header.
    """

    path: str
    kind: str
    times: int | None = 1
    seconds: float = 30.0
    retry_after: int = 1
    done: int = 0
    ended: Event = field(default_factory=Event)

    def pause(self, seconds: float) -> None:
        """Lets time pass, unless the rule is ended before."""
        self.ended.wait(seconds)


class Misbehaviour:
    """The rules in force; of several that match, the first that has not been used up holds."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._rules: list[Rule] = []

    def add(self, text: str | bytes) -> None:
        """Puts a JSON list of rules behind those in force; ValueError says what is wrong with it."""
        listed = json.loads(text)
        if not isinstance(listed, list):
            raise ValueError("rules: a list is expected")
        rules = [_rule(each) for each in listed]
        with self._lock:
            self._rules += rules

    def end(self) -> None:
        """Forgets all rules; stalled and slow answers go on at once."""
        with self._lock:
            for rule in self._rules:
                rule.ended.set()
            self._rules = []

    def due(self, address: str) -> Rule | None:
        """The rule for a request of an address (with its query), which is used up by once."""
        path = address.partition("?")[0]
        with self._lock:
            for rule in self._rules:
                left = rule.times is None or rule.done < rule.times
                if left and (fnmatchcase(path, rule.path) or fnmatchcase(address, rule.path)):
                    rule.done += 1
                    return rule
        return None

    def told(self) -> list[dict[str, Any]]:
        """The rules in force, with how often each has been `done`."""
        with self._lock:
            return [{name: getattr(rule, name) for name in (*_TOLD, "done")} for rule in self._rules]


def _rule(told: object) -> Rule:
    if not isinstance(told, dict):
        raise ValueError(f"rule: {told!r} is not an object")
    unknown = told.keys() - set(_TOLD)
    if unknown:
        raise ValueError(f"rule: unknown {', '.join(sorted(map(str, unknown)))}")
    if not isinstance(told.get("path"), str) or told.get("kind") not in KINDS:
        raise ValueError(f"rule: path must be a pattern, kind one of {', '.join(KINDS)}")
    rule = Rule(**told)
    if rule.times is not None and not _is_number(rule.times, int):
        raise ValueError("rule: times must be a whole number or null")
    if not _is_number(rule.retry_after, int) or not _is_number(rule.seconds, int, float):
        raise ValueError("rule: seconds and retry_after must be numbers from 0 to an hour")
    return rule


def _is_number(value: object, *types: type) -> bool:
    return (
        isinstance(value, types)
        and not isinstance(value, bool)
        and isinstance(value, int | float)
        and 0 <= value <= _LONGEST_SECONDS
    )
