"""A producer asks: an item opens and goes out, or the machine's own certainty settles it."""

import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.cards import needs_reading
from bot.content import Approval, Label, action_digest, digest_of
from bot.errors import BadSubmissionError, KeyTakenError
from bot.facts import Item, Kind, Outcome, Rule, Status
from bot.flows import flooding, reminding
from bot.flows.loading import content_of, load
from bot.flows.placing import place
from bot.flows.saving import columns, line
from bot.masking import is_hidden_by_mask
from bot.rules.routing import settles_alone, urgency_of
from bot.rules.sampling import policy_for
from config.policies import Queue, Rulebook
from storage import items, ledger
from storage.unit import Unit

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that reads like something else
ID_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Producer:
    """Who submits: an API key's name, what it may do, and the people who stand behind it."""

    name: str
    scopes: frozenset[str] = frozenset()
    owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seat:
    """Which of the items on a shared card one is."""

    batch_id: str
    number: int  # from 1


@dataclass(frozen=True, slots=True)
class Opened:
    """The item, and whether this submission made it."""

    item: Item
    content: Approval | Label  # as it stands: what was submitted, unless somebody edited it
    is_new: bool


def open_item(
    unit: Unit,
    rulebook: Rulebook,
    producer: Producer,
    content: Approval | Label,
    now: datetime,
    *,
    seat: Seat | None = None,
) -> Opened:
    """Opens the item that is asked for, or gives back the one that this key already names.

    Args:
        unit: the transaction.
        rulebook: the rules as they are now.
        producer: who asks.
        content: what is asked.
        now: when.
        seat: its place on a card that it shares, which the caller wants placed; None: a card of
            its own.

    Raises:
        BadSubmissionError: the queue does not exist or does not take this kind.
        KeyTakenError: the key names an item with another body.
        FloodError: this producer has as many items open as it may.
    """
    queue = _queue_for(rulebook, content)
    flooding.enter(unit, queue.name, producer.name)
    digest = digest_of(content)
    known = None
    if flooding.is_full(unit, queue, producer.name, content.kind):
        known = items.find_by_key(unit.connection, producer.name, content.key)
        if known is None:
            raise flooding.refusal(queue, producer.name, content.kind)
    while known is None:
        item = fresh(queue, producer, content, digest, now)
        if add(unit, queue, item, content, seat=seat):
            return Opened(item, content, is_new=True)
        known = items.find_by_key(unit.connection, producer.name, content.key)
    if (known.submitted_digest or known.digest) != digest:
        raise KeyTakenError(
            f"The key {content.key!r} names item {known.id}, which has another body. "
            "Send the same body again, or use a new key.",
            known.id,
        )
    return Opened(load(unit, known.id), content_of(unit, known.id), is_new=False)


def _queue_for(rulebook: Rulebook, content: Approval | Label) -> Queue:
    queue = rulebook.queues.get(content.queue)
    if queue is None:
        there = ", ".join(sorted(rulebook.queues)) or "none"
        raise BadSubmissionError(
            "queue", f"There is no queue {content.queue!r}; there is: {there}."
        )
    if content.kind not in queue.kinds:
        taken = ", ".join(queue.kinds)
        raise BadSubmissionError("kind", f"The queue {queue.name!r} takes {taken} only.")
    if isinstance(content, Approval):
        _refuse_hidden(content)
    return queue


def _refuse_hidden(content: Approval) -> None:
    """What would be done, and to what, must not stand behind a mask."""
    for name in ("name", "version", "environment", "target"):
        if is_hidden_by_mask(getattr(content.action, name) or ""):
            raise BadSubmissionError(
                f"action.{name}",
                f"action.{name} looks like a secret, which is never shown, so nobody could tell "
                "what it is. Name it otherwise; secrets belong into the arguments.",
            )


def fresh(
    queue: Queue, producer: Producer, content: Approval | Label, digest: str, now: datetime
) -> Item:
    """The item that this content becomes, under the rules as they are now; not kept yet."""
    item_id = "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH))
    policy = policy_for(queue.policy, item_id, Kind(content.kind))
    due_in = policy.due_in if content.due_in is None else timedelta(seconds=content.due_in)
    prediction = content.prediction if isinstance(content, Label) else None
    item = Item(
        id=item_id,
        queue=queue.name,
        kind=Kind(content.kind),
        status=Status.OPEN,
        choices=content.votable,
        policy=policy,
        opened_at=now,
        due_at=now + due_in,
        digest=digest,
        action_digest=action_digest(content.action) if isinstance(content, Approval) else None,
        producer=producer.name,
        key=content.key,
        requester=content.requester,
        owners=producer.owners,
        predicted=prediction.choice if prediction else None,
        confidence=prediction.confidence if prediction else None,
        needs_reading=needs_reading(content),
        escalate_at=now + policy.escalate_after if policy.escalate_after else None,
    )
    choice = settles_alone(policy, content)
    if choice is None:
        return item
    outcome = Outcome(choice, Rule.AUTO, vote_count=0, decided_at=now)
    return replace(item, status=Status.SETTLED, outcome=outcome)


def add(
    unit: Unit,
    queue: Queue,
    item: Item,
    content: Approval | Label,
    *,
    urgency: float | None = None,
    source: str = "http",
    seat: Seat | None = None,
) -> bool:
    """Whether the item is in; not when its id or its key is taken.

    Args:
        unit: the transaction.
        queue: whose channels get a card.
        item: as `fresh` made it.
        content: what is asked.
        urgency: its place in the queue; by its content when None.
        source: where the question comes from, for the history.
        seat: on a card that it shares; given up when the item has to wait for a card.
    """
    urgency = urgency_of(content) if urgency is None else urgency
    waits_for_card = flooding.must_wait(unit, queue, item)
    seat = None if waits_for_card or item.is_settled else seat
    added = items.add(
        unit.connection,
        id=item.id,
        queue=item.queue,
        kind=item.kind,
        producer=item.producer,
        purpose=item.purpose,
        posed_by=item.posed_by,
        about_id=item.about_id,
        key=item.key,
        content=content.model_dump_json(exclude_unset=True),
        policy=item.policy.model_dump_json(),
        choices=json.dumps(item.choices),
        requester=item.requester,
        owners=json.dumps(item.owners),
        predicted=item.predicted,
        confidence=item.confidence,
        urgency=urgency,
        opened_at=item.opened_at,
        due_at=item.due_at,
        escalate_at=item.escalate_at,
        claim_count=0,
        first_vote_at=None,
        waits_for_card=waits_for_card,
        available_at=item.opened_at,
        batch_id=seat and seat.batch_id,
        batch_place=seat and seat.number,
        **columns(item),
    )
    if added:
        _tell(unit, item, source)
        if waits_for_card:
            flooding.note(unit, queue, item)
        elif not item.is_settled and seat is None:
            place(unit, queue, item, item.opened_at, urgency)
        reminding.want_reminder(unit, item)
    return added


def _tell(unit: Unit, item: Item, source: str) -> None:
    told = [
        line("opened", item.id, item.opened_at, item.producer, source,
             queue=item.queue, digest=item.digest)
    ]  # fmt: skip
    if item.outcome:
        told.append(
            line("settled", item.id, item.opened_at, "rules",
                 choice=item.outcome.choice, rule=item.outcome.rule, votes=0, by=[])
        )  # fmt: skip
        unit.settled.append(item.id)
    ledger.append(unit.connection, *told)
