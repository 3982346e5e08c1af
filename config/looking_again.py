"""Rules about looking again that load and yet cannot do what they say."""

from collections.abc import Iterator

from config.policies import BY_CHOICE, Policy, Queue, Rulebook
from config.presets import PRESETS

Finding = tuple[str, str, str]  # key, what is wrong, what would be right


def takes_choices(queue: Queue) -> bool:
    """Whether its items are voted on by choice, so that a majority decides."""
    return bool(set(queue.kinds) & set(BY_CHOICE))


def looking_again(queue: Queue, _: Rulebook) -> Iterator[Finding]:
    """Shares of something that never happens here, and machines that nobody looks at."""
    policy = queue.policy
    by_machine = policy.auto_above is not None and "label" in queue.kinds
    if by_machine and not policy.audit_share:
        yield (
            "audit_share",
            "nobody looks at what the machine settles here, so nobody will know how often it is "
            "wrong",
            "Write audit_share = 0.05: people look at 5 %, without seeing its answer",
        )
    for key, happens, what in (
        ("audit_share", by_machine, "no machine settles anything"),
        ("reopen_on_correction", by_machine, "no machine settles anything"),
        ("repeat_share", "preference" in queue.kinds, "there are no pairs"),
    ):
        stated = getattr(policy, key) and getattr(policy, key) != usual(queue, key)
        if takes_choices(queue) and stated and not happens:
            yield key, f"it has no effect here: {what}", "Take the line out"
    if policy.overlap_share and policy.overlap_votes <= policy.votes_needed:
        wrong = f"it has no effect here: every item gets {policy.votes_needed} votes already"
        yield "overlap_share", wrong, f"Write overlap_votes = {policy.votes_needed + 1} or more"


def usual(queue: Queue, key: str) -> object:
    """What the rule is where nobody states it."""
    preset = PRESETS.get(queue.preset or "")
    default = Policy.model_fields[key].default
    return preset.values.get(key, default) if preset else default
