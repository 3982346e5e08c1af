"""What can be checked on this machine: rules, database, history, clock, keys, port."""

import http.client
import json
import shutil
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.flows.keeping import list_keys
from bot.flows.reporting import health, verify_ledger
from config.checking import Checked
from config.settings import Settings
from handlers.cli.databases import missing_file, place_of
from handlers.cli.doctor.findings import Area, Finding, count
from handlers.cli.failures import short
from storage.engine import is_sqlite, open_engine
from storage.migrating import is_current
from storage.unit import Memory

RULES, DATABASE, HISTORY, CLOCK, GRANTS, KEYS, HTTP = map(
    Area, ("Rules", "Database", "History", "Clock", "Grants", "API keys", "HTTP door")
)
DISK_LOW, DISK_FULL = 500_000_000, 50_000_000  # bytes
OVERDUE_MAX = timedelta(seconds=60)
ANSWER_WITHIN = 3.0  # seconds
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def check_rules(checked: Checked) -> Iterator[Finding]:
    """The two files, as `signoff check-config` sees them."""
    for problem in checked.problems:
        where = f"{problem.place}: {problem.key}".removesuffix(": ")
        yield RULES.fail(f"{where}: {problem.wrong}.", f"{problem.right}.")
    for problem in checked.warnings:
        where = f"{problem.place}: {problem.key}".removesuffix(": ")
        yield RULES.warn(f"{where}: {problem.wrong}.", f"{problem.right}.")
    if checked.rulebook:
        queues = count(len(checked.rulebook.queues), "queue")
        people = count(len(checked.rulebook.people), "person", "people")
        yield RULES.ok(f"{queues} and {people} in {checked.folder}.")


def check_database(settings: Settings) -> Iterator[Finding]:
    """Whether votes can be kept there."""
    url, place = settings.database_url, place_of(settings.database_url)
    if missing_file(url):
        yield DATABASE.fail(f"There is no database {place} yet.", "Run: signoff migrate")
        return
    engine = open_engine(url)
    try:
        yield from _look_into(engine, place)
        if is_sqlite(engine):
            yield from _sqlite(engine, Path(make_url(url).database or "."))
    except SQLAlchemyError as problem:
        yield DATABASE.fail(
            f"{place} cannot be used: {short(problem)}.",
            "Check SIGNOFF_DATABASE_URL, and that the server runs and lets this user in.",
        )
    finally:
        engine.dispose()


def check_contents(settings: Settings, now: datetime) -> Iterator[Finding]:
    """History, clock and keys; the database is known to be usable."""
    memory = Memory(open_engine(settings.database_url))
    try:
        yield from _history(memory)
        yield from _clock(memory, now)
        yield from _keys(memory)
    finally:
        memory.close()


def check_http(settings: Settings) -> Iterator[Finding]:
    """Whether the HTTP door has its port."""
    host, port = settings.http_host, settings.http_port
    where = f"{host}:{port}"
    if host not in LOOPBACK:
        yield HTTP.warn(
            f"SIGNOFF_HTTP_HOST is {host}: other machines can reach it, without encryption.",
            "Put a proxy with TLS before it, or use 127.0.0.1.",
        )
    if port == 0:
        yield HTTP.ok("Any free port is taken when it starts.")
        return
    answer = _who_answers(host, port)
    if answer is None:
        yield HTTP.ok(f"Nothing listens at {where} yet; `signoff web` or `signoff run` will.")
    elif answer.get("status") == "ok" and "ledger" in answer:
        yield HTTP.ok(f"Signoff answers at {where}, and is healthy.")
    elif "ledger" in answer or "unhealthy" in str(answer.get("type")):
        yield HTTP.fail(f"Signoff at {where} is not healthy.", f"{answer.get('detail')}")
    else:
        yield HTTP.fail(
            f"Another program listens at {where}.",
            "Stop it, or set SIGNOFF_HTTP_PORT to another port.",
        )


def _look_into(engine: Engine, place: str) -> Iterator[Finding]:
    if not is_current(engine):
        yield DATABASE.fail(
            f"{place} has another schema than this version of Signoff.", "Run: signoff migrate"
        )
        return
    with engine.connect() as connection, connection.begin() as transaction:
        connection.execute(text("UPDATE item SET revision = revision WHERE 1 = 0"))
        transaction.rollback()
    yield DATABASE.ok(f"{place} can be read and written, and its schema is current.")


def _sqlite(engine: Engine, path: Path) -> Iterator[Finding]:
    with engine.connect() as connection:
        mode = connection.execute(text("PRAGMA journal_mode")).scalar_one()
    if mode != "wal":
        yield DATABASE.fail(
            f"SQLite's journal mode is {mode}, not WAL: readers would block votes.",
            "Put the file on a local disk; network drives cannot do WAL.",
        )
    free = shutil.disk_usage(path.resolve().parent).free
    words = f"{free / 1e9:.1f} GB are free on the disk of {path}."
    if free < DISK_FULL:
        yield DATABASE.fail(words, "Make room: on a full disk no vote can be recorded.")
    elif free < DISK_LOW:
        yield DATABASE.warn(words, "Make room soon: on a full disk no vote can be recorded.")
    else:
        yield DATABASE.ok(words)


def _history(memory: Memory) -> Iterator[Finding]:
    head, broken = memory.read(verify_ledger).result()
    if broken:
        yield HISTORY.fail(
            f"The chain is broken at line {broken.seq}: {broken.what}.",
            "Keep this database as it is, and compare it with a backup.",
        )
    else:
        yield HISTORY.ok(f"The chain of {count(head.count, 'line')} holds.")


def _clock(memory: Memory, now: datetime) -> Iterator[Finding]:
    found = memory.read(health, now).result()
    overdue = found.oldest_overdue
    if overdue and now - overdue > OVERDUE_MAX:
        yield CLOCK.fail(
            f"A deadline of {overdue:%Y-%m-%d %H:%M} UTC was not applied.",
            "Start `signoff clock` or `signoff run`; what is overdue is applied at once.",
        )
    else:
        yield CLOCK.ok("No deadline is overdue.")
    if found.pause:
        why = f": {found.pause.reason}" if found.pause.reason else ""
        yield GRANTS.warn(
            f"Signoff is paused since {found.pause.paused_at:%Y-%m-%d %H:%M} UTC by "
            f"{found.pause.paused_by}{why}. No approved action may run.",
            "To go on: signoff resume",
        )
    else:
        yield GRANTS.ok("Approved actions may run: Signoff is not paused.")


def _keys(memory: Memory) -> Iterator[Finding]:
    living = [key["name"] for key in memory.read(list_keys).result() if not key["revoked_at"]]
    if living:
        yield KEYS.ok(f"{count(len(living), 'living key')}: {', '.join(map(str, living))}.")
    else:
        yield KEYS.warn(
            "No program has a key, so nothing can be asked.",
            "Run: signoff keys add NAME --can submit,read,redeem",
        )


def _who_answers(host: str, port: int) -> dict[str, object] | None:
    """What /healthz says there; {} from somebody else; None when nobody listens."""
    there = "127.0.0.1" if host in ("", "0.0.0.0", "::") else host  # noqa: S104  only compared
    connection = http.client.HTTPConnection(there, port, timeout=ANSWER_WITHIN)
    try:
        connection.request("GET", "/healthz")
        answer = json.loads(connection.getresponse().read(100_000))
    except (ConnectionRefusedError, socket.gaierror):
        return None
    except (OSError, http.client.HTTPException, ValueError):
        return {}
    finally:
        connection.close()
    return answer if isinstance(answer, dict) else {}
