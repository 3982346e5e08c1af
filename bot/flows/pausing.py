"""The kill switch: while it is on, no approved action may run; it outlives every restart."""

from dataclasses import dataclass
from datetime import datetime

from bot.errors import NotAllowedError, SignoffError
from bot.facts import Identity
from bot.flows import placing
from bot.masking import without_secrets
from bot.rules.authority import authorise_admin
from config.policies import Rulebook
from storage import ledger, pauses
from storage.ledger import Line
from storage.unit import Unit

REASON_MAX = 300  # characters
FLAGGED_AT_ONCE = 200  # items whose cards are raised in one unit; the rest follows at once


@dataclass(frozen=True, slots=True)
class Pause:
    """All grants are withheld."""

    paused_at: datetime
    paused_by: str  # a person's id, or who is at the machine
    reason: str | None


@dataclass(frozen=True, slots=True)
class Switched:
    """How the switch stands now, and whether this is what moved it."""

    pause: Pause | None
    is_new: bool = False
    refusal: SignoffError | None = None


def switch_by(
    unit: Unit, rulebook: Rulebook, who: Identity, reason: str | None, now: datetime, *, on: bool
) -> Switched:
    """Pauses or resumes for an admin who asks in a chat; who else asks is in the history."""
    try:
        person = authorise_admin(who, rulebook)
    except NotAllowedError as refusal:
        body = {"asked": "pause" if on else "resume", "why": str(refusal)}
        said = Line(now, "switch-refused", None, who.user_ref, who.platform, body)
        ledger.append(unit.connection, said)
        return Switched(current(unit), refusal=refusal)
    return switch(unit, person.id, who.platform, reason, now, on=on)


def switch(
    unit: Unit, actor: str, source: str, reason: str | None, now: datetime, *, on: bool
) -> Switched:
    """Withholds every grant from now on, or gives them free again; the cards follow."""
    words = _words(reason)
    if on:
        is_new = pauses.start(unit.connection, now, actor, source, words)
    else:
        is_new = pauses.end(unit.connection)
    flag_cards(unit)
    if is_new:
        event = "paused" if on else "resumed"
        body = {"reason": words} if words else {}
        ledger.append(unit.connection, Line(now, event, None, actor, source, body))
    return Switched(current(unit), is_new)


def current(unit: Unit) -> Pause | None:
    """The pause that holds now, or None."""
    row = pauses.current(unit.connection)
    return None if row is None else Pause(row.paused_at, row.paused_by, row.reason)


def flag_cards(unit: Unit) -> int:
    """Has the next cards say how the switch stands; how many items that were.

    Every tick calls it, so an item that opened while somebody paused is found too.
    """
    is_paused = pauses.current(unit.connection) is not None
    late = pauses.behind(unit.connection, is_paused=is_paused, limit=FLAGGED_AT_ONCE)
    if not late:
        return 0
    for item in pauses.flag(unit.connection, late, is_paused=is_paused):
        placing.wish(unit, item.id, item.batch_id, item.revision, is_urgent=True)
    return len(late)


def _words(reason: str | None) -> str | None:
    kept = without_secrets(reason or "").encode("utf-8", "replace").decode().replace("\0", "")
    return kept.strip()[:REASON_MAX] or None
