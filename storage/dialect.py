"""The two inserts that SQLite and PostgreSQL spell alike and SQLAlchemy does not share."""

from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from storage.prepared import Prepared


def insert_unless_there(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Whether the row was added; not when a unique key of it is taken."""
    statement = _unless_there(connection.dialect.name, table)
    return connection.execute(statement, values).rowcount == 1


def insert_or_replace(connection: Connection, table: Table, values: dict[str, Any]) -> None:
    """The row with this primary key holds these values afterwards; its other columns stay."""
    _or_replace(connection.dialect.name, table, frozenset(values))(connection, **values)


def adding_unless_there(table: Table) -> dict[str, Prepared]:
    """By dialect: adds a whole row, and gives its key back unless a unique key is taken."""
    (key,) = table.primary_key
    return {
        dialect: Prepared(_insert(dialect, table).on_conflict_do_nothing().returning(key))
        for dialect in ("sqlite", "postgresql")
    }


@cache  # building a statement takes longer than running it
def _unless_there(dialect: str, table: Table) -> Insert:
    statement = _insert(dialect, table).on_conflict_do_nothing()
    return statement.execution_options(preserve_rowcount=True)  # else psycopg's count is dropped


@cache
def _or_replace(dialect: str, table: Table, names: frozenset[str]) -> Prepared:
    given: dict[str, Any] = {name: bindparam(name, type_=table.c[name].type) for name in names}
    statement = _insert(dialect, table).values(given)
    keys = [column.name for column in table.primary_key]
    fresh = {name: statement.excluded[name] for name in names if name not in keys}
    return Prepared(statement.on_conflict_do_update(index_elements=keys, set_=fresh))


def _insert(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
