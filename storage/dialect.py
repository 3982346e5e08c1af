"""The two inserts that SQLite and PostgreSQL spell alike and SQLAlchemy does not share."""

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_unless_there(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Whether the row was added; not when a unique key of it is taken."""
    statement = _insert(connection, table).on_conflict_do_nothing()
    return connection.execute(statement, values).rowcount == 1


def insert_or_replace(connection: Connection, table: Table, values: dict[str, Any]) -> None:
    """The row with this primary key holds these values afterwards."""
    statement = _insert(connection, table)
    keys = [column.name for column in table.primary_key]
    fresh = {name: statement.excluded[name] for name in values if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=fresh), values)


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
