import socket
import struct

from aiohttp import web

RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER with no time to linger


def abort(request: web.Request) -> None:
    """Reset a connection (TCP RST), so that the other side sees an error at once."""
    transport = request.transport
    if transport is None:
        return
    raw = transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    transport.abort()
