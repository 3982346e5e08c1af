"""Logs: one line an event, in UTC, ids only. Whatever looks like a secret is masked.

An error's message may quote what somebody sent, so a trace names the kind of the error and its
places; the message stands there only where it is known to hold no content. A log that cannot be
written, on a full disk say, loses lines and holds up nobody.
"""

import logging
import re
import sqlite3
import sys
import time
import traceback
from types import TracebackType

from bot.safe_text import is_hidden
from handlers.calls import CallError

FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
SECRETS = re.compile(
    r"""
      (?P<token> xox[a-z]-[\w-]+ | xoxe[.-][\w.-]+ | xapp-[\w-]+ | sgn_[\w-]+
        | whsec_[\w+/=-]+ )
    | (?P<header> (?: Bearer | Bot | Basic )\s+ [\w.~+/=-]{8,} )
    | (?P<hook> (?<=//)hooks\.slack\.com/[\w/-]+ | (?<=/)response/[\w-]{16,}
        | (?<=/webhooks/)\d+/[\w-]{16,} | (?<=/interactions/)\d+/[\w-]{16,} )
    | (?P<ticket> (?<=ticket=)[\w%-]+ )
    | (?P<password> (?<=://) [^\s/@:]* : [^\s@]+ (?=@) )
    """,
    re.VERBOSE,
)
OURS = ("handlers", "bot", "storage", "config")
PAYLOADS = (  # of Slack's own libraries; at DEBUG they print whole calls, response_url and all
    "handlers.slack.bolt", "handlers.slack.sdk", "handlers.slack.socket",
)  # fmt: skip
TOLD = (OSError, CallError, sqlite3.Error)  # their messages hold no content

Raised = tuple[type[BaseException], BaseException, TracebackType | None]


def redact(text: str) -> str:
    """The text with every token, signed address and password masked."""
    return SECRETS.sub("[secret]", text)


class OneLine(logging.Formatter):
    """Instants in UTC, a message on one line, no secrets; the lines of a trace are indented."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  logging's name
        """The record on one line."""
        return _visible(super().formatMessage(record))

    def formatException(  # noqa: N802  logging's name
        self, ei: Raised | tuple[None, None, None]
    ) -> str:
        """The kind of error and its places, and those of its causes."""
        lines: list[str] = []
        error = ei[1]
        while error is not None:
            lines += ["  | " + _visible(line) for line in _trace(error)]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)

    def format(self, record: logging.LogRecord) -> str:
        """The line, and the trace below it when there is one."""
        record.exc_text = None  # another handler's may be kept there, with the message
        return redact(super().format(record))


class Lossy(logging.StreamHandler):  # type: ignore[type-arg]  # generic in the stubs only
    """A log that loses what it cannot write; the usual one would then print the raw arguments."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  logging's name
        """Nothing: no vote waits for a disk that is full."""


def set_up(level: str) -> None:
    """Sends the logs of this process to standard error; those of others as far as they warn."""
    handler = Lossy(sys.stderr)
    handler.setFormatter(OneLine(FORMAT))
    ours = logging.getLevelName(level)
    others = max(ours, logging.WARNING)
    logging.basicConfig(level=others, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name in OURS:
        logging.getLogger(name).setLevel(ours)
    for name in PAYLOADS:
        logging.getLogger(name).setLevel(max(ours, logging.INFO))


def _visible(text: str) -> str:
    """The text on one line, whatever would end it or move about the screen as an escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"\\u{ord(char):04x}" if char != "‹" and is_hidden(char) else char for char in text
    )


def _trace(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{at.filename}:{at.lineno} {at.name}" for at in frames]
    original = getattr(error, "orig", None)  # what SQLAlchemy wraps, without the parameters
    told = next((each for each in (error, original) if isinstance(each, TOLD)), None)
    said = f": {told}" if told is not None else ""
    return [*places, f"{type(error).__module__}.{type(error).__qualname__}{said}"]
