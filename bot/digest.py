"""A queue's digest: five lines for everybody, the rest for whoever wants to know more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.buttons import Act, button_id
from bot.card_parts import Button, Line, Moment, Reply, Strong
from bot.figure_words import coefficient, dollars, lasting, percent, share
from bot.headlines import brief
from bot.measures.changes import Change, changes
from bot.measures.cost import Budget
from bot.measures.queue_figures import QueueFigures, headline_estimates
from bot.measures.signs import SignKind
from bot.measures.sla import Kept, Sla
from bot.safe_text import SafeText, join, say, shown

NAME_MAX = 60
LEAST_CHANGE = 0.02
OPEN_MAX = 5  # disagreements and corrections that are named


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is open when the digest is written."""

    open_count: int
    escalated_count: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Corrected:
    """A wrong answer of the machine that was found."""

    item_id: str
    machine: str
    people: str


@dataclass(frozen=True, slots=True)
class Digest:
    """All that a digest tells."""

    figures: QueueFigures
    before: QueueFigures  # of the period before
    since: datetime
    until: datetime
    now: datetime
    is_late: bool
    waiting: Waiting
    sla: Sla
    corrections: tuple[Corrected, ...]
    ledger_count: int
    ledger_hash: str
    reviews_at_most: int  # of one person in an hour, before they must rest
    busiest: int  # the most reviews that one person did in an hour


def head_of(digest: Digest) -> Reply:
    """The title, five lines, and the ledger's head; one line when nothing happened."""
    if is_quiet(digest):
        span = _span(digest)
        return Reply(((say("{title}: nothing happened, ", title=_title(digest)), *span),
                      *_footer(digest)))  # fmt: skip
    late: Line = (say(". Late: it was due then"),) if digest.is_late else ()
    return Reply(
        (
            (
                Strong(say("Digest: {title}", title=_title(digest))),
                say(", "),
                *_span(digest),
                *late,
            ),
            _named(say("Needs you"), _needs(digest)),
            _named(say("Accuracy"), _accuracy(digest.figures)),
            _named(say("Agreement"), _agreement(digest.figures)),
            _named(say("Cost"), _cost(digest.figures)),
            _named(say("Changed"), _changed(digest)),
            *_footer(digest),
        )
    )


def rest_of(digest: Digest) -> tuple[Reply, ...]:
    """What stands in the thread, in messages that every platform takes."""
    if is_quiet(digest):
        return ()
    return (
        Reply((*_volume(digest), *_classes(digest), *_times(digest))),
        Reply((*_disputes(digest), *_corrections(digest), *_machine(digest)), _buttons(digest)),
        Reply(tuple(_patterns(digest))),
    )


def is_quiet(digest: Digest) -> bool:
    """Whether nothing was decided and nothing waits."""
    counts = digest.figures.counts
    return not (counts.items or counts.votes or digest.waiting.open_count)


def _title(digest: Digest) -> SafeText:
    return brief(shown(digest.figures.question.title), NAME_MAX)


def _span(digest: Digest) -> Line:
    return (Moment(digest.since, "absolute"), say(" to "), Moment(digest.until, "absolute"))


def _named(name: SafeText, words: SafeText) -> Line:
    return (Strong(say("{name}: ", name=name)), words)


def _needs(digest: Digest) -> SafeText:
    waiting = digest.waiting
    if not waiting.open_count:
        return say("nothing, no request is open.")
    oldest = lasting(digest.now - waiting.oldest) if waiting.oldest else say("no time")
    seniors = waiting.escalated_count
    told = say("{n} open, the oldest for {oldest}", n=waiting.open_count, oldest=oldest)
    return say("{told}; {n} of them with the seniors.", told=told, n=seniors) if seniors else say(
        "{told}.", told=told)  # fmt: skip


def _accuracy(figures: QueueFigures) -> SafeText:
    found = figures.accuracy
    if found.audited.is_known:
        return say("the machine was right in {share}, by blind audits.", share=share(found.audited))
    if found.outcomes_known.is_known:
        return say("{share} of the items whose answer is known.", share=share(found.outcomes_known))
    return say("not known: {why}.", why=shown(found.audited.note or "no audits"))


