"""What stands below a digest: first what to look at, then the five checks, then the rest."""

from collections.abc import Iterator

from bot.buttons import Act, button_id
from bot.card_parts import Button, Line, Reply, Strong
from bot.digest import NAMED_MAX, Digest, Disputed, class_name
from bot.digest_checks import Check, checks_of
from bot.facts import Rule
from bot.figure_words import lasting, share
from bot.measures.sla import Kept
from bot.safe_text import SafeText, join, say, shown

CLASSES_MAX = 8
CHOICES_MAX = 3  # of one disputed request
_BY: dict[str, SafeText] = {
    Rule.UNANIMOUS: say("by people who agreed"),
    Rule.MAJORITY: say("by most votes"),
    Rule.SENIOR: say("by the seniors"),
    Rule.AUTO: say("by the machine alone"),
    Rule.JUDGE: say("by the judge model"),
    Rule.TIMEOUT: say("by nobody in time"),
    Rule.CANCELLED: say("withdrawn"),
}


def rest_of(digest: Digest) -> tuple[Reply, ...]:
    """Messages that every platform takes, in the order in which they are read."""
    if digest.is_quiet:
        return ()
    return (
        Reply((*_corrections(digest), *_disputes(digest)), _buttons(digest)),
        Reply((_title("Five checks"), *map(_check, checks_of(digest)))),
        Reply((*_volume(digest), *_classes(digest), *_times(digest), *_machine(digest))),
    )


def _title(words: str) -> Line:
    return (Strong(shown(words)),)


def _corrections(digest: Digest) -> Iterator[Line]:
    yield _title("Wrong answers of the machine")
    if not digest.corrections:
        looked = digest.figures.accuracy.audited.n
        yield (say("None was found.") if looked else say("Nobody looked: nothing was audited."),)
    for each in digest.corrections[:NAMED_MAX]:
        yield (say("{id}: the machine said “{machine}”, people say “{people}”",
                   id=shown(each.item_id), machine=class_name(each.machine),
                   people=class_name(each.people)),)  # fmt: skip
    more = len(digest.corrections) - NAMED_MAX
    if more > 0:
        yield (say("and {n} more, in the table", n=more),)


def _disputes(digest: Digest) -> Iterator[Line]:
    yield _title("Most disputed")
    if not digest.disputes:
        several = digest.figures.agreement.all.item_count
        yield (say("Nobody disagreed.") if several else say("No request had two votes."),)
    for each in digest.disputes:
        yield (say("{id}: {votes}; {outcome}", id=shown(each.item_id), votes=_votes(each),
                   outcome=_outcome(each.outcome)),)  # fmt: skip


def _votes(disputed: Disputed) -> SafeText:
    told = [say("“{choice}” {n}", n=count, choice=class_name(choice))
            for choice, count in disputed.votes[:CHOICES_MAX]]  # fmt: skip
    if len(disputed.votes) > CHOICES_MAX:
        told.append(say("others"))
    return join(told, ", ")


def _outcome(outcome: str | None) -> SafeText:
    if outcome is None:
        return say("nobody decided")
    return say("decided as “{outcome}”", outcome=class_name(outcome))


def _buttons(digest: Digest) -> tuple[Button, ...]:
    """Each item that is named can be looked at."""
    named = [each.item_id for each in digest.corrections[:NAMED_MAX]]
    named += [each.item_id for each in digest.disputes]
    return tuple(
        Button(
            button_id(Act.READ, item_id),
            say("Show {id}", id=shown(item_id)),
            say("Show request {id} in full", id=shown(item_id)),
        )
        for item_id in dict.fromkeys(named)
    )


def _check(check: Check) -> Line:
    if check.is_fine is None:
        return (say("? {name}: {told}.", name=check.name, told=check.told),)
    if check.is_fine:
        return (say("✓ {name}: {told}.", name=check.name, told=check.told),)
    return (Strong(say("✗ {name}:", name=check.name)), say(" {told}.", told=check.told))


def _volume(digest: Digest) -> Iterator[Line]:
    counts = digest.figures.counts
    yield _title("What happened")
    yield (say("Decided: {items}. Votes: {votes}, people: {people}. To the seniors: {up}.",
               items=counts.items, votes=counts.votes, people=counts.reviewers,
               up=counts.escalated),)  # fmt: skip
    rules = [say("{n} {by}", n=n, by=_BY.get(rule, shown(rule)))
             for rule, n in sorted(counts.by_rule.items(), key=lambda one: -one[1])]  # fmt: skip
    if rules:
        yield (say("How: {rules}.", rules=join(rules, ", ")),)


def _classes(digest: Digest) -> Iterator[Line]:
    """The classes that were decided most, and whether a second person says the same."""
    outcomes = digest.figures.counts.by_outcome
    if not outcomes:
        return
    specific = {str(each.label): each.specific for each in digest.figures.agreement.classes}
    yield _title("By class, and how often a second person says the same")
    often = sorted(outcomes.items(), key=lambda one: -one[1])
    for label, count in often[:CLASSES_MAX]:
        agreed = specific.get(label)
        told = say(", {share}", share=share(agreed)) if agreed and agreed.is_known else say("")
        yield (say("{name}: {n}{told}", name=class_name(label), n=count, told=told),)
    if len(often) > CLASSES_MAX:
        yield (say("and {n} more classes, in the table", n=len(often) - CLASSES_MAX),)


def _times(digest: Digest) -> Iterator[Line]:
    yield _title("Time")
    yield (_kept(say("First vote"), digest.sla.first_vote),)
    yield (_kept(say("Outcome"), digest.sla.outcome),)
    on_time = digest.figures.service.on_time
    yield (say("Decided by the deadline: {share}.", share=share(on_time)),)
    yield (say("Busiest hour of one person: {n} reviews, of {most} allowed.", n=digest.busiest,
               most=digest.reviews_at_most),)  # fmt: skip


def _kept(name: SafeText, kept: Kept) -> SafeText:
    if kept.median is None:
        return say("{name}: none yet.", name=name)
    usual = say("half within {median}, nine of ten within {slow}", median=lasting(kept.median),
                slow=lasting(kept.slow))  # fmt: skip
    if kept.target is None:
        return say("{name}: {usual}. No target is set.", name=name, usual=usual)
    return say("{name}: {usual}; target {target} kept in {share}.", name=name, usual=usual,
               target=lasting(kept.target), share=share(kept.share))  # fmt: skip


def _machine(digest: Digest) -> Iterator[Line]:
    found = digest.figures.accuracy
    yield _title("Machine and people")
    yield (say("Of what people decided, the machine had said the same: {share}.",
               share=share(found.machine_people)),)  # fmt: skip
    yield (say("Of what the machine settled alone, blind audits found right: {share}.",
               share=share(found.audited)),)  # fmt: skip
