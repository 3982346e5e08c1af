"""Statements on the hot path: compiled once, and on SQLite run by the driver itself.

SQLAlchemy takes 20 to 100 microseconds to look a statement up in its cache and wrap the result,
SQLite takes 5 to run it. On PostgreSQL the round trip costs more than either, so there the
statement goes the usual way.
"""

from collections import namedtuple
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Delete, Insert, Select, Update
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.compiler import SQLCompiler

_DIALECT = sqlite.dialect()

Processor = Callable[[Any], Any]


class Prepared:
    """A statement with named parameters: called, it gives its rows."""

    def __init__(self, statement: Select[Any] | Insert | Update | Delete) -> None:
        self._statement = statement

    def __call__(self, connection: Connection, **parameters: Any) -> Sequence[Any]:
        """The rows, by column name; none for what returns nothing."""
        if connection.dialect.name != "sqlite":
            result = connection.execute(self._statement, parameters)
            return result.all() if result.returns_rows else ()
        driver: Any = connection.connection.driver_connection
        given = {**self._constants, **parameters}
        values = [
            given[name] if convert is None else convert(given[name])
            for name, convert in self._inputs
        ]
        rows = driver.execute(self._compiled.string, values).fetchall()
        return [self._row(row) for row in rows]

    def one(self, connection: Connection, **parameters: Any) -> Any:
        """The one row, or None."""
        rows = self(connection, **parameters)
        return rows[0] if rows else None

    @cached_property
    def _compiled(self) -> SQLCompiler:
        return self._statement.compile(dialect=_DIALECT)

    @cached_property
    def _inputs(self) -> list[tuple[str, Processor | None]]:
        """Parameters in the order of their question marks, with how SQLite wants each."""
        binds = self._compiled.binds
        return [
            (name, binds[name].type.bind_processor(_DIALECT))
            for name in self._compiled.positiontup or ()
        ]

    @cached_property
    def _constants(self) -> dict[str, Any]:
        """What the statement itself says, such as its limit."""
        binds = self._compiled.binds.items()
        return {name: bind.effective_value for name, bind in binds if not bind.required}

    @cached_property
    def _outputs(self) -> list[tuple[int, Processor]]:
        """Places of the columns that SQLite keeps in another form, with how to read them."""
        found: list[tuple[int, Processor]] = []
        for place, column in enumerate(self._statement.exported_columns):
            convert = column.type.result_processor(_DIALECT, None)
            if convert is not None:
                found.append((place, convert))
        return found

    @cached_property
    def _shape(self) -> Any:
        names = [column.name for column in self._statement.exported_columns]
        return namedtuple("Row", names)

    def _row(self, row: tuple[Any, ...]) -> Any:
        values = list(row)
        for place, convert in self._outputs:
            values[place] = convert(values[place])
        return self._shape(*values)
