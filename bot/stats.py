"""How a queue stands right now, and how one person does: the latter for nobody else's eyes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.card_parts import Line, Moment, Reply, Strong
from bot.figure_words import lasting, share
from bot.headlines import brief
from bot.measures.intervals import Estimate
from bot.measures.sla import Kept, Sla
from bot.safe_text import SafeText, say, shown

NAME_MAX = 60


@dataclass(frozen=True, slots=True)
class QueueStats:
    """One queue, over a day and a week."""

    title: str
    open_count: int
    escalated_count: int
    oldest: timedelta | None
    sla: Sla  # of the last seven days
    decided_today: int  # in the last 24 hours


@dataclass(frozen=True, slots=True)
class TeamStats:
    """How much the people of a queue have on their hands; no figure of anybody alone."""

    people: int
    working: int
    resting: int
    reviews: int  # in the last hour
    room: int  # reviews that are still allowed in this hour


@dataclass(frozen=True, slots=True)
class OwnStats:
    """One person's figures of the last seven days, for themselves."""

    votes: int
    last_hour: int
    most_an_hour: int
    with_outcome: Estimate  # share of their votes that became the outcome
    rests_until: datetime | None


def of_queues(queues: Sequence[QueueStats]) -> Reply:
    """A line for each queue of the asker."""
    if not queues:
        return Reply(((say("You are not listed in any queue. Ask an admin to add you."),),))
    return Reply(tuple(_short(queue) for queue in queues))


def of_queue(queue: QueueStats, team: TeamStats) -> Reply:
    """One queue in full."""
    return Reply(
        (
            _short(queue),
            (_kept(say("First vote"), queue.sla.first_vote),),
            (_kept(say("Outcome"), queue.sla.outcome),),
            (
                say(
                    "People: {n} may vote, {working} reviewed something in the last hour "
                    "({reviews} reviews), {resting} rest; {room} more reviews are allowed in it.",
                    n=team.people, working=team.working, reviews=team.reviews,
                    resting=team.resting, room=team.room,
                ),
            ),
            (say("Targets are of what was asked in the last seven days."),),
        )
    )  # fmt: skip


def of_me(own: OwnStats) -> Reply:
    """The asker's own figures."""
    lines: list[Line] = [
        (Strong(say("Your last seven days; nobody else is shown this.")),),
        (say("Reviews: {n}, {hour} of them in the last hour ({most} are allowed).", n=own.votes,
             hour=own.last_hour, most=own.most_an_hour),),
        (say("Your answer became the outcome in {share}. That says how often others saw it as you "
             "did, and not who was right.", share=share(own.with_outcome)),),
    ]  # fmt: skip
    if own.rests_until is not None:
        lines.append((say("You rest until "), Moment(own.rests_until), say(".")))
    return Reply(tuple(lines))


def _short(queue: QueueStats) -> Line:
    name = brief(shown(queue.title), NAME_MAX)
    oldest = say(", the oldest for {age}", age=lasting(queue.oldest)) if queue.oldest else say("")
    seniors = say(", {n} with the seniors", n=queue.escalated_count)
    told = say("{n} open{oldest}{seniors}; {today} decided in the last 24 hours.",
               n=queue.open_count, oldest=oldest,
               seniors=seniors if queue.escalated_count else say(""),
               today=queue.decided_today)  # fmt: skip
    return (Strong(say("{name}: ", name=name)), told)


def _kept(name: SafeText, kept: Kept) -> SafeText:
    if kept.median is None:
        return say("{name}: none yet.", name=name)
    usual = say("half within {median}, nine of ten within {slow}", median=lasting(kept.median),
                slow=lasting(kept.slow))  # fmt: skip
    if kept.target is None:
        return say("{name}: {usual}; no target is set.", name=name, usual=usual)
    return say("{name}: {usual}; the target of {target} was kept in {share}.", name=name,
               usual=usual, target=lasting(kept.target), share=share(kept.share))  # fmt: skip
