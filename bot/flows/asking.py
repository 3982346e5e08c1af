"""One step of an escalation: a person of each target is chosen, called and perhaps paged."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.facts import Item
from bot.flows import oncall, outbox, resting
from bot.flows.loading import headline
from bot.flows.reminding import remind_person
from bot.flows.saving import CLOCK, line
from bot.rules.authority import eligible
from bot.rules.escalation import Asked, in_turn, members_of
from bot.rules.oncall import Gap
from config.policies import Person, Rulebook, Step
from storage import cards, ledger, notices
from storage.unit import Unit

CHANNEL = "channel"
SCHEDULE = "schedule:"
CALLS_MAX = 3  # letters that wait for one person; what comes on top is told in one


@dataclass(frozen=True, slots=True)
class _Choice:
    """Somebody to ask, or the channel."""

    target: str
    person_id: str | None  # None: nobody by name

    @property
    def schedule(self) -> str | None:
        """The schedule that the target names."""
        is_schedule = self.target.startswith(SCHEDULE)
        return self.target.removeprefix(SCHEDULE) if is_schedule else None


def ask(
    unit: Unit,
    rulebook: Rulebook,
    item: Item,
    step: Step,
    asked: Sequence[Asked],
    number: int,
    now: datetime,
) -> list[Asked]:
    """Asks one person of each target; who that was. The channel counts as nobody in particular.

    Args:
        unit: the transaction; it holds the item.
        rulebook: who there is.
        item: with the seniors.
        step: whom to ask.
        asked: who was, until now.
        number: of the step, counted on through the rounds; names its letters.
        now: this instant.
    """
    newly: list[Asked] = []
    for choice in _choices(unit, rulebook, item, step, asked, now):
        if choice.schedule is not None or choice.person_id in rulebook.pagers:
            _page(unit, rulebook, item, choice, now)
        person_id = choice.person_id or ""
        if not any(each.person_id == person_id for each in newly):
            newly.append(Asked(person_id, now, number))
            _call(unit, rulebook, item, choice, number, now)
    return newly


def tell_nobody(unit: Unit, item: Item, steps: Sequence[Step], number: int, now: datetime) -> None:
    """Tells the threads, once for each step, that nobody can be asked."""
    told = ledger.of_item(unit.connection, item.id, "asked-nobody")
    if any(json.loads(row.body).get("step") == number for row in told):
        return
    tried = sorted({target for step in steps for target in step.to})
    occasion = f"nobody:{item.id}:{number}"
    _tell_threads(unit, item, "ping-nobody", occasion, {"tried": tried}, now)
    said = line("asked-nobody", item.id, now, CLOCK, step=number, tried=tried)
    ledger.append(unit.connection, said)


def _choices(
    unit: Unit,
    rulebook: Rulebook,
    item: Item,
    step: Step,
    asked: Sequence[Asked],
    now: datetime,
) -> Iterator[_Choice]:
    have_voted = {vote.person_id for vote in item.votes if vote.as_senior}
    may = eligible(item, rulebook) - have_voted
    for target in step.to:
        choice = _Choice(target, None)
        if target == CHANNEL:
            yield choice
            continue
        is_duty = choice.schedule is not None
        for person_id in _candidates(unit, rulebook, item, choice, asked, now):
            if person_id in may and _can_be_asked(unit, rulebook, person_id, now, is_duty=is_duty):
                yield _Choice(target, person_id)
                break
        else:
            if _has_pagers(rulebook, choice):
                yield choice  # whoever answers the pager, since nobody by name can be asked


def _candidates(
    unit: Unit,
    rulebook: Rulebook,
    item: Item,
    choice: _Choice,
    asked: Sequence[Asked],
    now: datetime,
) -> Sequence[str]:
    if choice.schedule is not None:
        return _on_duty(unit, rulebook, choice.schedule, asked, now)
    return in_turn(members_of(choice.target, item.policy, rulebook), asked)


def _on_duty(
    unit: Unit, rulebook: Rulebook, name: str, asked: Sequence[Asked], now: datetime
) -> tuple[str, ...]:
    """Who is on call, then the others of the schedule; in a gap its stand-ins, in turn."""
    found = oncall.who_is_on_call(unit, rulebook, name, now)
    if isinstance(found, Gap):
        schedule = rulebook.schedules.get(name)
        stand_ins = sorted(rulebook.members(schedule.otherwise)) if schedule else ()
        return in_turn(stand_ins, asked)
    line_up = list(found.holders)
    while (after := oncall.next_in_line(unit, rulebook, name, now, line_up)) is not None:
        line_up.append(after)
    return tuple(line_up)


def _can_be_asked(
    unit: Unit, rulebook: Rulebook, person_id: str, now: datetime, *, is_duty: bool
) -> bool:
    """Whoever is on duty is asked in their quiet hours too, and never while they rest."""
    if oncall.is_away(unit, person_id, now):
        return False
    if is_duty:
        return resting.resting(unit, rulebook, person_id, now) is None
    return resting.may_be_pinged(unit, rulebook, person_id, now)


def _has_pagers(rulebook: Rulebook, choice: _Choice) -> bool:
    schedule = rulebook.schedules.get(choice.schedule or "")
    return schedule is not None and bool(schedule.pagers)


def _call(
    unit: Unit, rulebook: Rulebook, item: Item, choice: _Choice, number: int, now: datetime
) -> None:
    """Names the person in the thread of each card, and writes to them; one line of history."""
    body: dict[str, Any] = {"person": choice.person_id, "target": choice.target}
    occasion = f"ping:{item.id}:{number}:{choice.person_id or CHANNEL}"
    _tell_threads(unit, item, "ping", occasion, body, now)
    person = rulebook.people.get(choice.person_id or "")
    if person is not None:
        _write_to(unit, person, item, occasion, body, now)
    ledger.append(unit.connection, line("asked", item.id, now, CLOCK, step=number, **body))


def _write_to(
    unit: Unit, person: Person, item: Item, occasion: str, body: dict[str, Any], now: datetime
) -> None:
    """A letter about this item; for whom many are waiting to be sent, one about all of them."""
    platform, account = outbox.address_of(person)
    waiting = notices.count_waiting(unit.connection, platform, account, "ping-direct", CALLS_MAX)
    if waiting >= CALLS_MAX:
        remind_person(unit, person, now)
        return
    outbox.send_to_person(
        unit,
        person,
        key=f"{occasion}:direct",
        template="ping-direct",
        due_at=now,
        item_id=item.id,
        body=body,
    )


def _tell_threads(
    unit: Unit, item: Item, template: str, occasion: str, body: dict[str, Any], now: datetime
) -> None:
    for card in cards.of_item(unit.connection, item.id):
        if card.gone is None:
            outbox.send(
                unit,
                key=f"{occasion}:{card.id}",
                template=template,
                platform=card.platform,
                channel_ref=card.channel_ref,
                due_at=now,
                item_id=item.id,
                body=body,
            )


def _page(unit: Unit, rulebook: Rulebook, item: Item, choice: _Choice, now: datetime) -> None:
    oncall.page(
        unit,
        rulebook,
        item,
        now,
        person_id=choice.person_id,
        schedule=choice.schedule,
        headline=str(headline(unit, rulebook, item)),
    )
