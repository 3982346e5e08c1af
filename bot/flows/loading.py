"""From rows to facts."""

import json
from functools import lru_cache
from typing import Any

from sqlalchemy import Row

from bot.content import SUBMISSION, Approval, Label
from bot.errors import UnknownItemError
from bot.facts import Execution, Item, Kind, Outcome, Report, Rule, Status, Trigger, Vote
from config.policies import Policy
from storage import items, votes
from storage.unit import Unit


def load(unit: Unit, item_id: str) -> Item:
    """The item with its votes, as it stands.

    Raises:
        UnknownItemError: there is none.
    """
    return _with_votes(unit, items.find(unit.connection, item_id), item_id)


def lock(unit: Unit, item_id: str) -> Item:
    """The item with its votes, held until the unit ends.

    Raises:
        UnknownItemError: there is none.
    """
    return _with_votes(unit, items.lock(unit.connection, item_id), item_id)


def content_of(unit: Unit, item_id: str) -> Approval | Label:
    """What the producer submitted."""
    return SUBMISSION.validate_json(items.content_of(unit.connection, item_id))


def item_from(row: Row[Any], cast: tuple[Vote, ...] = ()) -> Item:
    """The facts in a row."""
    return Item(
        id=row.id,
        queue=row.queue,
        kind=Kind(row.kind),
        status=Status(row.status),
        choices=tuple(json.loads(row.choices)),
        policy=_policy(row.policy),
        opened_at=row.opened_at,
        due_at=row.due_at,
        digest=row.digest,
        producer=row.producer,
        key=row.key,
        requester=row.requester,
        owners=tuple(json.loads(row.owners)),
        predicted=row.predicted,
        confidence=row.confidence,
        needs_reading=row.needs_reading,
        escalate_at=row.escalate_at,
        escalated_at=row.escalated_at,
        trigger=Trigger(row.trigger) if row.trigger else None,
        settles_at=row.settles_at,
        outcome=_outcome(row),
        report=_report(row),
        revision=row.revision,
        votes=cast,
    )


def vote_from(row: Row[Any]) -> Vote:
    """The facts in a vote's row."""
    return Vote(row.person_id, row.choice, row.cast_at, row.reason, row.as_senior)


def _with_votes(unit: Unit, row: Row[Any] | None, item_id: str) -> Item:
    if row is None:
        raise UnknownItemError(f"There is no item {item_id}. Nothing was recorded.")
    cast = votes.of_item(unit.connection, item_id)
    return item_from(row, tuple(vote_from(vote) for vote in cast))


@lru_cache(maxsize=256)  # a handful of policies serve a million items
def _policy(stated: str) -> Policy:
    return Policy.model_validate_json(stated)


def _outcome(row: Row[Any]) -> Outcome | None:
    if row.outcome_rule is None:
        return None
    return Outcome(
        choice=row.outcome_choice,
        rule=Rule(row.outcome_rule),
        vote_count=row.outcome_votes,
        decided_at=row.decided_at,
        decided_by=tuple(json.loads(row.outcome_by)),
    )


def _report(row: Row[Any]) -> Report | None:
    if row.execution is None:
        return None
    return Report(Execution(row.execution), row.reported_at, row.report_note or "")
