"""Whole tables on their way out, a batch at a time: no table is ever in memory."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select

from storage.tables import ITEM, KNOWN_ANSWER, LEDGER, VOTE

BATCH = 5_000  # rows

_votes = select(
    VOTE.c.item_id, ITEM.c.queue, ITEM.c.key, VOTE.c.person_id, VOTE.c.choice, VOTE.c.reason,
    VOTE.c.as_senior, VOTE.c.cast_at, VOTE.c.seconds, VOTE.c.source, ITEM.c.purpose,
).join(ITEM, ITEM.c.id == VOTE.c.item_id)  # fmt: skip
_items = select(
    ITEM.c.id, ITEM.c.queue, ITEM.c.kind, ITEM.c.key, ITEM.c.producer, ITEM.c.requester,
    ITEM.c.status, ITEM.c.choices, ITEM.c.predicted, ITEM.c.confidence, ITEM.c.opened_at,
    ITEM.c.due_at, ITEM.c.escalated_at, ITEM.c.trigger, ITEM.c.purpose, ITEM.c.digest,
    ITEM.c.content, ITEM.c.policy,
)  # fmt: skip
_outcomes = select(
    ITEM.c.id.label("item_id"), ITEM.c.queue, ITEM.c.key, ITEM.c.outcome_choice.label("choice"),
    ITEM.c.outcome_rule.label("rule"), ITEM.c.outcome_votes.label("votes"),
    ITEM.c.outcome_by.label("decided_by"), ITEM.c.decided_at, ITEM.c.predicted, ITEM.c.confidence,
    KNOWN_ANSWER.c.choice.label("known"), ITEM.c.execution, ITEM.c.reported_at, ITEM.c.purpose,
).select_from(ITEM.outerjoin(KNOWN_ANSWER, KNOWN_ANSWER.c.item_id == ITEM.c.id))  # fmt: skip
_ledger = select(
    LEDGER.c.seq, LEDGER.c.at, LEDGER.c.event, LEDGER.c.item_id, LEDGER.c.actor, LEDGER.c.source,
    LEDGER.c.body, LEDGER.c.hash,
)  # fmt: skip


def votes(
    connection: Connection, queue: str | None, since: datetime | None, until: datetime
) -> Iterator[Sequence[Row[Any]]]:
    """Standing votes by the instant they were cast at."""
    query = _votes.where(*_within(VOTE.c.cast_at, since, until), *_of(queue))
    return _batches(connection, query.order_by(VOTE.c.cast_at, VOTE.c.item_id, VOTE.c.person_id))


def items(
    connection: Connection, queue: str | None, since: datetime | None, until: datetime
) -> Iterator[Sequence[Row[Any]]]:
    """Items by the instant they opened at, with what was submitted."""
    query = _items.where(*_within(ITEM.c.opened_at, since, until), *_of(queue))
    return _batches(connection, query.order_by(ITEM.c.opened_at, ITEM.c.id))


def outcomes(
    connection: Connection, queue: str | None, since: datetime | None, until: datetime
) -> Iterator[Sequence[Row[Any]]]:
    """Outcomes by the instant of the decision."""
    query = _outcomes.where(*_within(ITEM.c.decided_at, since, until), *_of(queue))
    return _batches(connection, query.order_by(ITEM.c.decided_at, ITEM.c.id))


def ledger(
    connection: Connection, queue: str | None, since: datetime | None, until: datetime
) -> Iterator[Sequence[Row[Any]]]:
    """The history in its order; of one queue only the lines about its items."""
    query = _ledger.where(*_within(LEDGER.c.at, since, until)).order_by(LEDGER.c.seq)
    if queue is not None:
        query = query.join(ITEM, ITEM.c.id == LEDGER.c.item_id).where(*_of(queue))
    return _batches(connection, query)


def _of(queue: str | None) -> list[ColumnElement[bool]]:
    return [] if queue is None else [ITEM.c.queue == queue]


def _within(
    at: ColumnElement[Any], since: datetime | None, until: datetime
) -> list[ColumnElement[bool]]:
    return [at < until] if since is None else [at < until, at >= since]


def _batches(connection: Connection, query: Select[Any]) -> Iterator[Sequence[Row[Any]]]:
    """The rows, a batch at a time; whoever stops early leaves no cursor open."""
    with connection.execution_options(stream_results=True).execute(query) as result:
        yield from result.yield_per(BATCH).partitions()
