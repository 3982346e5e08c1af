"""Signoff itself asks: an item among the others, which nobody can tell from a producer's."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from bot.content import Approval, Label, digest_of
from bot.facts import SELF, Item, Kind, Purpose
from bot.flows.opening import Producer, add, fresh
from bot.rules.sampling import policy_of_ours
from config.policies import Queue
from storage.unit import Unit


@dataclass(frozen=True, slots=True)
class Guise:
    """As whose question it passes."""

    posed_by: str  # the producer's name that cards show
    requester: str | None
    owners: tuple[str, ...]  # who could not judge it if it were what it seems
    urgency: float | None = None  # its place in the queue; None: by its content


def guise_of(item: Item) -> Guise:
    """The guise of whoever asked this one."""
    return Guise(item.posed_by or item.producer, item.requester, item.owners)


def pose(
    unit: Unit,
    queue: Queue,
    content: Approval | Label,
    guise: Guise,
    now: datetime,
    *,
    purpose: Purpose,
    about_id: str,
    kind: Kind | None = None,
    votes_needed: int | None = None,
) -> Item | None:
    """The item that was opened; None when this very one is there already.

    Args:
        unit: the transaction.
        queue: where it goes.
        content: what is asked; no machine's answer may be in it.
        guise: as whose question.
        now: this instant.
        purpose: why Signoff asks.
        about_id: what it looks at again, or what it follows; there is one item for each.
        kind: when it is another than the content's.
        votes_needed: when they are more than the queue's.
    """
    stated = content.model_copy(update={"key": _key(purpose, about_id)})
    plain = fresh(queue, Producer(SELF, owners=guise.owners), stated, digest_of(stated), now)
    policy = policy_of_ours(plain.policy)
    if votes_needed is not None:
        policy = policy.model_copy(update={"votes_needed": votes_needed})
    item = replace(
        plain,
        kind=kind or plain.kind,
        policy=policy,
        purpose=purpose,
        about_id=about_id,
        posed_by=guise.posed_by,
        requester=guise.requester,
    )
    added = add(unit, queue, item, stated, urgency=guise.urgency, source="clock")
    return item if added else None


def blind(label: Label) -> Label:
    """The question without the machine's answer, and without the producer's hurry."""
    stated = label.model_dump(exclude_unset=True)
    for hidden in ("prediction", "due_in"):
        stated.pop(hidden, None)
    return Label.model_validate({**stated, "kind": "label"})


def _key(purpose: Purpose, about_id: str) -> str:
    """A name that says nothing, and is the same for the same occasion."""
    return hashlib.sha256(f"{purpose} {about_id}".encode()).hexdigest()[:24]
