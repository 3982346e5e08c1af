"""Steps of an escalation that lead nowhere: unknown names, and steps after the end."""

from collections.abc import Collection, Iterator
from datetime import timedelta

from config.durations import spell
from config.files import Source
from config.people import People
from config.policies import Policy
from config.problems import nearest, shown
from config.queues import Draft

KEY = "escalation"


def find_escalation_conflicts(
    source: Source, draft: Draft, people: People | None, schedules: Collection[str] | None
) -> None:
    """Adds what is wrong with a queue's steps to the source.

    Args:
        source: `queues.toml`.
        draft: one queue of it.
        people: None when `people.toml` could not be read; then nobody is looked up.
        schedules: by name; None when `oncall.toml` could not be read.
    """
    if KEY in draft.broken:
        return
    findings = [*_times(draft)]
    for number, step in enumerate(draft.queue.policy.escalation, 1):
        for target in step.to:
            found = _unknown(target, people, schedules)
            if found is not None:
                findings.append((f"step {number}: {found[0]}", found[1]))
    for wrong, right in findings:
        source.complain(("queues", draft.queue.name, KEY), wrong, right)


def _times(draft: Draft) -> Iterator[tuple[str, str]]:
    policy = draft.queue.policy
    length = sum((step.after for step in policy.escalation), timedelta(0))
    left = _left_for_seniors(policy)
    if policy.escalation and "due_in" not in draft.broken and length >= left:
        yield (
            f"its steps take {spell(length)}, and the seniors have {spell(left)}",
            "Shorten the steps, or give the item more time with due_in",
        )


def _left_for_seniors(policy: Policy) -> timedelta:
    return policy.due_in - (policy.escalate_after or timedelta(0))


def _unknown(
    target: str, people: People | None, schedules: Collection[str] | None
) -> tuple[str, str] | None:
    """What is wrong with a name, and what would be right; None when it is known."""
    kind, colon, name = target.partition(":")
    if kind == "schedule" and colon:
        if schedules is None or name in schedules:
            return None
        return f"there is no schedule {shown(name)}", _schedule_hint(name, schedules)
    if colon or target == "channel" or people is None:
        return None
    if target.startswith("@"):
        groups = [f"@{group}" for group in people.groups]
        known: Collection[str] = groups
        what = "group"
    else:
        known, what = people.people, "person"
    if target in known:
        return None
    return f"there is no {what} {shown(target)}", nearest(target, known, kind=f"{what}s")


def _schedule_hint(name: str, schedules: Collection[str]) -> str:
    if not schedules:
        return f"Add it to oncall.toml as [schedules.{name}]"
    return nearest(name, schedules, kind="schedules")
