"""People look, blind, at a share of what machines settled; what they find is weighted back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.content import Label
from bot.facts import Item, Kind, Purpose
from bot.flows import correcting
from bot.flows.loading import content_of, load
from bot.flows.posing import blind, guise_of, pose
from bot.flows.saving import line, save
from bot.measures.audit_sample import Settled, Stratum, chance_of, is_drawn
from bot.rules.sampling import audit_seed, week_of
from config.policies import Queue, Rulebook
from storage import audits, items, ledger
from storage.unit import Unit

URGENCY = 0.5  # among labels: neither the least nor the most certain


@dataclass(frozen=True, slots=True)
class Finding:
    """What one audit found about one answer of a machine."""

    item_id: str  # of the audit
    audited_id: str | None  # None: its producer asked for it
    queue: str
    label: str  # the machine's choice
    confidence: float | None
    people: str | None  # their choice
    chance: float  # it stands for 1 / chance items
    is_right: bool
    found_at: datetime


def draw(unit: Unit, rulebook: Rulebook, settled: Sequence[Item], now: datetime) -> int:
    """Opens an audit of each of these items that its lot decides for; how many those are.

    The strata are counted before anything is opened, in one order for every clock.
    """
    chances = {
        item.id: _chance(unit, item, stratum)
        for item, stratum in sorted(
            ((item, _stratum(item)) for item in settled), key=lambda one: (one[0].queue, one[1])
        )
    }
    drawn = 0
    for item in settled:
        queue = rulebook.queues.get(item.queue)
        if queue and is_drawn(item.id, audit_seed(item.policy), chances[item.id]):
            drawn += _open(unit, queue, item, chances[item.id], now)
    return drawn


def conclude(unit: Unit, rulebook: Rulebook, audit: Item, now: datetime) -> None:
    """Compares what people found with the machine's answer; a wrong one opens a correction."""
    row = audits.find(unit.connection, audit.id)
    if row is None:
        _add(unit, audit, None, _stratum(audit), 1.0, now)
    machine = row.label if row else str(audit.predicted)
    people = audit.outcome.choice if audit.outcome else None
    is_right = None if people is None else people == machine
    audits.conclude(unit.connection, audit.id, people=people, is_right=is_right, found_at=now)
    if row is None or row.audited_id is None:
        return
    _reveal(unit, audit, machine, row.confidence)
    said = line(
        "audited",
        row.audited_id,
        now,
        "rules",
        audit=audit.id,
        machine=machine,
        people=people,
        is_right=is_right,
        chance=row.chance,
    )
    ledger.append(unit.connection, said)
    if people is not None and not is_right:
        correcting.open_correction(unit, rulebook, load(unit, row.audited_id), audit, people, now)


def audited(
    unit: Unit,
    queue: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[Finding, ...]:
    """What audits found within a time, oldest first."""
    return tuple(
        Finding(
            item_id=row.item_id,
            audited_id=row.audited_id,
            queue=row.queue,
            label=row.label,
            confidence=row.confidence,
            people=row.people,
            chance=row.chance,
            is_right=row.is_right,
            found_at=row.found_at,
        )
        for row in audits.found(unit.connection, queue, since, until)
    )


def _stratum(item: Item) -> Stratum:
    machine = item.outcome.choice if item.outcome and item.kind is Kind.LABEL else item.predicted
    return Settled(item.id, str(machine), item.confidence).stratum()


def _chance(unit: Unit, item: Item, stratum: Stratum) -> float:
    """The chance this item has, by how many of its stratum came before it in its week."""
    policy, at = item.policy, item.outcome.decided_at if item.outcome else item.opened_at
    seen_before = audits.see(
        unit.connection,
        queue=item.queue,
        week=week_of(at),
        label=stratum.label,
        confidence_bin=stratum.confidence_bin,
    )
    return chance_of(seen_before, policy.audit_share, policy.audit_minimum)


def _open(unit: Unit, queue: Queue, item: Item, chance: float, now: datetime) -> bool:
    content = content_of(unit, item.id)
    if not isinstance(content, Label):
        return False
    guise = replace(guise_of(item), urgency=URGENCY)
    audit = pose(
        unit, queue, blind(content), guise, now,
        purpose=Purpose.AUDIT, about_id=item.id, kind=Kind.AUDIT,
    )  # fmt: skip
    if audit is not None:
        _add(unit, audit, item, _stratum(item), chance, now)
    return audit is not None


def _add(
    unit: Unit, audit: Item, item: Item | None, stratum: Stratum, chance: float, now: datetime
) -> None:
    """Keeps what is looked at; `item` is None when a producer asked for the audit itself."""
    audits.add(
        unit.connection,
        item_id=audit.id,
        audited_id=item.id if item else None,
        queue=audit.queue,
        label=stratum.label,
        confidence=(item or audit).confidence,
        confidence_bin=stratum.confidence_bin,
        chance=chance,
        drawn_at=now,
    )
    if item and item.outcome:
        audits.note_drawn(
            unit.connection,
            queue=item.queue,
            week=week_of(item.outcome.decided_at),
            label=stratum.label,
            confidence_bin=stratum.confidence_bin,
        )


def _reveal(unit: Unit, audit: Item, machine: str, confidence: float | None) -> None:
    """What was hidden may be told now that it is judged."""
    items.change(unit.connection, audit.id, predicted=machine, confidence=confidence)
    save(unit, audit, replace(audit, predicted=machine, confidence=confidence))
