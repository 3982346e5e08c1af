"""Bringing a database to the schema that this code expects."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from storage.engine import is_sqlite, open_engine

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_KEY = 0x5167_0FE  # PostgreSQL's advisory lock that lets one process migrate at a time


def migrate(url: str) -> None:
    """Upgrades the schema to the newest revision; safe to call from several processes at once."""
    engine = open_engine(url)
    try:
        with engine.begin() as connection:  # on SQLite that is BEGIN IMMEDIATE: one at a time
            if not is_sqlite(engine):
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()


def is_current(engine: Engine) -> bool:
    """Whether the database has the schema that this code expects, neither older nor newer."""
    return _revision_in(engine) == newest()


def is_newer(engine: Engine) -> bool:
    """Whether the database has a schema that this code has never heard of."""
    there = _revision_in(engine)
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    return there is not None and there not in known


def newest() -> str | None:
    """The revision that this code expects."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _revision_in(engine: Engine) -> str | None:
    with engine.connect().execution_options(reading=True) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
