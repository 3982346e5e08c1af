"""The schema that the migrations lead to is the one that the code declares."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect
from sqlmodel import SQLModel

from storage.engine import open_engine
from storage.migrating import is_current, migrate
from storage.tables import Instant


def _is_same_type(_context: object, _column: object, _meta: object, _is: object, ours: object) -> (
    bool | None
):  # fmt: skip
    return False if isinstance(ours, Instant) else None  # BIGINT in the database, on purpose


def _indexes(engine: Engine) -> set[tuple[str, str, str]]:
    """Each index with its condition, as the database itself spells it."""
    catalogue = (
        "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        if engine.dialect.name == "sqlite"
        else "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    )
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(catalogue).all()
    return {
        (row[0], row[1], " ".join(row[2].split())) for row in rows if row[0] != "alembic_version"
    }


def test_an_upgraded_schema_equals_a_fresh_one(empty_database_url: str) -> None:
    engine = open_engine(empty_database_url)

    migrate(empty_database_url)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": _is_same_type})
        assert compare_metadata(context, SQLModel.metadata) == []
    upgraded = _indexes(engine)
    with engine.begin() as connection:
        SQLModel.metadata.drop_all(connection)
        SQLModel.metadata.create_all(connection)
    assert _indexes(engine) == upgraded
    engine.dispose()


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    engine = open_engine(database_url)

    migrate(database_url)

    assert is_current(engine)
    engine.dispose()


def test_an_empty_database_is_not_current(empty_database_url: str) -> None:
    engine = open_engine(empty_database_url)

    assert not is_current(engine)
    assert inspect(engine).get_table_names() == []
    engine.dispose()