def _agreement(figures: QueueFigures) -> SafeText:
    alpha = figures.agreement.all.krippendorff_alpha
    if not alpha.is_known:
        return say("not known: {why}.", why=shown(alpha.note))
    return say("alpha {alpha}. That people agree does not make them right.",
               alpha=coefficient(alpha))  # fmt: skip


def _cost(figures: QueueFigures) -> SafeText:
    found = figures.cost
    told = say("{all}, {item} an item; people alone would have cost {people}",
               all=dollars(found.all.cost.total_usd), item=dollars(found.all.per_item_usd),
               people=dollars(found.alternatives.by_people_usd))  # fmt: skip
    month = found.month
    if month is None:
        return say("{told}.", told=told)
    state = {
        Budget.WITHIN: say("within the budget"),
        Budget.NEAR: say("most of the budget is spent"),
        Budget.HEADING_OVER: say("at this pace the budget will not last"),
        Budget.OVER: say("OVER the budget"),
    }[month.state]
    return say("{told}. This month {spent} of {budget}: {state}.", told=told,
               spent=dollars(month.spent_usd), budget=dollars(month.budget_usd),
               state=state)  # fmt: skip


def _changed(digest: Digest) -> SafeText:
    apart = _changes(digest)
    told = [_change(each) for each in apart if each.stands_out]
    if told:
        return say("{changes}.", changes=join(told, "; "))
    if not any(each.difference.is_known for each in apart):
        return say("too little to compare with the period before.")
    return say("nothing beyond chance against the period before.")


def _changes(digest: Digest) -> Sequence[Change]:
    before = dict(headline_estimates(digest.before))
    pairs = [(name, before[name], after) for name, after in headline_estimates(digest.figures)]
    return changes(pairs, least=LEAST_CHANGE)


def _change(change: Change) -> SafeText:
    before, after = change.before.value or 0.0, change.after.value or 0.0
    arrow = say("up") if after > before else say("down")
    if change.name == "Krippendorff's alpha":
        return say("{name} {arrow} from {b} to {a}", name=change.name, arrow=arrow,
                   b=f"{before:.2f}", a=f"{after:.2f}")  # fmt: skip
    return say("{name} {arrow} from {b} to {a}", name=change.name, arrow=arrow,
               b=percent(before), a=percent(after))  # fmt: skip


def _footer(digest: Digest) -> tuple[Line, ...]:
    count, head = f"{digest.ledger_count:,}", digest.ledger_hash
    return ((say("Ledger: {count} lines, head {head}", count=count, head=shown(head)),),)


def _volume(digest: Digest) -> Iterator[Line]:
    counts = digest.figures.counts
    yield (Strong(say("What happened")),)
    yield (say("{items} settled, {votes} votes by {people} people, {up} to the seniors.",
               items=counts.items, votes=counts.votes, people=counts.reviewers,
               up=counts.escalated),)  # fmt: skip
    rules = [say("{rule} {n}", rule=shown(rule), n=n) for rule, n in counts.by_rule.items()]
    if rules:
        yield (say("By rule: {rules}.", rules=join(rules, ", ")),)


def _classes(digest: Digest) -> Iterator[Line]:
    classes = digest.figures.agreement.classes[:10]
    if not classes:
        return
    yield (Strong(say("By class")),)
    outcomes = digest.figures.counts.by_outcome
    for each in classes:
        name = brief(shown(str(each.label)), 40)
        yield (say("{name}: {n} decided, {votes} votes, agreement {share}", name=name,
                   n=outcomes.get(str(each.label), 0), votes=each.vote_count,
                   share=share(each.specific)),)  # fmt: skip


def _times(digest: Digest) -> Iterator[Line]:
    yield (Strong(say("Time")),)
    yield (_kept(say("First vote"), digest.sla.first_vote),)
    yield (_kept(say("Outcome"), digest.sla.outcome),)
    on_time = digest.figures.service.on_time
    yield (say("Decided by the deadline: {share}.", share=share(on_time)),)
    yield (say("Busiest hour of one person: {n} reviews, of {most} allowed.", n=digest.busiest,
               most=digest.reviews_at_most),)  # fmt: skip


def _kept(name: SafeText, kept: Kept) -> SafeText:
    usual = say("half within {median}, nine of ten within {slow}", median=lasting(kept.median),
                slow=lasting(kept.slow))  # fmt: skip
    if kept.median is None:
        usual = say("none yet")
    if kept.target is None:
        return say("{name}: {usual}. No target is set.", name=name, usual=usual)
    return say("{name}: {usual}; target {target} kept in {share}.", name=name, usual=usual,
               target=lasting(kept.target), share=share(kept.share))  # fmt: skip


