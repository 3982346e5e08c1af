"""From facts to rows: a changed item, its lines of history and its cards, in one unit."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.facts import Grant, Item
from bot.flows import placing
from bot.flows.aap_events import announce
from bot.flows.holding import changes_of_claims
from bot.masking import without_secrets
from bot.rules.claims import votes_wanted
from bot.rules.deadlines import wake_at
from bot.rules.granting import grant_of
from bot.rules.sampling import errand_at
from storage import escalations, grants, items, ledger
from storage.ledger import Line
from storage.unit import Unit

WORDS = frozenset({"reason", "note", "why", "text", "words", "args"})  # of a line's body
CLOCK = "clock"  # the actor and source of what time alone does


def save(unit: Unit, before: Item, after: Item, *lines: Line) -> Item:
    """Keeps what changed, writes the history, and wants the cards shown anew."""
    if after.is_settled and not before.is_settled:
        after = replace(after, grant=_granted(unit, after, before.settles_at))
    after = replace(after, revision=before.revision + 1)
    old, new = columns(before), columns(after)
    changed = {name: value for name, value in new.items() if value != old[name]}
    if after.votes and not before.votes:
        changed["first_vote_at"] = after.votes[0].cast_at
    changed |= changes_of_claims(unit, before, after, lines)
    items.change(unit.connection, after.id, **changed)
    ledger.append(unit.connection, *lines)
    is_urgent = after.status is not before.status
    placing.wish(unit, after.id, after.batch_id, after.revision, is_urgent=is_urgent)
    if after.is_settled and not before.is_settled:
        unit.settled.append(after.id)
        announce(unit, after)
        if before.escalated_at and after.outcome:  # the clock ends what was under way
            escalations.wake(unit.connection, after.id, after.outcome.decided_at)
    return after


def _granted(unit: Unit, item: Item, settles_at: datetime | None) -> Grant | None:
    """What the outcome permits, kept in the unit that settles: no grant without an approval."""
    grant = grant_of(item, settles_at)
    if grant is not None:
        grants.add(
            unit.connection,
            item_id=item.id,
            action_digest=grant.action_digest,
            status=grant.standing,
            expires_at=grant.expires_at,
            attempt=None,
            redeemed_at=None,
            redeemed_by=None,
            wake_at=grant.expires_at,
        )
    return grant


def columns(item: Item) -> dict[str, Any]:
    """The columns that change in an item's life."""
    outcome, report, edit = item.outcome, item.report, item.edit
    return {
        "digest": item.digest,
        "action_digest": item.action_digest,
        "needs_reading": item.needs_reading,
        "edited_by": edit and edit.person_id,
        "edited_at": edit and edit.edited_at,
        "submitted_args": edit and edit.submitted_args,
        "submitted_digest": edit and edit.submitted_digest,
        "paused": item.paused,
        "status": item.status,
        "revision": item.revision,
        "escalated_at": item.escalated_at,
        "trigger": item.trigger,
        "attended_by": item.attended_by,
        "attended_until": item.attended_until,
        "settles_at": item.settles_at,
        "correction": item.correction,
        "errand_at": errand_at(item),
        "wake_at": wake_at(item),
        "votes_wanted": votes_wanted(item),
        "outcome_choice": outcome and outcome.choice,
        "outcome_rule": outcome and outcome.rule,
        "outcome_votes": outcome and outcome.vote_count,
        "outcome_by": outcome and json.dumps(outcome.decided_by),
        "outcome_words": outcome and outcome.words,
        "decided_at": outcome and outcome.decided_at,
        "execution": report and report.execution,
        "reported_at": report and report.reported_at,
        "report_note": report and report.note,
    }


def line(
    event: str, item_id: str, now: datetime, actor: str, source: str = CLOCK, **body: Any
) -> Line:
    """A line of history about an item. Words that people or programs chose lose their secrets."""
    kept = {name: _clean(value) if name in WORDS else value for name, value in body.items()}
    return Line(now, event, item_id, actor, source, kept)


def _clean(value: Any) -> Any:
    """The same without its secrets; a mask is plain text within JSON, too."""
    if isinstance(value, str):
        return without_secrets(value)
    return json.loads(without_secrets(json.dumps(value, ensure_ascii=False)))
