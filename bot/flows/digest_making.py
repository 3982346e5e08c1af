"""Reads what a digest tells out of the memory."""

from datetime import datetime, timedelta

from bot.digest import Corrected, Digest, Waiting
from bot.flows import correcting, targets
from bot.flows.figures import figures
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
    return Digest(
        figures=figures(unit, rulebook, name, since=since, until=until),
        before=figures(unit, rulebook, name, since=period.before.since, until=since),
        since=since,
        until=until,
        now=now,
        is_late=made_at - until > LATE_AFTER,
        waiting=Waiting(waiting.open_count, waiting.escalated_count, waiting.oldest),
        sla=targets.sla(unit, queue, since, until, until),
        corrections=tuple(Corrected(each.item_id, each.machine, each.people) for each in found),
        ledger_count=head.count,
        ledger_hash=head.hash,
        reviews_at_most=rulebook.limits.max_per_hour,
        busiest=counts.busiest_hour(connection, name, since, until),
    )
