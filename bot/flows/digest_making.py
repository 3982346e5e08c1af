"""Reads what a digest tells out of the memory."""

from collections import Counter
from datetime import datetime, timedelta

from bot.digest import NAMED_MAX, Corrected, Digest, Disputed, Waiting
from bot.flows import correcting, targets
from bot.flows.figures import figures
from bot.flows.loading import load
from bot.measures.queue_figures import QueueFigures
from bot.rules.periods import Period
from config.policies import Rulebook
from storage import counts, digests, ledger
from storage.unit import Unit

LATE_AFTER = timedelta(minutes=10)


def digest_of(
    unit: Unit,
    rulebook: Rulebook,
    name: str,
    period: Period,
    now: datetime,
    *,
    made_at: datetime,
) -> Digest:
    """A period's digest; what waits is as it stands now."""
    queue, connection = rulebook.queues[name], unit.connection
    since, until = period.since, period.until
    waiting = digests.waiting(connection, name)
    head = ledger.head(connection)
    found = correcting.corrections(unit, name, since, until)
    made = figures(unit, rulebook, name, since=since, until=until)
    late_for = made_at - until
    return Digest(
        figures=made,
        before=figures(unit, rulebook, name, since=period.before.since, until=since),
        since=since,
        until=until,
        now=now,
        late_for=late_for if late_for > LATE_AFTER else None,
        waiting=Waiting(waiting.open_count, waiting.escalated_count, waiting.oldest),
        sla=targets.sla(unit, queue, since, until, until),
        disputes=_disputes(unit, made),
        corrections=tuple(Corrected(each.item_id, each.machine, each.people) for each in found),
        ledger_count=head.count,
        ledger_hash=head.hash,
        reviews_at_most=rulebook.limits.max_per_hour,
        busiest=counts.busiest_hour(connection, name, since, until),
        is_audited=queue.policy.audit_share > 0,
    )


def _disputes(unit: Unit, made: QueueFigures) -> tuple[Disputed, ...]:
    """How the votes fell on what is named; nobody is."""
    return tuple(_disputed(unit, item_id) for item_id, _ in made.contested[:NAMED_MAX])


def _disputed(unit: Unit, item_id: str) -> Disputed:
    item = load(unit, item_id)
    votes = Counter(vote.choice for vote in item.votes).most_common()
    return Disputed(item_id, tuple(votes), item.outcome.choice if item.outcome else None)
