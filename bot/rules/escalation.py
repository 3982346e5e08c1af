"""Who is asked next, once an item is with the seniors: nobody twice while another is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.policies import Policy, Rulebook, Step

SOONEST = timedelta(minutes=1)  # between two people, when the policy names no steps
LATEST = timedelta(minutes=15)
AGAIN_AFTER = timedelta(minutes=15)  # nobody could be asked: then the same steps are tried again
SENIORS = "seniors"  # the target of a policy without steps: everybody whom it lists as a senior


@dataclass(frozen=True, slots=True)
class Asked:
    """One person was asked."""

    person_id: str
    at: datetime
    step: int  # from 0, counted on through the rounds


def plan_of(policy: Policy, rulebook: Rulebook, time_left: timedelta) -> tuple[Step, ...]:
    """Every step, the rounds unrolled; without stated steps, the seniors one after the other.

    No round begins at the very end of the one before: a first step without a delay waits as long
    as the last step does.

    Args:
        policy: the item's.
        rulebook: who there is.
        time_left: from the hand-over to the deadline; shared among the seniors.
    """
    if policy.escalation:
        first, *rest = policy.escalation
        pause = first.after or policy.escalation[-1].after or LATEST
        again = (first.model_copy(update={"after": pause}), *rest)
        return policy.escalation + again * (policy.escalation_rounds - 1)
    count = len(rulebook.members(policy.seniors))
    pause = min(LATEST, max(SOONEST, time_left / (count + 1)))
    first = Step(to=(SENIORS,))
    return (first, *[Step(after=pause, to=(SENIORS,))] * (count - 1)) if count else (first,)


def due_after(plan: Sequence[Step], step: int, now: datetime) -> datetime | None:
    """When a step is due, the one before being done now; None when there is none."""
    return now + plan[step].after if step < len(plan) else None


def steps_left(plan: Sequence[Step], step: int, *, again: bool) -> tuple[Step, ...]:
    """The steps from this one on.

    Args:
        plan: every step.
        step: how many were done.
        again: somebody was on it and let it lie. If no step is left, the last is done once more.
    """
    return tuple(plan[step:]) or (tuple(plan[-1:]) if again else ())


def members_of(target: str, policy: Policy, rulebook: Rulebook) -> tuple[str, ...]:
    """The people whom a target stands for, in the order that the files state; schedules apart."""
    kind, _, name = target.partition(":")
    if target == SENIORS:
        return _in_order(policy.seniors, rulebook)
    if kind == "role" and name:
        return tuple(person.id for person in rulebook.people.values() if name in person.roles)
    return _in_order((target,), rulebook)


def in_turn(candidates: Sequence[str], asked: Sequence[Asked]) -> tuple[str, ...]:
    """The candidates, those first who were not asked yet, then those longest ago."""
    last = {each.person_id: each.at for each in asked}
    never = [each for each in candidates if each not in last]
    again = sorted((each for each in candidates if each in last), key=lambda each: last[each])
    return (*never, *again)


def remind_at(opened_at: datetime, until: datetime) -> datetime:
    """Half time."""
    return opened_at + (until - opened_at) / 2


def _in_order(names: Sequence[str], rulebook: Rulebook) -> tuple[str, ...]:
    ids: dict[str, None] = {}
    for name in names:
        listed = rulebook.groups.get(name[1:], ()) if name.startswith("@") else (name,)
        ids.update(dict.fromkeys(listed))
    return tuple(person for person in ids if person in rulebook.people)
