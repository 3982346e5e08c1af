"""Rules that contradict each other, the preset or the list of people: what cannot be loaded."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from config.durations import spell, third_of
from config.files import Source
from config.people import People
from config.policies import BY_CHOICE, Person, Policy
from config.presets import PRESETS, Preset
from config.problems import listed, nearest, shown
from config.queues import Draft

Finding = tuple[str, str, str]  # key, what is wrong, what would be right
NAMING = ("reviewers", "seniors", "editors", "responders")  # keys that list people and groups


@dataclass(frozen=True, slots=True)
class Case:
    """One queue before the people of the house."""

    draft: Draft
    people: People

    @property
    def policy(self) -> Policy:
        """The queue's rules."""
        return self.draft.queue.policy

    def sound(self, *keys: str) -> bool:
        """Whether the keys hold what the file means, so that they can be compared."""
        return not self.draft.broken.intersection(keys) and not any(
            self._is_doubtful(name)
            for key in keys
            if key in NAMING
            for name in getattr(self.policy, key)
        )

    def origin(self, key: str) -> str:
        """Where a value comes from, when the file does not state it: ` (from the preset …)`."""
        preset = PRESETS.get(self.draft.queue.preset or "")
        is_preset = preset is not None and key in preset.values and key not in self.draft.stated
        return f" (from the preset {preset.name})" if preset and is_preset else ""

    def lower(self, number: str, count: int) -> str:
        """The advice to ask for fewer, unless the preset forbids it."""
        preset = PRESETS.get(self.draft.queue.preset or "")
        if preset and count < preset.at_least.get(number, 1):
            return f" (the preset {preset.name} needs at least {preset.at_least[number]})"
        return f", or write {number} = {count}"

    def listed_in(self, key: str) -> tuple[Person, ...]:
        """The known people whom "reviewers" or "seniors" lists, groups opened."""
        ids: dict[str, None] = {}
        for name in getattr(self.policy, key):
            members = self.people.groups.get(name[1:], ()) if name[:1] == "@" else (name,)
            ids.update(dict.fromkeys(members))
        return tuple(self.people.people[i] for i in ids if i in self.people.people)

    def _is_doubtful(self, name: str) -> bool:
        if name[:1] != "@":
            return name not in self.people.people or name in self.people.doubtful
        group = self.people.groups.get(name[1:])
        doubtful = self.people.doubtful
        return group is None or name in doubtful or bool(doubtful.intersection(group))


def find_conflicts(source: Source, draft: Draft, people: People | None) -> None:
    """Adds the queue's contradictions to the source.

    Args:
        source: `queues.toml`.
        draft: one queue of it.
        people: None when `people.toml` could not be read; then nobody is looked up.
    """
    checks = ALONE if people is None else ALONE + WITH_PEOPLE
    case = Case(draft, people or People({}, {}))
    for check in checks:
        for key, wrong, right in check(case):
            source.complain(("queues", draft.queue.name, key), wrong, right)


def _times(case: Case) -> Iterator[Finding]:
    due_in = case.policy.due_in
    for key, meaning in (
        ("escalate_after", "the seniors would be asked after everything is over"),
        ("grace_for", "an approval could not take effect before the deadline denies it"),
    ):
        length = getattr(case.policy, key)
        if case.sound(key, "due_in") and length and length >= due_in:
            wrong = f"{spell(length)}{case.origin(key)} is not shorter than due_in, {spell(due_in)}"
            yield (
                key,
                f"{wrong}: {meaning}",
                f'Write, for example, {key} = "{spell(third_of(due_in))}"',
            )


def _expiry(case: Case) -> Iterator[Finding]:
    kinds, expiry = case.draft.queue.kinds, case.policy.expiry
    if not case.sound("expiry", "kinds", "preset") or "expiry" not in case.draft.stated:
        return
    if case.draft.queue.preset == "regulated" and expiry == "prediction":
        return  # _preset says it
    if kinds == ("approval",) and expiry != "denied":
        yield (
            "expiry",
            f'"{expiry}" cannot be: an approval that nobody settles in time is always denied',
            'Leave the line out, or write expiry = "denied"',
        )
    elif "approval" in kinds and expiry == "prediction":
        yield (
            "expiry",
            '"prediction" cannot be in a queue that also takes approvals, which are always denied',
            'Give the labels a queue of their own, or write expiry = "undecided"',
        )
    elif "approval" not in kinds and expiry == "denied":
        yield (
            "expiry",
            '"denied" is for approvals, and this queue takes none',
            'Write "undecided" (nobody decided) or "prediction" (the machine\'s choice stands)',
        )


def _overlap(case: Case) -> Iterator[Finding]:
    """Votes asked for to measure agreement that one vote cannot show."""
    votes = case.policy.overlap_votes
    if case.sound("overlap_votes") and votes < 2:
        wrong = "one vote agrees with nobody: agreement is measured where several people vote"
        yield "overlap_votes", wrong, "Write overlap_votes = 2 or more"


