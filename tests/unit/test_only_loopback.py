"""The guard in conftest.py would fail silently: nothing else would notice that it is gone."""

import socket
import threading

import pytest

# An address that the standards set aside for documentation: nobody answers there, whatever happens.
OUTSIDE = ("192.0.2.1", 9)


@pytest.fixture
def tcp():
    with socket.socket() as made:
        yield made


@pytest.mark.parametrize("verb", ["connect", "connect_ex"])
def test_a_connection_to_the_outside_is_refused(tcp, verb):
    with pytest.raises(RuntimeError, match="only loopback"):
        getattr(tcp, verb)(OUTSIDE)


def test_a_datagram_to_the_outside_is_refused():
    with socket.socket(type=socket.SOCK_DGRAM) as udp, pytest.raises(RuntimeError, match="only loopback"):
        udp.sendto(b"", OUTSIDE)


def test_a_name_of_the_outside_is_not_looked_up():
    with pytest.raises(RuntimeError, match="only loopback"):
        socket.create_connection(("shop.example", 80))


def test_loopback_is_open():
    with socket.create_server(("127.0.0.1", 0)) as server:
        answering = threading.Thread(target=lambda: server.accept()[0].close())
        answering.start()
        with socket.create_connection(("localhost", server.getsockname()[1])) as client:
            assert client.recv(1) == b""
        answering.join()