def _disputes(digest: Digest) -> Iterator[Line]:
    yield (Strong(say("Most disputed")),)
    listed = digest.figures.contested[:OPEN_MAX]
    if not listed:
        yield (say("Nobody disagreed."),)
    for item_id, apart in listed:
        yield (say("{id}: {share} of the pairs of votes differ", id=shown(item_id),
                   share=percent(apart)),)  # fmt: skip


def _buttons(digest: Digest) -> tuple[Button, ...]:
    """Each item that is named can be looked at."""
    named = [item_id for item_id, _ in digest.figures.contested[:OPEN_MAX]]
    named += [each.item_id for each in digest.corrections[:OPEN_MAX]]
    return tuple(
        Button(
            button_id(Act.READ, item_id),
            say("Show {id}", id=shown(item_id)),
            say("Show request {id} in full", id=shown(item_id)),
        )
        for item_id in dict.fromkeys(named)
    )


def _corrections(digest: Digest) -> Iterator[Line]:
    yield (Strong(say("Corrections")),)
    if not digest.corrections:
        yield (say("No wrong answer of the machine was found."),)
    for each in digest.corrections[:OPEN_MAX]:
        yield (say("{id}: the machine said “{machine}”, people “{people}”", id=shown(each.item_id),
                   machine=brief(shown(each.machine), 40),
                   people=brief(shown(each.people), 40)),)  # fmt: skip
    more = len(digest.corrections) - OPEN_MAX
    if more > 0:
        yield (say("and {n} more", n=more),)


def _machine(digest: Digest) -> Iterator[Line]:
    found = digest.figures.accuracy
    yield (Strong(say("Machine and people")),)
    yield (say("The machine said what people decided in {share}, of what people were asked.",
               share=share(found.machine_people)),)  # fmt: skip
    yield (say("By blind audits it was right in {share} of what it settled alone.",
               share=share(found.audited)),)  # fmt: skip


def _patterns(digest: Digest) -> Iterator[Line]:
    """The five ways in which reviewing goes wrong without anybody noticing."""
    yield (Strong(say("Five checks")),)
    for name, trouble in (
        (say("Theatre"), _theatre(digest)),
        (say("Fatigue"), _fatigue(digest)),
        (say("Agreement measured"), _measured(digest)),
        (say("Time targets"), _targeted(digest)),
        (say("Cost known"), _priced(digest)),
    ):
        if trouble is None:
            yield (say("✓ {name}: fine.", name=name),)
        else:
            yield (say("✗ {name}: {trouble}.", name=name, trouble=trouble),)


def _theatre(digest: Digest) -> SafeText | None:
    found = [sign for sign in digest.figures.reviewers.team if sign.standing_out]
    if not found:
        return None
    told = [
        say("{n} of {m} reviewers stand out by “{kind}”", n=sign.standing_out, m=sign.looked_at,
            kind=shown(str(SignKind(sign.kind))))
        for sign in found
    ]  # fmt: skip
    return say("{told}; look at it together before believing it", told=join(told, ", "))


def _fatigue(digest: Digest) -> SafeText | None:
    if digest.busiest < digest.reviews_at_most:
        return None
    return say("somebody reviewed {n} items in one hour, which is all that is allowed",
               n=digest.busiest)  # fmt: skip


def _measured(digest: Digest) -> SafeText | None:
    whole = digest.figures.agreement.all
    if whole.krippendorff_alpha.is_known:
        return None
    return say("only {n} items have two votes; overlap_share in queues.toml asks for more",
               n=whole.item_count)  # fmt: skip


def _targeted(digest: Digest) -> SafeText | None:
    if digest.sla.first_vote.target or digest.sla.outcome.target:
        return None
    return say("none is set; first_vote_within and outcome_within in queues.toml set them")


def _priced(digest: Digest) -> SafeText | None:
    counts, cost = digest.figures.counts, digest.figures.cost
    if cost.all.cost.total_usd or not counts.votes:
        return None
    return say("reviews are priced at nothing; cost_per_review_usd in queues.toml prices them")
