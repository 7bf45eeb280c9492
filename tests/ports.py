"""Ports for servers that are started a while after their port was chosen."""

import random
import socket

_LOWEST, _HIGHEST = 20_000, 32_000
"""Below those that the system gives to connections, or to who asks for any: they could be gone by then."""


def free_port() -> int:
    """A port of this machine that nobody listens on, and that is given to nobody who does not name it."""
    chosen = random.SystemRandom()
    while True:
        port = chosen.randint(_LOWEST, _HIGHEST)
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
