"""Logs: one line an event, in UTC, ids only. Whatever looks like a secret is masked."""

import logging
import re
import sys
import time

FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
SECRETS = re.compile(
    r"""
      (?P<token> xox[a-z]-[\w-]+ | xoxe[.-][\w.-]+ | xapp-[\w-]+ | sgn_[\w-]+ )
    | (?P<header> (?: Bearer | Bot )\s+ [\w.~+/=-]{8,} )
    | (?P<hook> (?<=//)hooks\.slack\.com/[\w/-]+ | (?<=/)response/[\w-]{16,} )
    | (?P<ticket> (?<=ticket=)[\w%-]+ )
    | (?P<password> (?<=://) [^\s/@:]* : [^\s/@]+ (?=@) )
    """,
    re.VERBOSE,
)
QUIET = (  # loggers that speak of every call, and of what was in it
    "slack_sdk", "slack_bolt", "aiohttp", "asyncio", "uvicorn", "apscheduler", "alembic",
    "sqlalchemy.engine", "discord",
)  # fmt: skip


def redact(text: str) -> str:
    """The text with every token, signed address and password masked."""
    return SECRETS.sub("[secret]", text)


class OneLine(logging.Formatter):
    """Instants in UTC, a message on one line, no secrets; a trace keeps its lines."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  logging's name
        """The record on one line."""
        return super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")

    def format(self, record: logging.LogRecord) -> str:
        """The line, and the trace below it when there is one."""
        return redact(super().format(record))


def set_up(level: str) -> None:
    """Sends the logs of this process to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine(FORMAT))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.getLevelName(level), logging.WARNING))
