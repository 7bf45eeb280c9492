"""What a service tells the server, while what it is made of changes."""

import asyncio
from unittest.mock import Mock

from saleslake_flows.served import reconcile, serve
from saleslake_flows.served.service import Name


class Changing:
    """A service of which a profile changes just after it was read."""

    name: Name = "scraper"
    flows: tuple[str, ...] = ("scrape",)
    changes = 0

    def stamp(self):
        return (("corner.toml", 1, self.changes),)

    def deployments(self):
        self.changes += 1
        return []

    def due_at_once(self, registered):
        return []


def test_a_profile_that_changes_while_it_is_registered_is_seen_later(monkeypatch):
    async def forget(*_):
        return []

    monkeypatch.setattr(reconcile, "forget", forget)
    service = Changing()
    registered = asyncio.run(serve._register(service, Mock(), Mock(), lambda _: None))
    assert registered.stamp != service.stamp()
