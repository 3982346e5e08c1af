"""What notices about being on call say, as things stand when they are sent."""

from datetime import datetime

from bot.flows import rosters
from bot.flows.delivering import Notice
from bot.flows.loading import load
from bot.letters import Letter
from bot.oncall_words import gap_announced, page_words, shift_given
from bot.rules.oncall import gaps
from bot.safe_text import shown
from config.policies import Rulebook
from storage.unit import Unit


def gap(unit: Unit, rulebook: Rulebook, notice: Notice, now: datetime) -> Letter | None:
    """The warning that nobody will be on call; none when the hole is filled by now."""
    schedule = rulebook.schedules.get(str(notice.body["schedule"]))
    if schedule is None:
        return None
    start, until = (datetime.fromisoformat(notice.body[end]) for end in ("start", "until"))
    if until <= now:
        return None
    known = rosters.known_of(unit, rulebook, schedule, now)
    left = gaps(schedule, known, max(start, now), until)
    if not left:
        return None
    return Letter(gap_announced(schedule, left, rulebook))


def given(_unit: Unit, rulebook: Rulebook, notice: Notice, now: datetime) -> Letter | None:
    """The news, for whoever did not type it, that a shift is theirs or is no longer."""
    schedule = rulebook.schedules.get(str(notice.body["schedule"]))
    start, until = (datetime.fromisoformat(notice.body[end]) for end in ("start", "until"))
    if schedule is None or until <= now:
        return None
    return Letter(shift_given(schedule, notice.body, start, until, rulebook))


def page(unit: Unit, _rulebook: Rulebook, notice: Notice, _now: datetime) -> Letter | None:
    """What a pager says; nothing once the item is settled."""
    item = load(unit, str(notice.item_id))
    if item.is_settled:
        return None
    return Letter(page_words(item, shown(str(notice.body["headline"]))))


def page_end(unit: Unit, _rulebook: Rulebook, notice: Notice, _now: datetime) -> Letter | None:
    """The end of what a pager was told; its words are not shown to anybody."""
    item = load(unit, str(notice.item_id))
    return Letter(page_words(item, shown(item.id)))
