"""From rows to facts."""

import json
from collections.abc import Collection
from functools import lru_cache
from typing import Any

from sqlalchemy import Row

from bot.content import SUBMISSION, Approval, Label
from bot.errors import UnknownItemError
from bot.facts import (
    APPROVE,
    Edit,
    Execution,
    Grant,
    Item,
    Kind,
    Outcome,
    Purpose,
    Report,
    Rule,
    Standing,
    Status,
    Trigger,
    Vote,
)
from bot.headlines import headline_in
from bot.safe_text import SafeText
from config.policies import Policy, Rulebook
from storage import grants, items, votes
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


def headline(unit: Unit, rulebook: Rulebook, item: Item) -> SafeText:
    """An item's first line."""
    return headline_in(rulebook, item, content_of(unit, item.id))


def contents_of(unit: Unit, item_ids: Collection[str]) -> dict[str, Approval | Label]:
    """What is asked about each of these items."""
    found = items.contents_of(unit.connection, item_ids)
    return {item_id: SUBMISSION.validate_json(content) for item_id, content in found.items()}


def grants_of(unit: Unit, item_ids: Collection[str]) -> dict[str, Grant]:
    """The grants of these items, where there are any."""
    rows = grants.of_items(unit.connection, item_ids)
    return {item_id: grant_from(row) for item_id, row in rows.items()}


def item_from(row: Row[Any], cast: tuple[Vote, ...] = (), grant: Row[Any] | None = None) -> Item:
    """The facts in a row, and in those of its votes and its grant."""
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
        attended_by=row.attended_by,
        attended_until=row.attended_until,
        settles_at=row.settles_at,
        outcome=_outcome(row),
        report=_report(row),
        action_digest=row.action_digest,
        edit=_edit(row),
        grant=None if grant is None else grant_from(grant),
        paused=row.paused,
        claim_count=row.claim_count,
        purpose=Purpose(row.purpose) if row.purpose else None,
        posed_by=row.posed_by,
        about_id=row.about_id,
        correction=row.correction,
        batch_id=row.batch_id,
        revision=row.revision,
        votes=cast,
    )


def grant_from(row: Row[Any]) -> Grant:
    """The facts in a grant's row."""
    standing = Standing(row.status)
    return Grant(row.action_digest, standing, row.expires_at, row.attempt, row.redeemed_at)


def vote_from(row: Row[Any]) -> Vote:
    """The facts in a vote's row."""
    return Vote(row.person_id, row.choice, row.cast_at, row.reason, row.as_senior, row.left)


def _with_votes(unit: Unit, row: Row[Any] | None, item_id: str) -> Item:
    if row is None:
        raise UnknownItemError(f"There is no item {item_id}. Nothing was recorded.")
    cast = votes.of_item(unit.connection, item_id)
    is_approved = row.outcome_choice == APPROVE and row.kind == Kind.APPROVAL
    grant = grants.find(unit.connection, item_id) if is_approved else None
    return item_from(row, tuple(vote_from(vote) for vote in cast), grant)


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
        words=row.outcome_words,
    )


def _edit(row: Row[Any]) -> Edit | None:
    if row.edited_by is None:
        return None
    return Edit(row.edited_by, row.edited_at, row.submitted_args, row.submitted_digest)


def _report(row: Row[Any]) -> Report | None:
    if row.execution is None:
        return None
    return Report(Execution(row.execution), row.reported_at, row.report_note or "")
