"""The database as commands need it that work without the rules: looked at before it is opened."""

from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from bot.errors import SignoffError
from storage.engine import open_engine
from storage.migrating import is_current, is_newer
from storage.unit import Memory


def place_of(url: str) -> str:
    """Where the database is, without its password."""
    address = make_url(url)
    return address.database or "" if _is_file(url) else address.render_as_string()


def missing_file(url: str) -> Path | None:
    """The SQLite file that is not there; None for one that is, and for a server."""
    if not _is_file(url):
        return None
    path = Path(make_url(url).database or "")
    return None if path.exists() else path


def require_current(url: str) -> None:
    """Nothing, if the database is there and has the schema that this version expects.

    Raises:
        SignoffError: it is not; says what to do.
    """
    if missing_file(url):
        raise SignoffError(f"There is no database {place_of(url)} yet. Run: signoff migrate")
    engine = open_engine(url)
    try:
        _refuse_newer(url, engine)
        if not is_current(engine):
            raise SignoffError(
                f"The database {place_of(url)} is empty, or has the schema of another version "
                "of Signoff. Run: signoff migrate"
            )
    finally:
        engine.dispose()


def refuse_newer(url: str) -> None:
    """Nothing, unless a newer version of Signoff has been at the database.

    Raises:
        SignoffError: one has; says what to do.
    """
    if missing_file(url):
        return
    engine = open_engine(url)
    try:
        _refuse_newer(url, engine)
    finally:
        engine.dispose()


def open_memory(url: str) -> Memory:
    """The memory, for a command that needs no rules.

    Raises:
        SignoffError: it is not there, or not as this version expects it.
    """
    require_current(url)
    return Memory(open_engine(url))


def _refuse_newer(url: str, engine: Engine) -> None:
    if is_newer(engine):
        raise SignoffError(
            f"The database {place_of(url)} has the schema of a newer version of Signoff than this "
            "one, which leaves it alone. Start the newer version."
        )


def _is_file(url: str) -> bool:
    address = make_url(url)
    return address.get_backend_name() == "sqlite" and address.database not in (None, "", ":memory:")
