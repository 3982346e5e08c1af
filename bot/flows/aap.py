"""The Agent Approval Protocol's requests: each is an item like any other, of its instance.

An instance sees its own requests and no others. Nothing here decides: an item is opened, read,
withdrawn, and its grant redeemed, by the flows that every program's items go through.
"""

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from bot import aap
from bot.content import Approval, action_digest
from bot.errors import KeyTakenError, NotRedeemedError, SettledError, SignoffError, UnknownItemError
from bot.facts import Execution, Item
from bot.flows import cancelling, granting
from bot.flows.aap_events import announce
from bot.flows.loading import load, lock
from bot.flows.opening import Producer, open_item
from config.policies import Rulebook
from storage import aap as kept
from storage import items
from storage.unit import Unit

EXECUTIONS = {"succeeded": Execution.EXECUTED, "failed": Execution.FAILED}


class ConflictError(SignoffError):
    """The operation does not fit what there is; carries the protocol's word for it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class UnknownInstanceError(SignoffError):
    """The instance is not there, or not there any more, or another's."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One running agent, as its credential proves it."""

    id: str
    name: str
    queue: str
    owners: tuple[str, ...] = ()

    @property
    def producer(self) -> Producer:
        """Whose items its requests are."""
        return Producer(aap.PRODUCER + self.id, owners=self.owners)


