"""How gateway frames are packed: not at all, by zlib-stream, or by zstd-stream."""

import struct
import zlib
from typing import Protocol

ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
ZSTD_FRAME = ZSTD_MAGIC + b"\x00\x58"  # no sizes or checksum; a window of 2 MiB
ZSTD_BLOCK_MAX = 128 * 1024  # bytes; RFC 8878, section 3.1.1.2.4


class Packing(Protocol):
    """Turns one payload after the other into frames of one connection."""

    def pack(self, text: str) -> bytes:
        """The frame that carries `text`."""


class Zlib:
    """zlib-stream: one context for the connection, flushed after each payload."""

    def __init__(self) -> None:
        self._context = zlib.compressobj(level=1)

    def pack(self, text: str) -> bytes:
        """The frame, which ends with 00 00 FF FF."""
        packed = self._context.compress(text.encode())
        return packed + self._context.flush(zlib.Z_SYNC_FLUSH)


class Zstd:
    """zstd-stream: one frame for the connection, in raw blocks, so that no library is needed."""

    def __init__(self) -> None:
        self._start = ZSTD_FRAME

    def pack(self, text: str) -> bytes:
        """The blocks that hold `text`."""
        content = text.encode()
        packed, self._start = [self._start], b""
        for begin in range(0, len(content), ZSTD_BLOCK_MAX):
            block = content[begin : begin + ZSTD_BLOCK_MAX]
            packed += [struct.pack("<I", len(block) << 3)[:3], block]
        return b"".join(packed)


def packing(compress: str) -> Packing | None:
    """What `?compress=` asks for; None for plain text."""
    if compress == "zlib-stream":
        return Zlib()
    if compress == "zstd-stream":
        return Zstd()
    return None
