"""Digests: one for each queue and period, however many clocks tick and however late."""

from datetime import datetime, timedelta

from bot.digest import Digest
from bot.errors import SignoffError
from bot.flows import outbox
from bot.flows.digest_making import digest_of
from bot.rules.periods import Period, newest_period
from config.policies import Queue, Rulebook
from storage import digests
from storage.unit import Unit

REST = 3  # messages in the thread, besides the table
SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=92)


def make_due(unit: Unit, rulebook: Rulebook, now: datetime) -> int:
    """Puts every digest that is due into the outbox, once; how many queues have one.

    Of several periods that passed while nothing ran, the newest has its digest. A queue's first
    period is the one in which it is looked at first: nobody is told of times before Signoff.
    """
    made = 0
    for queue in rulebook.queues.values():
        if queue.digest is None:
            continue
        period = newest_period(queue.digest, now)
        last = digests.last(unit.connection, queue.name)
        if last is not None and last >= period.until:
            continue
        if not digests.claim(unit.connection, queue.name, period.until, now):
            continue
        if last is not None:
            made += 1
            _send(unit, queue, period, now)
    return made


def ask_for(unit: Unit, rulebook: Rulebook, queue: str, length: timedelta, now: datetime) -> Digest:
    """The digest of the last so many days, for whoever asks now.

    Raises:
        SignoffError: there is no such queue, or the length is none that can be looked back.
    """
    if queue not in rulebook.queues:
        there = ", ".join(rulebook.queues)
        raise SignoffError(f"There is no queue {queue!r}; there is: {there}.")
    if not SHORTEST <= length <= LONGEST:
        raise SignoffError("A digest looks back between an hour and 92 days, such as 7d.")
    return digest_of(unit, rulebook, queue, Period(now - length, now), now, made_at=now)


def _send(unit: Unit, queue: Queue, period: Period, now: datetime) -> None:
    for platform, channel_ref in queue.channels:
        send_to(unit, queue.name, period, platform, channel_ref, now, occasion="digest")


def send_to(
    unit: Unit,
    queue: str,
    period: Period,
    platform: str,
    channel_ref: str,
    now: datetime,
    *,
    occasion: str,
) -> None:
    """Puts a digest into the outbox: its head with the plot, and below it the rest with a table.

    Args:
        unit: the transaction.
        queue: by name.
        period: that it tells of.
        platform: "slack" or "discord".
        channel_ref: a channel, or a person's account.
        now: when it is made.
        occasion: tells apart what is due from what somebody asked for.
    """
    body = {
        "queue": queue,
        "since": period.since.isoformat(),
        "until": period.until.isoformat(),
        "made": now.isoformat(),
    }
    head = f"{occasion}:{queue}:{period.until.isoformat()}:{platform}:{channel_ref}"
    keys = [head, *(f"{head}:{number}" for number in range(REST))]
    for number, key in enumerate(keys):
        outbox.send(
            unit,
            key=key,
            template="digest-rest" if number else "digest",
            platform=platform,
            channel_ref=channel_ref,
            due_at=now,
            body={**body, "part": number - 1},
            thread_key=head if number else None,
            after_key=keys[number - 1] if number else None,
        )
