"""An approved action runs once: redeemed just before, reported after, or forgotten in time."""

from datetime import datetime

from bot.errors import GrantUsedError
from bot.facts import Execution, Item
from bot.flows.loading import load, lock
from bot.flows.opening import Producer
from bot.flows.reporting import fetch
from bot.flows.saving import CLOCK, line, save
from bot.rules import granting
from storage import grants, pauses
from storage.ledger import Line
from storage.unit import Unit


def redeem(
    unit: Unit, producer: Producer, item_id: str, digest: str, attempt: str, now: datetime
) -> Item:
    """The item, its grant redeemed for this attempt; durable before the action may begin.

    All of it is looked at again here, in one unit: whose item it is, that people approved it,
    that it is this very action, in time, once, and not paused.

    Raises:
        UnknownItemError: there is no such item of this producer.
        SignoffError: it may not run; each reason has its class.
    """
    fetch(unit, producer, item_id)
    item = lock(unit, item_id)
    paused = pauses.current_held(unit.connection) is not None
    after = granting.redeem(item, digest, attempt, now, paused=paused)
    if after is item:
        return item
    said = line("redeemed", item.id, now, producer.name, "http", action=digest, attempt=attempt)
    return _keep(unit, item, after, said, redeemed_by=producer.name)


def report(
    unit: Unit,
    producer: Producer,
    item_id: str,
    execution: Execution,
    note: str,
    now: datetime,
    attempt: str | None = None,
) -> Item:
    """Keeps what became of the action, for its card to show. The last report stands.

    Raises:
        UnknownItemError: there is no such item of this producer.
        NotApprovedError: nothing was approved.
        NotRedeemedError: the grant was never redeemed, or not by this attempt.
    """
    fetch(unit, producer, item_id)
    item = lock(unit, item_id)
    after = granting.reported(item, execution, note, attempt, now)
    if after is item:
        return item
    said = line("reported", item.id, now, producer.name, "http", execution=execution, note=note)
    return _keep(unit, item, after, said)


def follow_due(unit: Unit, now: datetime, limit: int) -> int:
    """Lets grants expire, and gives up on reports that are late; how many items that were."""
    due = grants.due(unit.connection, now, limit)
    for item_id in due:
        item = load(unit, item_id)
        after = granting.after_time(item, now)
        if after is not item:
            _keep(unit, item, after, _forgotten(after, now))
    return len(due)


def void(unit: Unit, actor: str, source: str, now: datetime, limit: int) -> int:
    """Ends grants that are ready, for after a backup was restored; how many that were."""
    found = grants.ready(unit.connection, limit)
    for item_id in found:
        item = load(unit, item_id)
        said = line("grant-voided", item.id, now, actor, source)
        _keep(unit, item, granting.voided(item, now), said)
    return len(found)


def _forgotten(item: Item, now: datetime) -> Line:
    """What the history says of a grant that only time has changed."""
    if item.report is None:
        return line("grant-expired", item.id, now, CLOCK)
    return line("reported", item.id, now, CLOCK, execution=item.report.execution)


def _keep(unit: Unit, before: Item, after: Item, said: Line, **more: str) -> Item:
    """Keeps the grant as it stands now; the row itself says whether it still stood as before.

    Raises:
        GrantUsedError: somebody was faster, though the item was held. It cannot be.
    """
    if before.grant is None or after.grant is None:
        raise AssertionError("unreachable: only what has a grant is kept here")
    moved = grants.move(
        unit.connection,
        after.id,
        before.grant.standing,
        status=after.grant.standing,
        expires_at=after.grant.expires_at,
        attempt=after.grant.attempt,
        redeemed_at=after.grant.redeemed_at,
        wake_at=granting.wakes_at(after),
        **more,
    )
    if not moved:
        raise GrantUsedError(f"The grant of item {after.id} was changed meanwhile.")
    return save(unit, before, after, said)