@dataclass(frozen=True, slots=True)
class Submission:
    """A request as it came, and the approval that it asks for."""

    submitted: str  # JSON
    digest: str
    content: Approval


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it stands."""

    id: str
    submitted: str  # JSON, as it came
    item: Item
    is_new: bool = False


def authenticate(unit: Unit, secret: str, now: datetime) -> Instance | None:
    """The living instance that a credential is of, or None."""
    row = kept.find_instance(unit.connection, hash_of(secret))
    if row is None or (row.expires_at is not None and row.expires_at <= now):
        return None
    return Instance(row.id, row.name, row.queue, tuple(json.loads(row.owners)))


def touch(unit: Unit, instance: Instance, now: datetime) -> None:
    """Keeps when an instance was last heard of."""
    kept.change_instance(unit.connection, instance.id, last_used_at=now)


def create(
    unit: Unit, rulebook: Rulebook, instance: Instance, asked: Submission, now: datetime
) -> Asked:
    """The request of this key, opened now or found as it stands.

    Raises:
        UnknownInstanceError: the instance was deleted meanwhile.
        ConflictError: the key names a request with another body.
        BadSubmissionError: the instance's queue takes no approvals.
    """
    _hold(unit, instance)
    known = _known(unit, instance, asked)
    if known is not None:
        return known
    try:
        opened = open_item(unit, rulebook, instance.producer, asked.content, now)
    except KeyTakenError:
        raise taken() from None
    if not opened.is_new:  # another one with this key was quicker
        return _known(unit, instance, asked) or _lost()
    request_id = str(uuid.uuid4())
    kept.add_request(
        unit.connection,
        id=request_id,
        item_id=opened.item.id,
        instance_id=instance.id,
        submitted=asked.submitted,
        digest=asked.digest,
        event_id=None,
        decided_at=None,
        due_at=None,
        claimed_until=None,
        tries=0,
        told_at=None,
        gone=None,
    )
    announce(unit, opened.item)
    return Asked(request_id, asked.submitted, opened.item, is_new=True)


def fetch(unit: Unit, instance: Instance, request_id: str) -> Asked:
    """An instance's own request as it stands.

    Raises:
        UnknownItemError: there is none, or it is another's.
    """
    row = _find(unit, instance, request_id)
    return Asked(row.id, row.submitted, load(unit, row.item_id))


def withdraw(
    unit: Unit, rulebook: Rulebook, instance: Instance, request_id: str, now: datetime
) -> Asked:
    """The request, cancelled: now, or before.

    Raises:
        UnknownItemError: there is none, or it is another's.
        ConflictError: it has another outcome.
    """
    row = _find(unit, instance, request_id)
    try:
        item = cancelling.cancel(unit, rulebook, instance.producer, row.item_id, None, now)
    except SettledError as settled:
        raise ConflictError("already_terminal", str(settled)) from None
    return Asked(row.id, row.submitted, item)


def consume(unit: Unit, instance: Instance, request_id: str, attempt: str, now: datetime) -> Asked:
    """The request, its grant redeemed for this attempt; durable before the call may begin.

    What is redeemed is the action that the answer shows, computed anew from what was submitted:
    the instance compares the answer with the call that it is about to make.

    Raises:
        UnknownInstanceError: the instance was deleted meanwhile.
        UnknownItemError: there is no such request of this instance.
        SignoffError: it may not run; each reason has its class.
    """
    _hold(unit, instance)
    row = _find(unit, instance, request_id)
    item = lock(unit, row.item_id)
    if _has_ended(item) and item.grant and item.grant.attempt == attempt:
        return Asked(row.id, row.submitted, item)  # with its outcome, so nobody runs it again
    request = aap.REQUEST.validate_json(row.submitted)
    content = aap.content_of(request, instance.queue, item.key, instance.name)
    digest = action_digest(content.action)
    item = granting.redeem(unit, instance.producer, item.id, digest, attempt, now)
    return Asked(row.id, row.submitted, item)


def end(unit: Unit, instance: Instance, request_id: str, ended: aap.Ended, now: datetime) -> Asked:
    """The request, with what became of its call. The first word stands, unless it was a guess.

    Raises:
        UnknownItemError: there is no such request of this instance.
        NotRedeemedError: it was never consumed.
        ConflictError: something else was reported before.
    """
    row = _find(unit, instance, request_id)
    item = lock(unit, row.item_id)
    execution, note = EXECUTIONS[ended.status], ended.note or ""
    told = item.report
    if told and _has_ended(item):
        if (told.execution, told.note) != (execution, note):
            message = "Another outcome was reported for this request before."
            raise ConflictError("outcome_conflict", message)
        return Asked(row.id, row.submitted, item)
    if item.grant is None:
        raise NotRedeemedError("This request was never consumed: nothing may have run.")
    item = granting.report(unit, instance.producer, item.id, execution, note, now)
    return Asked(row.id, row.submitted, item)


def hash_of(secret: str) -> str:
    """SHA-256; a credential holds 256 random bits, so it needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def taken() -> ConflictError:
    """A key came a second time, with something else."""
    return ConflictError(
        "idempotency_conflict", "The idempotency key was already used for a different request."
    )


def _hold(unit: Unit, instance: Instance) -> None:
    """Keeps the instance from being deleted until the unit ends."""
    if kept.hold_instance(unit.connection, instance.id) is None:
        raise UnknownInstanceError("This instance has been deleted.")


def _known(unit: Unit, instance: Instance, asked: Submission) -> Asked | None:
    """What this key names already.

    Raises:
        ConflictError: it names a request with another body.
    """
    found = items.find_by_key(unit.connection, instance.producer.name, asked.content.key)
    row = kept.request_of_item(unit.connection, found.id) if found else None
    if row is None:
        return None
    if row.digest != asked.digest:
        raise taken()
    return Asked(row.id, row.submitted, load(unit, row.item_id))


def _has_ended(item: Item) -> bool:
    """Whether the instance said what became of its call; a guess of ours does not count."""
    return item.report is not None and item.report.execution is not Execution.UNKNOWN


def _find(unit: Unit, instance: Instance, request_id: str) -> Row[Any]:
    row = kept.find_request(unit.connection, instance.id, request_id)
    if row is None:
        raise UnknownItemError("There is no such request of this instance.")
    return row


def _lost() -> Asked:
    raise AssertionError("unreachable: an item of an instance is made with its request")
