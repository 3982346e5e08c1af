"""Ports for servers that must be told theirs before they start."""

import random
import socket
from contextlib import suppress


def free_port() -> int:
    """A port that nobody listens on, below those that outgoing connections are lent."""
    for port in random.sample(range(20_000, 32_000), 50):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no port is free")
