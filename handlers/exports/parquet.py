"""Parquet, with the extra `parquet`: columns with their types, a batch at a time."""

import importlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.csv_text import Cell
from bot.errors import SignoffError

TYPES = {  # ours -> pyarrow's
    "text": "string",
    "integer": "int64",
    "number": "float64",
    "truth": "bool_",
    "instant": "instant",
}


class ParquetWriter:
    """Writes one file; close it, or it is not whole."""

    def __init__(self, path: Path, columns: Mapping[str, str]) -> None:
        self._arrow = _pyarrow("pyarrow")
        self._schema = self._arrow.schema(
            [(name, self._type(kind)) for name, kind in columns.items()]
        )
        self._writer = _pyarrow("pyarrow.parquet").ParquetWriter(path, self._schema)

    def write(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Writes some rows as one row group."""
        columns = list(zip(*rows, strict=True))
        if columns:
            arrays = [
                self._arrow.array(column, type=field.type)
                for column, field in zip(columns, self._schema, strict=True)
            ]
            self._writer.write_table(self._arrow.Table.from_arrays(arrays, schema=self._schema))

    def close(self) -> None:
        """Ends the file."""
        self._writer.close()

    def _type(self, kind: str) -> Any:
        if kind == "instant":
            return self._arrow.timestamp("us", tz="UTC")
        return getattr(self._arrow, TYPES[kind])()


def _pyarrow(module: str) -> Any:
    """The library, loaded now.

    Raises:
        SignoffError: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        raise SignoffError(
            "Parquet needs the library pyarrow. Install it with: "
            "pip install 'signoff-server[parquet]'"
        ) from None
