"""How a queue's programs are served: waits against targets, and how much people do."""

from datetime import datetime

from bot.measures.sla import Sla, Wait, sla_of
from config.policies import Queue
from storage import counts
from storage.unit import Unit


def sla(unit: Unit, queue: Queue, since: datetime, until: datetime, now: datetime) -> Sla:
    """How the queue's targets were kept for what was asked in a period."""
    rows = counts.waits(unit.connection, queue.name, since, until)
    return sla_of(
        [Wait(row.opened_at, row.first_vote_at, row.decided_at) for row in rows],
        first_vote_within=queue.policy.first_vote_within,
        outcome_within=queue.policy.outcome_within,
        now=now,
    )
