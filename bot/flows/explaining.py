"""Why an item stands where it stands, and who is asked next."""

import json
from collections.abc import Iterator
from dataclasses import replace

from bot.errors import UnknownItemError
from bot.facts import SELF, Identity, Item, Status
from bot.flows.loading import headline, load
from bot.flows.reporting import show
from bot.rules.authority import eligible
from bot.rules.escalation import SENIORS, plan_of, steps_left
from bot.safe_text import SafeText, join, say, shown
from bot.story import Event, Story, Timer
from config.policies import Rulebook, Step
from storage import escalations, ledger
from storage.unit import Unit


def story_for(unit: Unit, rulebook: Rulebook, item_id: str, who: Identity) -> Story:
    """The story as somebody in a chat may know it.

    Raises:
        UnknownItemError: there is none that they may see.
        NotAllowedError: they are nobody who may see any.
    """
    item, person = show(unit, rulebook, item_id, who)
    has_voted = item.vote_of(person.id) is not None
    sees_votes = item.is_settled or has_voted or item.policy.progress == "open"
    story = _story(unit, rulebook, item, sees_votes=sees_votes)
    return replace(story, events=tuple(_as_posed(event, item) for event in story.events))


def whole_story(unit: Unit, rulebook: Rulebook, item_id: str) -> Story:
    """The story as whoever operates the machine may know it: all of it.

    Raises:
        UnknownItemError: there is none.
    """
    try:
        return _story(unit, rulebook, load(unit, item_id), sees_votes=True)
    except UnknownItemError:
        raise UnknownItemError(f"There is no item {item_id}.") from None


def _as_posed(event: Event, item: Item) -> Event:
    """What Signoff itself asks is told as whoever's question it passes for."""
    if item.posed_by is None or event.actor != SELF:
        return event
    return replace(event, actor=item.posed_by)


def _story(unit: Unit, rulebook: Rulebook, item: Item, *, sees_votes: bool) -> Story:
    lines = ledger.of_item(unit.connection, item.id)
    return Story(
        item=item,
        headline=headline(unit, rulebook, item),
        events=tuple(Event(row.at, row.event, row.actor, json.loads(row.body)) for row in lines),
        timers=tuple(_timers(unit, rulebook, item)),
        may_vote=() if item.is_settled else tuple(sorted(eligible(item, rulebook))),
        sees_votes=sees_votes,
    )


def _timers(unit: Unit, rulebook: Rulebook, item: Item) -> Iterator[Timer]:
    if item.is_settled:
        return
    if item.settles_at is not None:
        yield Timer(item.settles_at, say("it is decided, unless a vote changes"))
    if item.status is Status.OPEN:
        reminder = escalations.reminder_of(unit.connection, item.id)
        if reminder is not None:
            yield Timer(reminder, say("those who have not voted are reminded"))
        if item.escalate_at is not None:
            yield Timer(item.escalate_at, say("it goes to the seniors"))
    yield from _next_step(unit, rulebook, item)
    yield Timer(item.due_at, say("the deadline: time alone decides"))


def _next_step(unit: Unit, rulebook: Rulebook, item: Item) -> Iterator[Timer]:
    row = escalations.find(unit.connection, item.id)
    if row is None or row.next_at is None or item.status is not Status.ESCALATED:
        return
    plan = plan_of(item.policy, rulebook, item.due_at - (item.escalated_at or item.due_at))
    steps = steps_left(plan, row.step, again=item.attended_until is not None)
    if steps:
        yield Timer(row.next_at, say("asked next: {who}", who=_whom(steps[0])))


def _whom(step: Step) -> SafeText:
    return join([_target(each) for each in step.to], " and ")


def _target(target: str) -> SafeText:
    kind, _, name = target.partition(":")
    if target == SENIORS:
        return say("another senior of the queue")
    if kind == "schedule":
        return say("who is then on call for “{name}”", name=shown(name))
    if kind == "role":
        return say("somebody with the role {name}", name=shown(name))
    return shown(target)
