"""The people of a simulated year: thirty in three zones, their rules, hours and holidays."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from bot.facts import Identity
from config.policies import DigestRule, Limits, Person, Policy, Queue, Rulebook, Step
from config.schedules import Layer, Schedule

START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
ZONES = ("Europe/Berlin", "America/Chicago", "Australia/Lord_Howe")  # the last moves by 30 minutes
LIMITS = Limits(max_per_hour=12, break_after=timedelta(minutes=45), break_for=timedelta(minutes=10))
MINUTES = {each: timedelta(minutes=each) for each in (5, 10, 15, 20, 45)}
STEPS = (
    Step(to=("schedule:primary",)),
    Step(after=MINUTES[5], to=("@leads",)),
    Step(after=MINUTES[10], to=("role:senior", "channel")),
)
REVIEWERS = tuple(f"r{number:02}" for number in range(24))
SENIORS = tuple(f"s{number}" for number in range(6))
EVERYBODY = (*REVIEWERS, *SENIORS)


def zone_of(person: str) -> str:
    """Where somebody lives."""
    return ZONES[int(person[1:]) % 3]


def account(person: str) -> Identity:
    """Somebody's Slack account."""
    return Identity("slack", f"U{person.upper()}", "T0TEAM")


def a_rulebook(gone: frozenset[str] = frozenset()) -> Rulebook:
    """The rules once these people have left: some are inactive, some are not listed any more."""
    people = {
        name: Person(
            id=name,
            name=name,
            slack=f"U{name.upper()}",
            zone=zone_of(name),
            active=name not in gone,
            roles=frozenset({"reviewer", "senior"} if name in SENIORS else {"reviewer"}),
        )
        for name in EVERYBODY
        if name not in gone or int(name[1:]) % 2
    }
    layer = {"unit": "weeks", "every": 1, "starts_on": date(2026, 1, 5)}
    layers = tuple(
        Layer(
            name=zone.rpartition("/")[2],
            people=tuple(each for each in SENIORS if zone_of(each) == zone),
            handoff=time(2, 30),  # inside Europe's gap and fold
            **{**layer, "unit": "days" if zone == ZONES[2] else "weeks"},
        )
        for zone in ZONES
    )
    primary = Schedule(
        name="primary", title="Primary", zone=ZONES[0], layers=layers, otherwise=("@leads",)
    )
    queues = {name: _queue(name, policy) for name, policy in _policies().items()}
    groups = {"crew": REVIEWERS, "leads": SENIORS}
    schedules = {"primary": primary}
    return Rulebook(queues=queues, people=people, groups=groups, limits=LIMITS, schedules=schedules)


def _policies() -> Mapping[str, Policy]:
    common: dict[str, Any] = {
        "reviewers": ("@crew",),
        "seniors": ("@leads",),
        "cost_per_review_usd": Decimal("0.10"),
    }
    return {
        "agent-actions": Policy(
            due_in=timedelta(hours=2), escalate_after=MINUTES[45], escalation=STEPS,
            escalation_rounds=2, approvals_needed=2, grace_for=timedelta(seconds=30), **common,
        ),
        "moderation": Policy(
            due_in=timedelta(hours=30), votes_needed=3, majority_share=0.6, auto_above=0.95,
            escalate_after=timedelta(hours=24), **common,
        ),
    }  # fmt: skip


def _queue(name: str, policy: Policy) -> Queue:
    kinds: Any = ("approval",) if name == "agent-actions" else ("label",)
    digest = DigestRule(every="week", on=0, at=time(2, 30), zone=ZONES[0])
    return Queue(
        name=name, title=name, kinds=kinds, policy=policy, slack=f"C0{name[:3]}", digest=digest
    )


def is_at_work(person: str, now: datetime) -> bool:
    """Nine to five on weekdays, on the wall clock at home."""
    local = now.astimezone(ZoneInfo(zone_of(person)))
    return local.weekday() < 5 and 9 <= local.hour < 17


def is_quiet(person: str, now: datetime) -> bool:
    """Half of the people want silence from eight in the evening to eight in the morning."""
    hour = now.astimezone(ZoneInfo(zone_of(person))).hour
    return has_quiet_hours(person) and not 8 <= hour < 20


def has_quiet_hours(person: str) -> bool:
    """Whether they do."""
    return int(person[1:]) % 2 == 0


def leavers(random: Random, days: int) -> list[tuple[datetime, frozenset[str]]]:
    """When the rules change, and who has left by then: six of them in the time, one a senior."""
    who = [*random.sample(REVIEWERS, 5), random.choice(SENIORS)]
    random.shuffle(who)
    return [
        (START + timedelta(days=days * (number + 1) / 7), frozenset(who[: number + 1]))
        for number in range(len(who))
    ]


def holidays(random: Random, days: int) -> list[tuple[datetime, str, datetime]]:
    """When each holiday begins, whose it is, and when it ends: each has three, of up to a week."""
    found = []
    for person in EVERYBODY:
        for _ in range(3):
            begins = START + timedelta(days=days * random.random())
            found.append((begins, person, begins + timedelta(days=min(7, days / 3))))
    return sorted(found)
