"""Rules that load and yet cannot do what they say."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from fractions import Fraction

from config.durations import spell, third_of
from config.looking_again import looking_again, takes_choices, usual
from config.majority import can_fail, nearest_share, nearest_votes, needs_everybody, votes_to_win
from config.policies import Person, Policy, Queue, Rulebook
from config.problems import Problem, listed, shown

Finding = tuple[str, str, str]  # key, what is wrong, what would be right
ONLY_LABELS = (
    "votes_needed", "majority_share", "auto_above", "audit_share", "audit_minimum",
    "reopen_on_correction", "gold_share", "repeat_share", "overlap_share", "overlap_votes",
)  # fmt: skip
ONLY_APPROVALS = (
    "approvals_needed", "denials_needed", "grace_for", "confirm", "probe_share", "grant_for",
    "report_within", "editors", "responders",
)  # fmt: skip
GRANT_MAX = timedelta(days=1)


def warnings_of(rulebook: Rulebook) -> tuple[Problem, ...]:
    """What the rulebook's author would want to know before the first item comes."""
    found = [_warning("queues.toml", *finding) for finding in _of_all(rulebook)]
    for queue in rulebook.queues.values():
        for check in CHECKS:
            for key, wrong, right in check(queue, rulebook):
                path = f"queues.{queue.name}.{key}".removesuffix(".")
                found.append(_warning("queues.toml", path, wrong, right))
    for group, members in rulebook.groups.items():
        if not members:
            finding = (f"groups.{group}", "the group has nobody in it", "List its people")
            found.append(_warning("people.toml", *finding))
    return tuple(found)


def _warning(file: str, key: str, wrong: str, right: str) -> Problem:
    return Problem(file, key, wrong, right, severity="warning")


def _of_all(rulebook: Rulebook) -> Iterator[Finding]:
    if not rulebook.queues:
        yield "", "there is no queue, so every item will be refused", "Add [queues.some-name]"


def _nobody(queue: Queue, rulebook: Rulebook) -> Iterator[Finding]:
    policy = queue.policy
    if not policy.reviewers:
        yield (
            "reviewers",
            "NOBODY MAY VOTE HERE: no reviewers are listed, so every item will wait for its "
            f"deadline and {_at_deadline(queue)}",
            'Add reviewers = ["@ops"] with a group or people of people.toml',
        )
    elif not _able(rulebook, policy, policy.reviewers):
        yield (
            "reviewers",
            "NOBODY MAY VOTE HERE: everybody who is listed is inactive, or the groups are empty; "
            f"every item will wait for its deadline and {_at_deadline(queue)}",
            "List people who are active",
        )


def _at_deadline(queue: Queue) -> str:
    if queue.kinds == ("approval",):
        return "be denied"
    return "expire" if "approval" not in queue.kinds else "be denied or expire"


def _seniors(queue: Queue, rulebook: Rulebook) -> Iterator[Finding]:
    policy = queue.policy
    able = _able(rulebook, policy, policy.seniors)
    if not able:
        why = "everybody who is listed is inactive" if policy.seniors else "no seniors are listed"
        yield (
            "seniors",
            f"{why}: when reviewers disagree or are not sure, nobody can decide, and the item "
            f"will wait for its deadline and {_at_deadline(queue)}",
            'Add seniors = ["@leads"] with people who have the role "senior"',
        )
    elif len(able) < (needed := _seniors_needed(queue)):
        are = "is" if len(able) == 1 else "are"
        yield (
            "seniors",
            f"{needed} seniors must agree to a yes after escalation, but only {listed(able)} {are} "
            "active; an item that is handed on can then only be denied",
            "List more seniors",
        )


def _seniors_needed(queue: Queue) -> int:
    """For a yes; escalation never lowers the number of people that an approval needs."""
    policy = queue.policy
    if "approval" in queue.kinds:
        return max(policy.seniors_needed, policy.approvals_needed)
    return policy.seniors_needed


def _few_reviewers(queue: Queue, rulebook: Rulebook) -> Iterator[Finding]:
    policy = queue.policy
    able = _able(rulebook, policy, policy.reviewers)
    if not able:
        return  # _nobody says it
    if takes_choices(queue) and len(able) < policy.votes_needed:
        yield (
            "votes_needed",
            f"{policy.votes_needed} votes are needed, but of the reviewers only {listed(able)} "
            "can vote now: every item will go to the seniors",
            "List more reviewers while the others are inactive",
        )
    elif "approval" in queue.kinds and len(able) <= policy.approvals_needed:
        yield (
            "reviewers",
            f"approvals_needed is {policy.approvals_needed} and only {listed(able)} can vote now: "
            "nobody may judge their own request, so what one of them asks for can only go to the "
            "seniors or be denied at its deadline",
            f"List at least {policy.approvals_needed + 1} reviewers who are active",
        )
    elif len(able) == 1:
        yield (
            "reviewers",
            f"only {able[0]} can vote: nobody may judge their own items, so what the programs "
            f"of {able[0]} submit will wait for the seniors or its deadline",
            "List a second reviewer",
        )


def _majority(queue: Queue, _: Rulebook) -> Iterator[Finding]:
    """A share that always or never holds, on two choices."""
    policy = queue.policy
    votes, share = policy.votes_needed, policy.majority_share
    if not {"label", "audit"} & set(queue.kinds) or votes == 1:
        return
    if not can_fail(votes, 2, share):
        yield "majority_share", _never_fails(votes, share), _instead(votes, share)
    elif needs_everybody(votes, share):
        most = Fraction(votes - 1, votes)
        others = nearest_votes(votes, 2, share)
        yield (
            "majority_share",
            f"with {votes} votes only all {votes} reach {share:g}, since {votes - 1} of {votes} "
            f"are {float(most):.2f}: one vote against sends every item to the seniors",
            "Write majority_share = 1.0 if that is what you want"
            + (f", else votes_needed = {others}" if others else ""),
        )