def _preset(case: Case) -> Iterator[Finding]:
    """What a queue takes away from its preset although the preset does not allow it."""
    preset = PRESETS.get(case.draft.queue.preset or "")
    if preset is None:
        return
    for key in sorted(preset.never & case.draft.stated):
        wrong = f"the preset {preset.name} does not allow it: people decide every item"
        yield key, wrong, "Take the line out, or choose another preset"
    yield from _fixed(case, preset)
    for key, least in preset.at_least.items():
        if case.sound(key) and getattr(case.policy, key) < least:
            wrong = f"{getattr(case.policy, key)} is less than the preset {preset.name} allows"
            yield key, wrong, f"Write {key} = {least} or more, or choose another preset"
    for key in sorted(preset.required):
        if case.sound(key) and not getattr(case.policy, key):
            wrong = f"the preset {preset.name} needs it: who is qualified to judge this?"
            yield key, wrong, f'Add, for example, {key} = ["medical"], or choose another preset'
    if preset.name == "regulated" and case.sound("expiry") and case.policy.expiry == "prediction":
        wrong = "the preset regulated does not allow the machine's choice to stand"
        yield "expiry", wrong, "Take the line out, or choose another preset"


def _fixed(case: Case, preset: Preset) -> Iterator[Finding]:
    for key in sorted(preset.fixed & case.draft.stated):
        if case.sound(key) and getattr(case.policy, key) != preset.values[key]:
            wrong = f"the preset {preset.name} does not let a queue change it"
            yield key, wrong, "Take the line out, or choose another preset"


def _names(case: Case) -> Iterator[Finding]:
    """People and groups that `people.toml` does not know."""
    groups = [f"@{name}" for name in case.people.groups]
    for key in NAMING:
        if key in case.draft.broken:
            continue
        for name in getattr(case.policy, key):
            if name[:1] == "@" and name not in groups:
                yield key, f"there is no group {shown(name)}", _group_hint(name, groups)
            elif name[:1] != "@" and name not in case.people.people:
                yield key, f"there is no person {shown(name)}", _person_hint(name, case)


def _group_hint(name: str, groups: list[str]) -> str:
    if not groups:
        return f'people.toml has no groups yet: add [groups] with {name[1:]} = ["ann"]'
    return nearest(name, groups, kind="groups")


def _person_hint(name: str, case: Case) -> str:
    if name in case.people.groups:
        return f'"{name}" is a group: write "@{name}"'
    if not case.people.people:
        return "people.toml has no people yet"
    return nearest(name, case.people.people, kind="people")


def _roles(case: Case) -> Iterator[Finding]:
    """People listed for what they have no role for."""
    for key, allowed in (("reviewers", {"reviewer", "senior"}), ("seniors", {"senior"})):
        if not case.sound(key):
            continue
        without = [shown(person.id) for person in case.listed_in(key) if not person.roles & allowed]
        if without:
            role = key.removesuffix("s")
            yield (
                key,
                f'without the role "{role}" in people.toml, {listed(without)} could not vote here',
                f'Add "{role}" to the roles of {listed(without)}, or shorten this list',
            )


def _qualifications(case: Case) -> Iterator[Finding]:
    """Qualifications without which nobody on the list could vote."""
    if not case.sound("reviewers", "qualifications") or not case.listed_in("reviewers"):
        return
    needed = set(case.policy.qualifications)
    held = {name for person in case.listed_in("reviewers") for name in person.qualifications}
    for name in sorted(needed - held):
        right = (
            f"Add it to the qualifications of those reviewers in people.toml. {_hint(name, held)}"
        )
        yield "qualifications", f"no reviewer of this queue has {shown(name)}", right
    together = any(needed <= person.qualifications for person in case.listed_in("reviewers"))
    if needed <= held and not together:
        wrong = f"no reviewer of this queue has all of {listed(sorted(needed))} at once"
        yield "qualifications", wrong, "A reviewer needs every one of them: add what is missing"


def _hint(name: str, held: set[str]) -> str:
    return nearest(name, held, kind="qualifications they have") if held else "They have none"


def _numbers(case: Case) -> Iterator[Finding]:
    """More votes asked for than there are people who may vote, whether active now or not."""
    needed = set(case.policy.qualifications)
    for key, numbers in (
        ("reviewers", _numbers_that_count(case)),
        ("seniors", ["seniors_needed"]),
    ):
        if not case.sound(key, "qualifications"):
            continue
        qualified = " with the qualifications that the queue asks for" if needed else ""
        able = [p.id for p in case.listed_in(key) if needed <= p.qualifications]
        for number in numbers:
            wanted = getattr(case.policy, number)
            if able and case.sound(number) and wanted > len(able):
                who = listed(sorted(map(shown, able)))
                only = f"of the {key} listed only {who} can vote"
                yield (
                    number,
                    f"{number} is {wanted}{case.origin(number)}, but {only}{qualified}",
                    f"List more {key}" + case.lower(number, len(able)),
                )


def _numbers_that_count(case: Case) -> list[str]:
    kinds = case.draft.queue.kinds if case.sound("kinds") else ()
    approvals = ["approvals_needed", "denials_needed"] if "approval" in kinds else []
    if not set(kinds) & set(BY_CHOICE):
        return approvals
    overlap = ["overlap_votes"] if case.policy.overlap_share else []
    return [*approvals, "votes_needed", *overlap]


ALONE: tuple[Callable[[Case], Iterator[Finding]], ...] = (_times, _expiry, _overlap, _preset)
WITH_PEOPLE: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    _names,
    _roles,
    _qualifications,
    _numbers,
)
