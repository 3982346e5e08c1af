"""CSV that no spreadsheet takes for formulas: RFC 4180, texts in quotes, numbers as numbers."""

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

Cell = str | int | float | Decimal | bool | datetime | None
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")  # source: OWASP ASVS 5.0, 1.2.10
HARMLESS = "'"  # before a text that a spreadsheet would otherwise run


class TextFile(Protocol):
    """Where text goes."""

    def write(self, text: str, /) -> object:
        """Takes some text."""


class CsvWriter:
    """Writes rows below a header; the file must be opened with newline=""."""

    def __init__(self, file: TextFile, header: Sequence[str]) -> None:
        self._writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        self._writer.writerow([safe(name) for name in header])

    def write(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Writes some rows."""
        self._writer.writerows([safe(cell) for cell in row] for row in rows)


def safe(cell: Cell) -> str | int | float | Decimal:
    """The cell as it may stand in a file: numbers stay numbers, texts are never formulas.

    What a text begins with is looked at after spaces and invisible characters, and full-width forms
    count as what they look like. Characters that are no text (half surrogates) become "?".
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float | Decimal):
        return cell if cell == cell and abs(cell) != float("inf") else ""
    if isinstance(cell, int):
        return cell
    if isinstance(cell, datetime):
        return cell.isoformat()
    text = cell.encode("utf-8", "replace").decode()
    return HARMLESS + text if is_formula(text) else text


def is_formula(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula."""
    first = next((char for char in text if not _is_skipped(char)), "")
    return text.startswith(FORMULA) or unicodedata.normalize("NFKC", first).startswith(FORMULA)


def _is_skipped(char: str) -> bool:
    """Whether spreadsheets, or people, do not see it at a cell's beginning."""
    return char not in FORMULA and (char.isspace() or unicodedata.category(char) in ("Cc", "Cf"))
