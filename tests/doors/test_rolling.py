"""Faults 25 and 35: a version that does not fit the database, and rules that are broken."""

import asyncio
import hashlib
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from bot.errors import SignoffError
from config.settings import Settings
from handlers.app import House
from handlers.rolling import stop_on_another_schema
from storage.engine import open_engine
from storage.unit import Memory, Unit
from tests.databases import sqlite_url_of
from tests.doors.slack_house import a_rulebook
from tests.doors.test_cli import ROOT, signoff
from tests.patience import PATIENCE

NEWER = "UPDATE alembic_version SET version_num = '9999_of_tomorrow'"


def a_database(folder: Path, *statements: str) -> Path:
    """A migrated database in which these statements were run."""
    path = folder / "signoff.db"
    env = {"SIGNOFF_DATABASE_URL": sqlite_url_of(path)}
    assert signoff("migrate", cwd=folder, env=env).returncode == 0
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    return path


def state_of(path: Path) -> str:
    """A digest of all that a database holds."""
    with sqlite3.connect(path) as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    return hashlib.sha256(dump.encode()).hexdigest()


@pytest.mark.parametrize("command", ["clock", "migrate"])
def test_an_old_version_leaves_a_newer_database_alone_and_says_so(
    tmp_path: Path, command: str
) -> None:
    path = a_database(tmp_path, NEWER)
    before = state_of(path)
    env = {"SIGNOFF_CONFIG": str(ROOT / "config"), "SIGNOFF_DATABASE_URL": sqlite_url_of(path)}

    shown = signoff(command, cwd=tmp_path, env=env)

    assert shown.returncode == 2, shown.stderr
    assert "the schema of a newer version of Signoff" in shown.stderr
    assert "Run: signoff migrate" not in shown.stderr
    assert "Traceback" not in shown.stderr
    assert state_of(path) == before


async def test_a_process_that_runs_while_the_schema_changes_stops_and_says_why(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings.read({"SIGNOFF_DATABASE_URL": database_url})
    house = House(settings, a_rulebook(), Memory(open_engine(database_url)))
    looked, see = asyncio.Event(), house.see

    async def seen(query: Any) -> Any:
        found = await see(query)
        looked.set()
        return found

    def upgrade(unit: Unit) -> None:
        unit.connection.exec_driver_sql(NEWER)

    monkeypatch.setattr(house, "see", seen)
    guard = asyncio.create_task(stop_on_another_schema(house, every=0.01))
    async with asyncio.timeout(PATIENCE):
        await looked.wait()
        await house.do(upgrade)

        with pytest.raises(SignoffError, match="migrated by another version"):
            await guard
    house.close()


def test_a_restart_with_broken_rules_is_refused_and_the_database_left_alone(
    tmp_path: Path,
) -> None:
    path = a_database(tmp_path)
    before = state_of(path)
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "queues.toml").write_text("[queues.a\npreset = 'llm_agent'\n")
    (rules / "people.toml").write_text("[people.ann]\nname = 'Ann'\n")
    env = {"SIGNOFF_CONFIG": str(rules), "SIGNOFF_DATABASE_URL": sqlite_url_of(path)}

    shown = signoff("clock", cwd=tmp_path, env=env)

    assert shown.returncode == 2, shown.stderr
    assert "queues.toml" in shown.stderr
    assert "Traceback" not in shown.stderr
    assert state_of(path) == before
