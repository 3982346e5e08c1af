"""A machine's answer was wrong: the outcome stays, and its correction stands beside it."""

import json
from dataclasses import dataclass, replace
from datetime import datetime

from bot.content import Label
from bot.facts import Item, Purpose
from bot.flows.loading import content_of, load
from bot.flows.posing import blind, guise_of, pose
from bot.flows.saving import line, save
from config.policies import Rulebook
from storage import audits, ledger
from storage.unit import Unit

ASKED = 3  # people, where everybody is asked once more


@dataclass(frozen=True, slots=True)
class Correction:
    """One answer of a machine that people found wrong."""

    item_id: str
    queue: str
    machine: str
    people: str  # what the audit found
    found_by: tuple[str, ...]  # person ids
    audit_id: str
    reopened_id: str | None
    found_at: datetime
    closed_at: datetime | None
    answer: str | None  # what holds in the end; None while everybody is asked, or knows nothing


def open_correction(
    unit: Unit, rulebook: Rulebook, item: Item, audit: Item, people: str, now: datetime
) -> None:
    """Corrects the item, or asks everybody first where its policy says so."""
    reopened = _reopen(unit, rulebook, item, now) if item.policy.reopen_on_correction else None
    found_by = list(audit.outcome.decided_by) if audit.outcome else []
    is_new = audits.add_correction(
        unit.connection,
        item_id=item.id,
        queue=item.queue,
        machine=str(item.outcome and item.outcome.choice),
        people=people,
        found_by=json.dumps(found_by),
        audit_id=audit.id,
        reopened_id=reopened.id if reopened else None,
        found_at=now,
        closed_at=None,
        answer=None,
    )
    if not is_new:
        return
    if reopened is None:
        _correct(unit, item, people, found_by, now)
    else:
        said = line("reopened", item.id, now, "rules", people=people, by=found_by, item=reopened.id)
        ledger.append(unit.connection, said)


def confirm(unit: Unit, reopened: Item, now: datetime) -> None:
    """Does what everybody found: corrects the item, or lets the machine's answer stand."""
    row = audits.correction_reopened_as(unit.connection, reopened.id)
    if row is None or reopened.outcome is None:
        return
    answer, found_by = reopened.outcome.choice, list(reopened.outcome.decided_by)
    if answer is not None and answer != row.machine:
        _correct(unit, load(unit, row.item_id), answer, found_by, now)
        return
    audits.close_correction(unit.connection, row.item_id, closed_at=now, answer=answer)
    if answer is not None:
        audits.overrule(unit.connection, row.audit_id, is_right=True)
    said = line("not-corrected", row.item_id, now, "rules", people=answer, by=found_by)
    ledger.append(unit.connection, said)


def corrections(
    unit: Unit,
    queue: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[Correction, ...]:
    """Corrections opened within a time, oldest first."""
    return tuple(
        Correction(
            item_id=row.item_id,
            queue=row.queue,
            machine=row.machine,
            people=row.people,
            found_by=tuple(json.loads(row.found_by)),
            audit_id=row.audit_id,
            reopened_id=row.reopened_id,
            found_at=row.found_at,
            closed_at=row.closed_at,
            answer=row.answer,
        )
        for row in audits.corrections(unit.connection, queue, since, until)
    )


def _correct(unit: Unit, item: Item, answer: str, found_by: list[str], now: datetime) -> None:
    """The outcome is for ever; beside it stands what people found, and whoever waits is told."""
    audits.close_correction(unit.connection, item.id, closed_at=now, answer=answer)
    said = line("corrected", item.id, now, "rules", people=answer, by=found_by)
    save(unit, item, replace(item, correction=answer), said)
    unit.settled.append(item.id)


def _reopen(unit: Unit, rulebook: Rulebook, item: Item, now: datetime) -> Item | None:
    queue, content = rulebook.queues.get(item.queue), content_of(unit, item.id)
    if queue is None or not isinstance(content, Label):
        return None
    needed = max(ASKED, queue.policy.votes_needed)
    able = len(rulebook.members(queue.policy.reviewers))
    return pose(
        unit, queue, blind(content), guise_of(item), now,
        purpose=Purpose.REOPENED, about_id=item.id, votes_needed=max(1, min(needed, able)),
    )  # fmt: skip
