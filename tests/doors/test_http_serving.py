"""How the HTTP door listens."""

import socket

from handlers.http.serving import _listening


def test_answers_do_not_wait_for_the_clients_acknowledgement() -> None:
    with (
        _listening("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname()[:2]),
    ):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
