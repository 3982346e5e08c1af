"""What went wrong, in words: no trace for what can be expected, a place to look for the rest."""

import errno
import logging
import os

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from bot.errors import SignoffError
from config.problems import ConfigError
from handlers.cli.logs import redact
from storage.unit import MemoryBusyError

EXPECTED = 2  # the exit status of what somebody can mend
BUG = 70  # source: sysexits.h, EX_SOFTWARE
log = logging.getLogger(__name__)


def tell(problem: Exception) -> int:
    """Prints the problem for whoever called the command; the exit status."""
    message = message_of(problem)
    if message is not None:
        click.echo(message, err=True)
        return EXPECTED
    if os.environ.get("SIGNOFF_LOG_LEVEL", "").upper() == "DEBUG":
        logging.basicConfig()
        log.error("the command failed", exc_info=problem)
    click.echo(
        f"signoff: this is a bug: {type(problem).__name__}: {redact(str(problem))}. "
        "Set SIGNOFF_LOG_LEVEL=DEBUG to see where it happened.",
        err=True,
    )
    return BUG


def message_of(problem: BaseException) -> str | None:
    """What to tell about a problem that is no bug; None for a bug."""
    if _lacks_tables(problem):
        return "signoff: the database has no tables yet. Run: signoff migrate"
    if isinstance(problem, ConfigError):
        return "\n".join(f"signoff: {line}" for line in str(problem).splitlines())
    if isinstance(problem, SignoffError):
        return f"signoff: {problem}"
    if isinstance(problem, (MemoryBusyError, OperationalError, ProgrammingError)):
        return (
            f"signoff: the database cannot be used: {short(problem)}. "
            "`signoff doctor` looks into it."
        )
    if isinstance(problem, OSError):
        return f"signoff: {_of_system(problem)}"
    return None


def _lacks_tables(problem: BaseException | None) -> bool:
    """Whether this, or what led to it, is a table that is not there."""
    while problem is not None:
        words = str(problem)
        if "no such table" in words or "UndefinedTable" in words:
            return True
        problem = problem.__cause__
    return False


def short(problem: BaseException) -> str:
    """The driver's first line, without what may hold a password."""
    words = str(getattr(problem, "orig", None) or problem).strip()
    return redact(words.partition("\n")[0]).rstrip(".?")


def _of_system(problem: OSError) -> str:
    if problem.errno == errno.EADDRINUSE:
        return (
            "the HTTP port is taken by another program. Stop that one, or set "
            "SIGNOFF_HTTP_PORT to another port."
        )
    name = f" {problem.filename}" if problem.filename else ""
    return redact(f"{problem.strerror or problem}{name}.")
