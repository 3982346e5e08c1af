"""Questions whose answer is known, among the real ones: gold items, and probes that never run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.content import SUBMISSION, digest_of
from bot.errors import SignoffError
from bot.facts import REJECT, UNSURE, Item, Kind, Purpose
from bot.flows import outbox
from bot.flows.posing import Guise, guise_of, pose
from bot.gold import KINDS, Known, Sort, asked_in, fits
from bot.measures.audit_sample import ticket
from bot.rules.sampling import gold_seed
from config.policies import Queue, Rulebook
from storage import gold, ledger
from storage.ledger import Line
from storage.unit import Unit


@dataclass(frozen=True, slots=True)
class Listed:
    """A known question, as an admin lists it."""

    id: int
    queue: str
    kind: str
    asked: str  # in short
    answer: str
    used_count: int
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class Catch:
    """One reviewer's vote on a question whose answer was known."""

    item_id: str
    queue: str
    purpose: Purpose  # GOLD or PROBE
    person_id: str
    answer: str  # what is right
    choice: str  # what they said
    is_right: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class ProbeOutcome:
    """How one probe ended."""

    item_id: str
    queue: str
    is_caught: bool
    settled_at: datetime


def add_known(
    unit: Unit, queue: Queue, sort: Sort, known: Sequence[Known], now: datetime
) -> tuple[int, int]:
    """Keeps questions with their answers; how many are new, and how many were there already.

    Raises:
        SignoffError: the queue asks nothing among which they would not stand out.
    """
    if not fits(queue, sort):
        raise SignoffError(
            f"The queue {queue.name} takes {', '.join(queue.kinds)} only, so a {sort} would stand "
            "out. Nothing was added."
        )
    added = sum(
        gold.add(
            unit.connection,
            queue=queue.name,
            kind=one.content.kind,
            digest=digest_of(one.content),
            content=one.content.model_dump_json(exclude_unset=True),
            answer=one.answer,
            posed_by=one.posed_by,
            added_at=now,
            used_count=0,
            retired_at=None,
        )
        for one in known
    )
    body = {"queue": queue.name, "count": added}
    ledger.append(unit.connection, Line(now, f"{sort}-added", None, "cli", "cli", body))
    return added, len(known) - added


def list_known(unit: Unit, sort: Sort, queue: str | None = None) -> tuple[Listed, ...]:
    """Every question of this sort, retired ones too."""
    return tuple(
        Listed(
            id=row.id,
            queue=row.queue,
            kind=row.kind,
            asked=asked_in(SUBMISSION.validate_json(row.content)),
            answer=row.answer,
            used_count=row.used_count,
            retired_at=row.retired_at,
        )
        for row in gold.every(unit.connection, queue, KINDS[sort])
    )


def retire_known(unit: Unit, sort: Sort, gold_id: int, now: datetime) -> None:
    """Asks this question no more.

    Raises:
        SignoffError: there is none of this number that is still asked.
    """
    if not gold.retire(unit.connection, gold_id, KINDS[sort], now):
        raise SignoffError(f"There is no {sort} number {gold_id} that is still asked.")
    body = {"id": gold_id}
    ledger.append(unit.connection, Line(now, f"{sort}-retired", None, "cli", "cli", body))


def plant(unit: Unit, rulebook: Rulebook, after: Item, now: datetime) -> Item | None:
    """Asks a known question among the real ones; None where none is left to ask.

    It is one of those asked least often; among these, the real item's lot decides.
    """
    queue = rulebook.queues.get(after.queue)
    is_probe = after.kind is Kind.APPROVAL
    kind = Kind.LABEL if after.kind is Kind.AUDIT else after.kind
    choice = gold.least_used(unit.connection, after.queue, kind) if queue else ()
    if queue is None or not choice:
        return None
    row = choice[int(ticket(after.id, gold_seed(after.policy)) * len(choice))]
    content = SUBMISSION.validate_json(row.content)
    item = pose(
        unit, queue, content, _guise(after, row.posed_by, content.requester), now,
        purpose=Purpose.PROBE if is_probe else Purpose.GOLD, about_id=after.id,
    )  # fmt: skip
    if item is not None:
        gold.plant(unit.connection, item.id, row.id, row.answer)
    return item


def give_feedback(unit: Unit, rulebook: Rulebook, item: Item, now: datetime) -> int:
    """Tells each reviewer of a settled test in private what was right; how many were told."""
    answer = gold.answer_of(unit.connection, item.id)
    if answer is None:
        return 0
    told = 0
    for vote in item.votes:
        person = rulebook.people.get(vote.person_id)
        if person is None or vote.choice == UNSURE:
            continue
        body = {"item": item.id, "choice": vote.choice, "answer": answer, "left": vote.left}
        told += outbox.send_to_person(
            unit,
            person,
            key=f"gold-feedback:{item.id}:{person.id}",
            template="gold-feedback",
            due_at=now,
            body=body,
        )
    return told


def caught(
    unit: Unit,
    queue: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[Catch, ...]:
    """Every vote on tests settled within a time; who was not sure has not answered."""
    return tuple(
        Catch(
            item_id=row.item_id,
            queue=row.queue,
            purpose=Purpose(row.purpose),
            person_id=row.person_id,
            answer=row.answer,
            choice=row.choice,
            is_right=row.choice == row.answer,
            at=row.cast_at,
        )
        for row in gold.votes(unit.connection, queue, since, until)
        if row.choice != UNSURE
    )


def probe_outcomes(
    unit: Unit,
    queue: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[ProbeOutcome, ...]:
    """How the probes ended that people voted on: what nobody saw was neither caught nor missed."""
    seen = {
        row.item_id: ProbeOutcome(
            row.item_id, row.queue, row.outcome_choice == REJECT, row.decided_at
        )
        for row in gold.votes(unit.connection, queue, since, until)
        if row.purpose == Purpose.PROBE and row.outcome_votes
    }
    return tuple(seen.values())


def _guise(after: Item, posed_by: str | None, requester: str | None) -> Guise:
    """Of whoever asked just before, unless the admin has given it a guise of its own."""
    theirs = guise_of(after)
    if posed_by is None and requester is None:
        return theirs
    return Guise(posed_by or theirs.posed_by, requester, () if posed_by else theirs.owners)
