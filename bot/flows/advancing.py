"""Carrying an item on: what its votes, or time alone, make of it."""

from dataclasses import replace
from datetime import datetime

from bot.facts import APPROVE, UNSURE, Item, Kind, Outcome, Status, Trigger
from bot.flows import escalating
from bot.flows.saving import CLOCK, line, save
from bot.rules.authority import eligible
from bot.rules.deadlines import expire
from bot.rules.resolution import Decided, Escalate, Waiting, resolve
from config.policies import Rulebook
from storage.ledger import Line
from storage.unit import Unit


def follow_votes(
    unit: Unit, rulebook: Rulebook, before: Item, after: Item, now: datetime, *said: Line
) -> Item:
    """Saves an item whose votes changed, and whatever they amount to now.

    Args:
        unit: the transaction.
        rulebook: who may judge.
        before: the item as it is kept.
        after: the item with its new votes.
        now: the instant of the change.
        *said: what the change itself writes into the history.
    """
    after, *told = _apply_votes(after, rulebook, now)
    saved = save(unit, before, after, *said, *told)
    if after.trigger and not before.trigger:
        escalating.begin(unit, rulebook, saved, now)
    return saved


def follow_time(unit: Unit, rulebook: Rulebook, item: Item, now: datetime) -> Item:
    """Does what is due by now, however late: settle, expire or escalate; else nothing.

    The grace window ends no later than the deadline, so votes that were in by then count.
    """
    if item.is_settled:
        return item
    if item.settles_at and item.settles_at <= now:
        item = _end_grace(unit, rulebook, item, now)
    if not item.is_settled and item.due_at <= now:
        return settle(unit, item, expire(item, now))
    if item.status is Status.OPEN and item.escalate_at and item.escalate_at <= now:
        return hand_over(unit, rulebook, item, Trigger.LATE, now)
    return item


def _apply_votes(item: Item, rulebook: Rulebook, now: datetime) -> tuple[Item, *tuple[Line, ...]]:
    match resolve(item, eligible(item, rulebook)):
        case Decided() as ruling if _has_grace(item, ruling):
            return _in_grace(item, ruling, now)
        case Decided() as ruling:
            outcome = _outcome(item, ruling, now)
            return _settled(item, outcome), _settling(item, outcome)
        case Escalate(trigger):
            told = line("escalated", item.id, now, "rules", trigger=trigger)
            return _escalated(item, trigger, now), told
        case Waiting():
            return (replace(item, settles_at=None),)


def _has_grace(item: Item, ruling: Decided) -> bool:
    """Only a "yes" waits: whoever takes it back in time stops it. A "no" is safe at once."""
    allowed = item.kind is Kind.APPROVAL and ruling.choice == APPROVE
    return allowed and bool(item.policy.grace_for)


def _in_grace(item: Item, ruling: Decided, now: datetime) -> tuple[Item, *tuple[Line, ...]]:
    if item.settles_at:
        return (item,)
    settles_at = min(now + item.policy.grace_for, item.due_at)
    told = line("deciding", item.id, now, "rules", choice=ruling.choice)
    return replace(item, settles_at=settles_at), told


def _end_grace(unit: Unit, rulebook: Rulebook, item: Item, now: datetime) -> Item:
    """Settles as the votes still say; people may have lost their place meanwhile."""
    ruling = resolve(item, eligible(item, rulebook))
    if isinstance(ruling, Decided):
        return settle(unit, item, _outcome(item, ruling, now))
    told = line("undecided-again", item.id, now, "rules")
    return follow_votes(unit, rulebook, item, item, now, told)


def settle(unit: Unit, item: Item, outcome: Outcome) -> Item:
    """Gives an open item its outcome, for ever."""
    return save(unit, item, _settled(item, outcome), _settling(item, outcome))


def hand_over(unit: Unit, rulebook: Rulebook, item: Item, trigger: Trigger, now: datetime) -> Item:
    """Gives an open item to the seniors, whatever its votes are."""
    told = line("escalated", item.id, now, CLOCK, trigger=trigger)
    saved = save(unit, item, _escalated(item, trigger, now), told)
    escalating.begin(unit, rulebook, saved, now)
    return saved


def _outcome(item: Item, ruling: Decided, now: datetime) -> Outcome:
    count = sum(vote.choice != UNSURE for vote in item.votes)
    return Outcome(ruling.choice, ruling.rule, count, now, ruling.carried_by)


def _settled(item: Item, outcome: Outcome) -> Item:
    return replace(item, status=Status.SETTLED, outcome=outcome, settles_at=None)


def _settling(item: Item, outcome: Outcome) -> Line:
    return line(
        "settled",
        item.id,
        outcome.decided_at,
        "rules",
        choice=outcome.choice,
        rule=outcome.rule,
        votes=outcome.vote_count,
        by=list(outcome.decided_by),
    )


def _escalated(item: Item, trigger: Trigger, now: datetime) -> Item:
    return replace(
        item, status=Status.ESCALATED, trigger=trigger, escalated_at=now, settles_at=None
    )
