"""What `signoff pause` and `signoff resume` share: the switch is a row, moved without the rules."""

import getpass
from contextlib import suppress

from bot.flows.granting import void
from bot.flows.pausing import Pause, Switched, current, switch
from config.settings import Settings
from handlers.app import read_clock
from handlers.cli.databases import open_memory

AT_ONCE = 100  # grants that are ended in one unit


def moved(*, on: bool, reason: str | None = None) -> Switched:
    """Moves the switch; durable when this returns. Works while nothing else of Signoff runs."""
    memory = open_memory(Settings.read().database_url)
    try:
        return memory.write(switch, _who(), "cli", reason, read_clock(), on=on).result()
    finally:
        memory.close()


def voided() -> int:
    """Ends every grant that is ready; how many that were."""
    memory, count = open_memory(Settings.read().database_url), 0
    try:
        while ended := memory.write(void, _who(), "cli", read_clock(), AT_ONCE).result():
            count += ended
    finally:
        memory.close()
    return count


def standing() -> Pause | None:
    """The pause that holds now, or None."""
    memory = open_memory(Settings.read().database_url)
    try:
        return memory.read(current).result()
    finally:
        memory.close()


def told(pause: Pause) -> str:
    """Since when, by whom and why it is paused."""
    why = f": {pause.reason}" if pause.reason else ""
    return f"paused since {pause.paused_at:%Y-%m-%d %H:%M:%S} UTC by {pause.paused_by}{why}"


def _who() -> str:
    """Who is at the machine, for the history."""
    with suppress(OSError, KeyError):
        return f"cli:{getpass.getuser()}"
    return "cli"
