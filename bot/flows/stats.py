"""How queues and people stand right now."""

from datetime import datetime, timedelta

from bot.errors import NotAllowedError, SignoffError
from bot.facts import Identity
from bot.flows import resting, targets
from bot.measures.intervals import proportion
from bot.rules.authority import recognise
from bot.stats import OwnStats, QueueStats, TeamStats
from config.policies import Person, Queue, Rulebook
from storage import counts, digests
from storage.unit import Unit

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
MINIMUM = 10  # votes on decided items


def queues_of(rulebook: Rulebook, person: Person) -> tuple[Queue, ...]:
    """The queues that list a person; all of them for an admin."""
    return tuple(queue for queue in rulebook.queues.values() if _lists(rulebook, queue, person))


def of_queues(
    unit: Unit, rulebook: Rulebook, who: Identity, now: datetime
) -> tuple[QueueStats, ...]:
    """The queues of whoever asks.

    Raises:
        NotAllowedError: they are nobody.
    """
    person = recognise(who, rulebook)
    return tuple(_stats(unit, queue, now) for queue in queues_of(rulebook, person))


def of_queue(
    unit: Unit, rulebook: Rulebook, who: Identity, name: str, now: datetime
) -> tuple[QueueStats, TeamStats]:
    """One queue, with how much its people have on their hands.

    Raises:
        SignoffError: there is no such queue, or it does not list them.
    """
    queue = queue_for(rulebook, who, name)
    people = rulebook.members((*queue.policy.reviewers, *queue.policy.seniors))
    load = resting.load_of(unit, rulebook, people, now)
    team = TeamStats(
        load.person_count,
        load.working_count,
        load.resting_count,
        load.review_count,
        load.room_count,
    )
    return _stats(unit, queue, now), team


def of_me(unit: Unit, rulebook: Rulebook, who: Identity, now: datetime) -> OwnStats:
    """The asker's own figures.

    Raises:
        NotAllowedError: they are nobody.
    """
    person = recognise(who, rulebook)
    rows = counts.votes_of(unit.connection, person.id, now - WEEK, now)
    decided = [row for row in rows if row.outcome_choice is not None]
    alike = sum(row.choice == row.outcome_choice for row in decided)
    rest = resting.resting(unit, rulebook, person.id, now)
    return OwnStats(
        votes=len(rows),
        last_hour=len(counts.votes_of(unit.connection, person.id, now - HOUR, now)),
        most_an_hour=rulebook.limits.max_per_hour,
        with_outcome=proportion(alike, len(decided), minimum=MINIMUM),
        rests_until=rest.until if rest else None,
    )


def queue_for(rulebook: Rulebook, who: Identity, name: str) -> Queue:
    """A queue by its name or title, for somebody whom it lists.

    Raises:
        SignoffError: there is none, or it does not list them.
    """
    person, wanted = recognise(who, rulebook), name.strip().casefold()
    mine = queues_of(rulebook, person)
    for queue in mine:
        if wanted in (queue.name.casefold(), queue.title.casefold()):
            return queue
    there = ", ".join(queue.name for queue in mine)
    if not there:
        raise NotAllowedError("You are not listed in any queue. Ask an admin to add you.")
    raise SignoffError(f"There is no queue {name!r} that lists you; there is: {there}.")


def _lists(rulebook: Rulebook, queue: Queue, person: Person) -> bool:
    listed = rulebook.members((*queue.policy.reviewers, *queue.policy.seniors))
    return person.id in listed or "admin" in person.roles


def _stats(unit: Unit, queue: Queue, now: datetime) -> QueueStats:
    waiting = digests.waiting(unit.connection, queue.name)
    return QueueStats(
        title=queue.title,
        open_count=waiting.open_count,
        escalated_count=waiting.escalated_count,
        oldest=now - waiting.oldest if waiting.oldest else None,
        sla=targets.sla(unit, queue, now - WEEK, now, now),
        decided_today=counts.count_decided(unit.connection, queue.name, now - DAY, now),
    )
