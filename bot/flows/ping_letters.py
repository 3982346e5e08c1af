"""What those who are asked to decide are sent, written as things stand when it goes out."""

from datetime import datetime

from bot import pings
from bot.facts import Item, Status
from bot.flows.delivering import Notice
from bot.flows.loading import headline, item_from, load
from bot.flows.resting import may_be_pinged
from bot.flows.settings import wishes
from bot.letters import Letter
from bot.rules.authority import bar_for, eligible
from config.policies import Person, Rulebook
from storage import items
from storage.unit import Unit

LOOKED_AT = 100  # waiting items of a queue that a reminder counts


def ping(unit: Unit, rulebook: Rulebook, notice: Notice, now: datetime) -> Letter | None:
    """The call below an item's card, for one senior or for the channel."""
    item = load(unit, str(notice.item_id))
    if item.status is not Status.ESCALATED or item.due_at <= now:
        return None
    first_line = headline(unit, rulebook, item)
    person_id = notice.body.get("person")
    if person_id is None:
        return Letter(pings.asked_openly(item, first_line))
    if person_id not in eligible(item, rulebook):
        return None
    why = pings.why_asked(str(notice.body.get("target", "")))
    aloud = wishes(unit, rulebook, person_id).ping_by != "dm"
    person = rulebook.people[person_id]
    return Letter(pings.asked_in_thread(item, first_line, person, why, aloud=aloud))


def ping_direct(unit: Unit, rulebook: Rulebook, notice: Notice, now: datetime) -> Letter | None:
    """The same to the senior alone; not after they have voted."""
    item = load(unit, str(notice.item_id))
    person_id = str(notice.body.get("person"))
    if item.status is not Status.ESCALATED or item.due_at <= now:
        return None
    vote = item.vote_of(person_id)
    if person_id not in eligible(item, rulebook) or (vote and vote.as_senior):
        return None
    why = pings.why_asked(str(notice.body.get("target", "")))
    return Letter(pings.asked_directly(item, headline(unit, rulebook, item), why))


def nobody(unit: Unit, rulebook: Rulebook, notice: Notice, _now: datetime) -> Letter | None:
    """Nobody could be asked."""
    item = load(unit, str(notice.item_id))
    if item.status is not Status.ESCALATED:
        return None
    tried = [_target_words(str(each), rulebook) for each in notice.body.get("tried", ())]
    return Letter(pings.nobody_to_ask(item, headline(unit, rulebook, item), tried))


def reminder(unit: Unit, rulebook: Rulebook, notice: Notice, now: datetime) -> Letter | None:
    """One message about all that waits for a person by now; None when nothing does, or at rest."""
    person = rulebook.people.get(str(notice.body.get("person")))
    if person is None or not may_be_pinged(unit, rulebook, person.id, now):
        return None
    waiting = sorted(_waiting_for(unit, rulebook, person), key=lambda item: item.due_at)
    if not waiting:
        return None
    oldest = now - min(item.opened_at for item in waiting)
    named = [(item.id, headline(unit, rulebook, item)) for item in waiting[: pings.LISTED]]
    return Letter(pings.waiting_for_you(len(waiting), oldest, named, "/review"))


def _waiting_for(unit: Unit, rulebook: Rulebook, person: Person) -> list[Item]:
    return [
        item
        for queue in rulebook.queues
        for row in items.unseen_by(unit.connection, person.id, queue, LOOKED_AT)
        if bar_for(item := item_from(row), person, rulebook) is None
    ]


def _target_words(target: str, rulebook: Rulebook) -> str:
    person = rulebook.people.get(target)
    return person.name if person else target
