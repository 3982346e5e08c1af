"""The message of a digest that everybody sees: five lines, and how to read them."""

from collections.abc import Iterator, Sequence

from bot.card_parts import Line, Moment, Reply, Strong
from bot.digest import Digest
from bot.digest_checks import checks_of
from bot.figure_words import coefficient, dollars, lasting, percent, share
from bot.measures.changes import Change, changes
from bot.measures.cost import Budget
from bot.measures.queue_figures import QueueFigures, headline_estimates
from bot.measures.spent import MonthlyBudget
from bot.safe_text import SafeText, join, say, shown

LEAST_CHANGE = 0.02  # less is not worth a word
READING = say(
    "In brackets: where the true figure lies 95 times in 100, and n, from how many requests it "
    "comes. Every figure: in the table below this message."
)


def head_of(digest: Digest) -> Reply:
    """The title, five lines, and the ledger's head; one line when nothing happened."""
    ledger = _ledger(digest)
    if digest.is_quiet:
        quiet: Line = (say("{title}: nothing happened, ", title=digest.title), *_span(digest))
        return Reply(((*quiet, *_late(digest)),), notes=(ledger,))
    named = (
        (say("Needs you"), _needs(digest)),
        (say("Accuracy"), _accuracy(digest)),
        (say("Agreement"), _agreement(digest.figures)),
        (say("Cost"), _cost(digest.figures)),
        (say("Changed"), _changed(digest)),
    )
    title: Line = (Strong(say("Digest: {title}", title=digest.title)), say(", "))
    lines = ((Strong(say("{name}:", name=name)), say(" {told}", told=told)) for name, told in named)
    return Reply(((*title, *_span(digest), *_late(digest)), *lines), notes=((READING,), ledger))


def _span(digest: Digest) -> Line:
    return (Moment(digest.since, "absolute"), say(" to "), Moment(digest.until, "absolute"))


def _late(digest: Digest) -> Line:
    if digest.late_for is None:
        return ()
    return (
        say(". Late by {length}: Signoff was not running when it was due.",
            length=lasting(digest.late_for)),
    )  # fmt: skip


def _ledger(digest: Digest) -> Line:
    count, head = f"{digest.ledger_count:,}", shown(digest.ledger_hash)
    return (
        say("Ledger, the history that nobody can change unseen: {count} lines, head {head}",
            count=count, head=head),
    )  # fmt: skip


def _needs(digest: Digest) -> SafeText:
    """What somebody should do something about, most pressing first."""
    told = list(_wants(digest))
    return say("{told}.", told=join(told, "; ")) if told else say("nothing. No request is open.")


def _wants(digest: Digest) -> Iterator[SafeText]:
    waiting, found = digest.waiting, len(digest.corrections)
    if waiting.open_count:
        seniors = say(", {n} of them for the seniors", n=waiting.escalated_count)
        oldest = say(", the oldest for {age}",
                     age=lasting(digest.now - (waiting.oldest or digest.now)))  # fmt: skip
        yield say("{n} open{seniors}{oldest}", n=waiting.open_count, oldest=oldest,
                  seniors=seniors if waiting.escalated_count else say(""))  # fmt: skip
    if found:
        yield say("{n} wrong answers of the machine were found", n=found) if found > 1 else say(
            "one wrong answer of the machine was found")  # fmt: skip
    failed = [check.name for check in checks_of(digest) if check.is_fine is False]
    if failed:
        yield say("checks that failed: {names}", names=join(failed, ", "))


def _accuracy(digest: Digest) -> SafeText:
    found = digest.figures.accuracy
    if found.audited.is_known:
        return say("the machine alone was right in {share}, by blind audits.",
                   share=share(found.audited))  # fmt: skip
    if found.outcomes_known.is_known:
        return say("{share} of the answers were right, where the right one is known.",
                   share=share(found.outcomes_known))  # fmt: skip
    why = shown(found.audited.note)
    if not digest.is_audited:
        why = say("nobody audits the machine (audit_share in queues.toml)")
    if found.machine_people.is_known:
        return say("not known, {why}. Of what people were asked, the machine had said the same in "
                   "{share}.", why=why, share=share(found.machine_people))  # fmt: skip
    return say("not known, {why}.", why=why)


def _agreement(figures: QueueFigures) -> SafeText:
    whole = figures.agreement.all
    if not whole.raw.is_known:
        return say("not known, {why}.", why=shown(whole.raw.note))
    raw = say("two people say the same in {share}", share=share(whole.raw))
    alpha = whole.krippendorff_alpha
    if not alpha.is_known:
        return say("{raw}.", raw=raw)
    return say("{raw}. Beyond chance: {alpha} (alpha, 1 is the most). To agree is not to be right.",
               raw=raw, alpha=coefficient(alpha))  # fmt: skip


def _cost(figures: QueueFigures) -> SafeText:
    found = figures.cost
    told = say("{all}, {item} for each of {n}; people alone would have cost {people}.",
               all=dollars(found.all.cost.total_usd), item=dollars(found.all.per_item_usd),
               n=f"{figures.counts.items:,}",
               people=dollars(found.alternatives.by_people_usd))  # fmt: skip
    if not figures.counts.items:
        told = say("nothing was decided.")
    elif not found.all.work.review_count:
        told = say("{all}; people were not asked.", all=dollars(found.all.cost.total_usd))
    elif not found.all.cost.total_usd:
        told = say("not known: no price is set (cost_per_review_usd in queues.toml).")
    again = found.checks.cost.total_usd
    if again:
        told = say("{told} Looking again, to check: {again} more.", told=told,
                   again=dollars(again))  # fmt: skip
    return told if found.month is None else say("{told} {month}", told=told,
                                                month=_month(found.month))  # fmt: skip


def _month(month: MonthlyBudget) -> SafeText:
    state = {
        Budget.WITHIN: say("within the budget"),
        Budget.NEAR: say("most of the budget is spent"),
        Budget.HEADING_OVER: say("at this pace the budget will not last"),
        Budget.OVER: say("OVER the budget"),
    }[month.state]
    return say("This month: {spent} of {budget}, {state}.", spent=dollars(month.spent_usd),
               budget=dollars(month.budget_usd), state=state)  # fmt: skip


def _changed(digest: Digest) -> SafeText:
    apart = _changes(digest)
    told = [_change(each) for each in apart if each.stands_out]
    if told:
        return say("{changes}.", changes=join(told, "; "))
    if not any(each.difference.low is not None for each in apart):
        return say("too little to compare with the time before.")
    return say("nothing that chance would not explain, against the time before.")


def _changes(digest: Digest) -> Sequence[Change]:
    before = dict(headline_estimates(digest.before))
    pairs = [(name, before[name], after) for name, after in headline_estimates(digest.figures)]
    return changes(pairs, least=LEAST_CHANGE)


def _change(change: Change) -> SafeText:
    before, after = change.before.value or 0.0, change.after.value or 0.0
    arrow = say("up") if after > before else say("down")
    if change.name == "Krippendorff's alpha":
        return say("agreement beyond chance {arrow} from {b} to {a}", arrow=arrow,
                   b=f"{before:.2f}", a=f"{after:.2f}")  # fmt: skip
    return say("{name} {arrow} from {b} to {a} (n {m} and {n})", name=change.name, arrow=arrow,
               b=percent(before), a=percent(after), m=f"{change.before.n:,}",
               n=f"{change.after.n:,}")  # fmt: skip
