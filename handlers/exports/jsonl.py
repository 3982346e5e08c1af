"""JSON lines: every value as it is kept, nothing lost."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.csv_text import Cell, TextFile


class JsonlWriter:
    """Writes each row as an object on a line of its own, in plain ASCII."""

    def __init__(self, file: TextFile, header: Sequence[str]) -> None:
        self._file = file
        self._header = tuple(header)

    def write(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Writes some rows."""
        for row in rows:
            stated = dict(zip(self._header, row, strict=True))
            self._file.write(json.dumps(stated, default=_plain) + "\n")


def _plain(value: object) -> str:
    """What JSON has no form for: instants in ISO 8601, exact money in its digits."""
    return value.isoformat() if isinstance(value, datetime) else str(value)
