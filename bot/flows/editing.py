"""A reviewer changes the action and approves that, or answers in place of the tool."""

import json
from dataclasses import dataclass, replace
from datetime import datetime

from bot.cards import needs_reading
from bot.content import Approval, Label, action_digest, digest_of
from bot.errors import EditError, NeedsReadingError, ReasonNeededError, SignoffError
from bot.facts import APPROVE, RESPOND, UNSURE, Edit, Identity, Item, Outcome, Status, Vote
from bot.flows.advancing import follow_time, follow_votes, settle
from bot.flows.loading import content_of, lock
from bot.flows.saving import line
from bot.flows.voting import Receipt, keep_vote, note_refusal, refuse_settled, words_of
from bot.rules.authority import authorise
from bot.rules.editing import (
    ANSWER_MAX,
    allows_answer,
    edited,
    refuse_unlisted,
    rule_of_answer,
)
from config.policies import Person, Rulebook
from storage import items, ledger, votes
from storage.ledger import Line
from storage.unit import Unit


@dataclass(frozen=True, slots=True)
class Change:
    """Arguments as somebody wants them: which item, from which ones, whose account."""

    item_id: str
    base: str  # names the arguments that they saw
    text: str  # all arguments, as JSON
    who: Identity
    reason: str | None = None


def edit(unit: Unit, rulebook: Rulebook, change: Change, now: datetime) -> Receipt:
    """Binds the changed action in place of the one before, and counts one approval: the editor's.

    All votes were about the action before, so they are withdrawn; nobody has read the new one.
    """
    try:
        item = follow_time(unit, rulebook, lock(unit, change.item_id), now)
    except SignoffError as refusal:
        return Receipt(None, refusal=refusal)
    try:
        person = _admit(item, change.who, item.policy.editors, "editors", rulebook)
        _refuse_unread(unit, item, person)
        if item.policy.require_reason == "both" and not words_of(change.reason):
            raise ReasonNeededError("This queue wants a reason with each vote.")
        before = content_of(unit, item.id)
        content = edited(item, before, change.base, change.text)
    except SignoffError as refusal:
        note_refusal(unit, change.item_id, change.who, refusal, now)
        return Receipt(item, refusal=refusal)
    return _bind(unit, rulebook, item, person, (before, content), change, now)


def respond(
    unit: Unit, rulebook: Rulebook, item_id: str, who: Identity, text: str, now: datetime
) -> Receipt:
    """Settles an approval with a person's answer: the action does not run, the agent gets this."""
    try:
        item = follow_time(unit, rulebook, lock(unit, item_id), now)
    except SignoffError as refusal:
        return Receipt(None, refusal=refusal)
    try:
        person = _admit(item, who, item.policy.responders, "responders", rulebook)
        if not allows_answer(item, content_of(unit, item.id)):
            raise EditError("The program that asks takes no answer. Nothing was recorded.")
        answer = words_of(text)
        if answer is None or len(answer) > ANSWER_MAX:
            raise EditError(f"Not recorded: write an answer of 1 to {ANSWER_MAX:,} characters.")
    except SignoffError as refusal:
        note_refusal(unit, item_id, who, refusal, now)
        return Receipt(item, refusal=refusal)
    return _answer(unit, item, person, answer, who, now)


def _admit(
    item: Item, who: Identity, names: tuple[str, ...], what: str, rulebook: Rulebook
) -> Person:
    """Somebody who may judge the item now, and whom the policy lists for more than that.

    Raises:
        SignoffError: they may not; says why.
    """
    refuse_settled(item)
    person = authorise(item, who, rulebook)
    refuse_unlisted(person, names, what, rulebook)
    return person


def _refuse_unread(unit: Unit, item: Item, person: Person) -> None:
    """An edit approves the rest as it stands, so it must have been seen like any approval."""
    if item.needs_reading and not items.was_read(unit.connection, item.id, person.id, item.digest):
        raise NeedsReadingError(
            "This item does not fit a card. Read it whole first: press “Review in full”, go to "
            "the last page and edit there. Nothing was recorded."
        )


def _bind(
    unit: Unit,
    rulebook: Rulebook,
    item: Item,
    person: Person,
    contents: tuple[Approval | Label, Approval],
    change: Change,
    now: datetime,
) -> Receipt:
    before, content = contents
    vote = Vote(person.id, APPROVE, now, words_of(change.reason), item.status is Status.ESCALATED)
    after = replace(
        item,
        digest=digest_of(content),
        action_digest=action_digest(content.action),
        needs_reading=needs_reading(content),
        edit=_edit(item, person, before, now),
        settles_at=None,
        votes=(vote,),
    )
    items.change(unit.connection, item.id, content=content.model_dump_json(exclude_unset=True))
    said = [*_withdrawn(unit, item, person, now), _edited_line(item, after, change, vote, content)]
    keep_vote(unit, item.id, vote, change.who.platform)
    _mark_read(unit, after, person, now)
    saved = follow_votes(unit, rulebook, item, after, now, *said)
    others = [each for each in item.votes if each.person_id != person.id]
    return Receipt(saved, person, vote, withdrawn_count=len(others))


def _edit(item: Item, person: Person, before: Approval | Label, now: datetime) -> Edit:
    """Who changed it last, and what the producer had sent before anybody did."""
    if item.edit is not None:
        return replace(item.edit, person_id=person.id, edited_at=now)
    args = before.action.args if isinstance(before, Approval) else {}
    return Edit(person.id, now, json.dumps(args), item.digest)


def _withdrawn(unit: Unit, item: Item, person: Person, now: datetime) -> list[Line]:
    """Takes every vote on the action before back."""
    for vote in item.votes:
        votes.take_back(unit.connection, item.id, vote.person_id)
    return [
        line("vote-withdrawn", item.id, now, vote.person_id, "rules", choice=vote.choice,
             why=f"edited by {person.id}")
        for vote in item.votes
    ]  # fmt: skip


def _edited_line(item: Item, after: Item, change: Change, vote: Vote, content: Approval) -> Line:
    """What the history says of the edit, with the action as it is bound from now on."""
    return line(
        "edited",
        item.id,
        vote.cast_at,
        vote.person_id,
        change.who.platform,
        account=change.who.user_ref,
        args=content.action.args,
        before=item.action_digest,
        action=after.action_digest,
        digest=after.digest,
        **({"reason": vote.reason} if vote.reason else {}),
        **({"as_senior": True} if vote.as_senior else {}),
    )


def _mark_read(unit: Unit, item: Item, person: Person, now: datetime) -> None:
    """Who wrote the arguments has read them, and all the rest before."""
    items.forget_readings(unit.connection, item.id)
    reading = {"item_id": item.id, "person_id": person.id, "digest": item.digest, "read_at": now}
    items.mark_read(unit.connection, **reading)


def _answer(
    unit: Unit,
    item: Item,
    person: Person,
    answer: str,
    who: Identity,
    now: datetime,
) -> Receipt:
    previous = item.vote_of(person.id)
    vote = Vote(person.id, RESPOND, now, None, item.status is Status.ESCALATED)
    keep_vote(unit, item.id, vote, who.platform)
    others = tuple(other for other in item.votes if other is not previous)
    said = line("responded", item.id, now, person.id, who.platform, account=who.user_ref,
                text=answer)  # fmt: skip
    ledger.append(unit.connection, said)
    after = replace(item, votes=(*others, vote))
    count = sum(each.choice != UNSURE for each in after.votes)
    rule = rule_of_answer(after)
    outcome = Outcome(RESPOND, rule, count, now, (person.id,), words=answer)
    return Receipt(settle(unit, after, outcome), person, vote, previous)