def _never_fails(votes: int, share: float) -> str:
    leader = -(-votes // 2)
    more = next((k for k in range(3, 21) if can_fail(votes, k, share)), None)
    others = f"; with {more} or more choices it can" if more else ""
    return (
        f"{votes} votes on two choices can never miss {share:g}: even a split of {leader} to "
        f"{votes - leader} reaches it, so disagreement will never go to the seniors{others}"
    )


def _instead(votes: int, share: float) -> str:
    better = nearest_share(votes, 2)
    needed = votes_to_win(votes, better)
    if needed == votes:
        first = f"majority_share = 1.0 (all {votes} must agree)"
    else:
        first = f"majority_share = {better:g} ({needed} of {votes} must agree)"
    more = nearest_votes(votes, 2, share)
    second = f", or votes_needed = {more} ({votes_to_win(more, share)} of {more})" if more else ""
    return f"Write {first}{second}"


def _without_effect(queue: Queue, _: Rulebook) -> Iterator[Finding]:
    """Rules of the other kind that somebody stated all the same."""
    if "approval" in queue.kinds and takes_choices(queue):
        return
    takes_approvals = "approval" in queue.kinds
    other = "labels" if takes_approvals else "approvals"
    for key in ONLY_LABELS if takes_approvals else ONLY_APPROVALS:
        if getattr(queue.policy, key) == usual(queue, key):
            continue
        machine = key == "auto_above"
        why = "no machine may approve an action" if machine else f"it is a rule for {other}"
        yield key, f"it has no effect here: {why}", "Take the line out"


def _machine(queue: Queue, _: Rulebook) -> Iterator[Finding]:
    above = queue.policy.auto_above
    if above is None or "label" not in queue.kinds:
        return
    if queue.preset == "low_data":
        wrong = "the preset low_data sends every item to people, but this lets the machine settle"
        yield "auto_above", f"{wrong} some", 'Take the line out, or write preset = "borderline"'
    elif above <= 0.5 and above != usual(queue, "auto_above"):
        yield (
            "auto_above",
            f"of two choices, a machine gives its own at least 0.5, so with {above:g} it will "
            "settle every item alone",
            "Write a higher number, such as 0.85, or take the line out: people judge every item",
        )


def _channels(queue: Queue, rulebook: Rulebook) -> Iterator[Finding]:
    if queue.slack is None and queue.discord is None:
        wrong = "it has no channel, so its items will be shown to nobody unless they ask for one"
        yield "", wrong, 'Add slack = "C0123ABCD" or discord = "123456789012345678"'
    everybody = rulebook.members((*queue.policy.reviewers, *queue.policy.seniors))
    without = [
        person_id
        for person_id in sorted(everybody)
        if not (rulebook.people[person_id].slack or rulebook.people[person_id].discord)
    ]
    if without:
        who = listed(map(shown, without))
        wrong = f"{who} cannot be recognised: no Slack and no Discord account is stated"
        yield "reviewers", wrong, f'Add slack = "U0123ABCD" to people.{without[0]}'


def _late_escalation(queue: Queue, _: Rulebook) -> Iterator[Finding]:
    after, due_in = queue.policy.escalate_after, queue.policy.due_in
    if after and after < due_in and after * 2 > due_in:
        yield (
            "escalate_after",
            f"the seniors are asked after {spell(after)} and have {spell(due_in - after)} left of "
            f"{spell(due_in)}",
            f'Give them at least half, such as escalate_after = "{spell(third_of(due_in))}"',
        )


def _grants(queue: Queue, _: Rulebook) -> Iterator[Finding]:
    """An approval that lasts for days is one of a world that has changed meanwhile."""
    lasts = queue.policy.grant_for
    if "approval" in queue.kinds and lasts > GRANT_MAX:
        yield (
            "grant_for",
            f"what is approved may still run {spell(lasts)} later, when what people looked at may "
            "have changed; and a backup younger than that, restored, permits it once more",
            'Write a shorter time, such as grant_for = "15m": a program asks when it is ready',
        )


def _beyond_voting(queue: Queue, rulebook: Rulebook) -> Iterator[Finding]:
    """Editors and responders who may not judge the item could do neither."""
    policy = queue.policy
    judges = rulebook.members((*policy.reviewers, *policy.seniors))
    for key in ("editors", "responders"):
        strangers = sorted(rulebook.members(getattr(policy, key)) - judges)
        if strangers and "approval" in queue.kinds:
            who = listed(map(shown, strangers))
            verb = "edit" if key == "editors" else "answer"
            yield (
                key,
                f"{who} could not {verb}: only reviewers and seniors of the queue can",
                "Add them to reviewers or seniors, or shorten this list",
            )


def _able(rulebook: Rulebook, policy: Policy, names: tuple[str, ...]) -> list[str]:
    """The ids, in quotes, of those who are active and qualified now, in order."""

    def is_able(person: Person) -> bool:
        return person.active and set(policy.qualifications) <= person.qualifications

    able = (name for name in rulebook.members(names) if is_able(rulebook.people[name]))
    return [shown(name) for name in sorted(able)]


CHECKS: tuple[Callable[[Queue, Rulebook], Iterator[Finding]], ...] = (
    _nobody,
    _seniors,
    _few_reviewers,
    _majority,
    _without_effect,
    _machine,
    looking_again,
    _channels,
    _late_escalation,
    _grants,
    _beyond_voting,
)
