"""From facts to rows: a changed item, its lines of history and its cards, in one unit."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.facts import Item
from bot.rules.deadlines import wake_at
from storage import cards, items, ledger, notices
from storage.ledger import Line
from storage.unit import Unit

CLOCK = "clock"  # the actor and source of what time alone does


def save(unit: Unit, before: Item, after: Item, *lines: Line) -> Item:
    """Keeps what changed, writes the history, and wants the cards shown anew."""
    after = replace(after, revision=before.revision + 1)
    old, new = columns(before), columns(after)
    changed = {name: value for name, value in new.items() if value != old[name]}
    items.change(unit.connection, after.id, **changed)
    ledger.append(unit.connection, *lines)
    is_urgent = after.status is not before.status
    unit.raised |= cards.wish(unit.connection, after.id, after.revision, is_urgent=is_urgent)
    if after.is_settled and not before.is_settled:
        unit.settled.append(after.id)
    return after


def columns(item: Item) -> dict[str, Any]:
    """The columns that change in an item's life."""
    outcome, report = item.outcome, item.report
    return {
        "status": item.status,
        "revision": item.revision,
        "escalated_at": item.escalated_at,
        "trigger": item.trigger,
        "settles_at": item.settles_at,
        "wake_at": wake_at(item),
        "outcome_choice": outcome and outcome.choice,
        "outcome_rule": outcome and outcome.rule,
        "outcome_votes": outcome and outcome.vote_count,
        "outcome_by": outcome and json.dumps(outcome.decided_by),
        "decided_at": outcome and outcome.decided_at,
        "execution": report and report.execution,
        "reported_at": report and report.reported_at,
        "report_note": report and report.note,
    }


def notify(unit: Unit, item: Item, template: str, now: datetime) -> None:
    """Puts a notice into the thread of every card of the item, once per template."""
    for card in cards.of_item(unit.connection, item.id):
        notices.put(
            unit.connection,
            key=f"{template}:{card.id}",
            item_id=item.id,
            platform=card.platform,
            channel_ref=card.channel_ref,
            template=template,
            body=None,
            thread_key=None,
            due_at=now,
        )
        unit.raised.add(card.platform)


def line(
    event: str, item_id: str, now: datetime, actor: str, source: str = CLOCK, **body: Any
) -> Line:
    """A line of history about an item."""
    return Line(now, event, item_id, actor, source, body)
