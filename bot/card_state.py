"""Where an item stands, in sentences: who may vote, until when, how far it is, how it ended."""

from collections.abc import Iterator, Mapping, Sequence

from bot.card_parts import Line, Moment, Someone, Strong, join_line, someone
from bot.facts import (
    APPROVE,
    RESPOND,
    UNSURE,
    Execution,
    Item,
    Kind,
    Outcome,
    Purpose,
    Rule,
    Standing,
    Status,
    Trigger,
    Vote,
)
from bot.headlines import brief
from bot.masking import masked
from bot.pair_cards import place_words
from bot.rules.authority import stands_behind
from bot.rules.resolution import seniors_needed
from bot.safe_text import SafeText, join, say, shown
from config.policies import Person

People = Mapping[str, Person]
Groups = Mapping[str, Sequence[str]]  # person ids by the group's name
NO_GROUPS: Groups = {}
NAME_MAX = 40
NAMES_MAX = 4
REASONS_MAX = 3
WORDS_MAX = 300  # of an answer, or of why a question was withdrawn
REASON_MAX = 200  # characters of one reason on a card

_TRIGGERS = {
    Trigger.UNSURE: say("a reviewer was not sure"),
    Trigger.DISAGREEMENT: say("the reviewers disagreed"),
    Trigger.LATE: say("there was no decision in time"),
    Trigger.EXHAUSTED: say("everybody who may vote has voted, and it is not enough"),
    Trigger.LOOKUP: say("it could not be checked who was voting"),
}
_RULES = {
    Rule.UNANIMOUS: say("all votes agreed"),
    Rule.MAJORITY: say("most votes agreed"),
    Rule.SENIOR: say("the seniors decided"),
    Rule.AUTO: say("the model was sure enough, so nobody was asked"),
    Rule.JUDGE: say("the judge model decided"),
    Rule.TIMEOUT: say("there was no decision by the deadline"),
    Rule.CANCELLED: say("its producer withdrew it"),
}
_NOUNS = {APPROVE: say("approval"), RESPOND: say("answer")}
_EXECUTIONS = {
    Execution.EXECUTED: say("Executed "),
    Execution.FAILED: say("Failed when it ran, "),
    Execution.UNKNOWN: say("Started, and nobody knows whether it finished, "),
}


def waiting_lines(item: Item, people: People) -> tuple[Line, ...]:
    """Whose turn it is when it is the seniors', until when, and how far it is."""
    lines = [*_seniors(item, people), deadline_line(item), progress_line(item)]
    if item.policy.progress == "open" and item.votes:
        lines.append(tally_line(item, people))
    return tuple(lines)


def background_line(item: Item, people: People, groups: Groups, queue_title: str = "") -> Line:
    """Who may vote, why the reader sees this, and the request's id."""
    queue = brief(shown(queue_title or item.queue), 60)
    about = say("In the queue {queue}. Request {id}", queue=queue, id=item.id)
    if item.status is not Status.OPEN:
        return (about,)
    return (may_vote(item, people, groups), about)


def may_vote(item: Item, people: People, groups: Groups) -> SafeText:
    """Who may vote, and what it takes to be one of them."""
    judges = {name: who for name, who in people.items() if not stands_behind(item, who)}
    names = enumerated(names_of(item.policy.reviewers, judges, groups))
    skills = [brief(shown(skill), NAME_MAX) for skill in item.policy.qualifications]
    held = say(" qualified in {skills}", skills=enumerated(skills)) if skills else say("")
    return say("May vote: {names}{held}. ", names=names or say("nobody is listed"), held=held)


def settled_lines(item: Item, outcome: Outcome, people: People) -> tuple[Line, ...]:
    """How it ended, what became of it, and who voted what."""
    lines = [outcome_line(item, outcome, people)]
    if item.kind is Kind.APPROVAL and outcome.choice == APPROVE:
        lines.append(execution_line(item))
        if item.report and item.report.note:
            note = brief(masked(item.report.note), 200)
            lines.append((say("The producer reports: {note}", note=note),))
    if outcome.words:
        told = brief(masked(outcome.words), WORDS_MAX)
        start = say("The answer") if outcome.choice == RESPOND else say("Its producer says")
        lines.append((say("{start}: “{told}”", start=start, told=told),))
    if item.votes:
        lines.append(tally_line(item, people))
    lines += reason_lines(item, people)
    if item.predicted is not None:
        lines.append((_prediction(item),))
    return tuple(lines)


def outcome_line(item: Item, outcome: Outcome, people: People) -> Line:
    """One line: the outcome, by whom, when and by which rule."""
    by = _names([people[person] for person in outcome.decided_by if person in people])
    rule = _RULES[outcome.rule]
    if outcome.rule is Rule.UNANIMOUS and outcome.vote_count == 1:
        rule = say("one vote was enough")
    if outcome.rule is Rule.MAJORITY:
        rule = _majority(item, outcome)
    return (
        Strong(outcome_words(item, outcome)),
        *((say(" by "), *by) if by else ()),
        say(", "),
        Moment(outcome.decided_at),
        say(". Why: {rule}.", rule=rule),
    )


def _majority(item: Item, outcome: Outcome) -> SafeText:
    """Why it was enough, though not all agreed or not all were asked."""
    agreeing = sum(vote.choice == outcome.choice for vote in item.votes)
    count = outcome.vote_count
    if item.kind is Kind.APPROVAL:
        what = _NOUNS.get(outcome.choice or "", say("rejection"))
        if agreeing == 1:
            return say("one {what} is enough here, {count} voted", what=what, count=count)
        return say("{n} {what}s are enough here, {m} voted", n=agreeing, what=what, m=count)
    if count < item.policy.votes_needed:
        needed = item.policy.votes_needed
        return say("{n} of {m} votes agree, so the rest cannot change it", n=agreeing, m=needed)
    return say("most votes agreed, {n} of {m}", n=agreeing, m=count)


def outcome_words(item: Item, outcome: Outcome) -> SafeText:
    """The outcome in a word or two."""
    if outcome.rule is Rule.CANCELLED:
        return say("Cancelled")
    if item.kind is Kind.APPROVAL:
        if outcome.rule is Rule.TIMEOUT:
            return say("Denied")
        if outcome.choice == RESPOND:
            return say("Answered by a person, so the action does not run")
        return say("Approved") if outcome.choice == APPROVE else say("Rejected")
    if outcome.choice is None:
        return say("Left undecided")
    if item.kind is Kind.PREFERENCE:
        return say("Decided: {choice}", choice=place_words(outcome.choice))
    return say("Decided: “{choice}”", choice=brief(masked(outcome.choice), 120))


def deadline_line(item: Item) -> Line:
    """Until when, and what happens then."""
    if item.settles_at is not None:
        settled = say("approved") if item.kind is Kind.APPROVAL else say("decided")
        start = say("Will be {settled} unless somebody changes their vote by ", settled=settled)
        return (start, Moment(item.settles_at), say("."))
    then = _expiry(item)
    if item.status is Status.OPEN and item.escalate_at and item.escalate_at < item.due_at:
        return (
            say("Decide by "),
            Moment(item.escalate_at),
            say(". Then it goes to the seniors, who have until "),
            Moment(item.due_at),
            say(". After that {then}.", then=then),
        )
    who = say("Seniors decide by ") if item.status is Status.ESCALATED else say("Decide by ")
    return (who, Moment(item.due_at), say(". After that {then}.", then=then))


def progress_line(item: Item) -> Line:
    """How many votes are in, and how many it takes; never whose nor which way."""
    policy = item.policy
    votes = [vote for vote in item.votes if vote.choice != UNSURE]
    if item.status is Status.ESCALATED:
        count = sum(vote.as_senior for vote in votes)
        needed = seniors_needed(item.kind, policy)
        return (say("{count} of {needed} senior votes in.", count=count, needed=needed),)
    if item.kind is Kind.APPROVAL:
        needs = say(
            "Needs {yes} to approve, {no} to reject.",
            yes=_votes(policy.approvals_needed),
            no=policy.denials_needed,
        )
        return (say("{needs} Votes in: {count}.", needs=needs, count=len(votes)),)
    return (say("{count} of {needed} votes in.", count=len(votes), needed=policy.votes_needed),)


def tally_line(item: Item, people: People) -> Line:
    """How many voted what, and who."""
    counted = []
    for choice in (*item.choices, UNSURE):
        votes = [vote for vote in item.votes if vote.choice == choice]
        if votes:
            counted.append(_counted(_choice_words(item, choice), votes, people))
    more = len(counted) - 4
    tail = (say("; and {more} other answers", more=more),) if more > 0 else ()
    return (say("Votes: "), *join_line(counted[:4], say("; ")), *tail, say("."))


def reason_lines(item: Item, people: People) -> tuple[Line, ...]:
    """Why people voted as they did, in their words, of the first few who said."""
    told = [vote for vote in item.votes if vote.reason][:REASONS_MAX]
    return tuple(
        (
            *(_names([people[vote.person_id]]) if vote.person_id in people else ()),
            say(": “{reason}”", reason=brief(masked(vote.reason or ""), REASON_MAX)),
        )
        for vote in told
    )


def trigger_words(item: Item) -> SafeText:
    """Why an item is with the seniors."""
    return _TRIGGERS[item.trigger] if item.trigger else say("it was handed on")


def names_of(
    names: Sequence[str], people: People, groups: Groups = NO_GROUPS
) -> tuple[SafeText, ...]:
    """The people and groups of a policy by name; people that are gone or away are left out."""
    found = []
    for name in names:
        if name.startswith("@"):
            members = enumerated(names_of(groups.get(name[1:], ()), people))
            who = say(" ({members})", members=members) if members else say("")
            found.append(say("group {name}{who}", name=brief(shown(name[1:]), NAME_MAX), who=who))
        elif name in people and people[name].active:
            found.append(brief(shown(people[name].name), NAME_MAX))
    return tuple(found)


def enumerated(names: Sequence[SafeText]) -> SafeText:
    """Names as people list them: "Ann, Bob and 3 more"."""
    if len(names) > NAMES_MAX:
        kept = join(names[: NAMES_MAX - 1], ", ")
        return say("{kept} and {more} more", kept=kept, more=len(names) - NAMES_MAX + 1)
    if len(names) < 2:
        return join(names)
    return say("{some} and {last}", some=join(names[:-1], ", "), last=names[-1])


def _seniors(item: Item, people: People) -> Iterator[Line]:
    if item.status is Status.ESCALATED:
        seniors = enumerated(names_of(item.policy.seniors, people))
        why = trigger_words(item)
        yield (
            Strong(say("The seniors decide now")),
            say(": {seniors}. Why: {why}.", seniors=seniors or say("nobody is listed"), why=why),
        )
        attendant = people.get(item.attended_by or "")
        if attendant is not None and item.attended_until is not None:
            until = Moment(item.attended_until)
            yield (_short(attendant), say(" is on it until "), until, say("."))


def _expiry(item: Item) -> SafeText:
    if item.kind is Kind.APPROVAL or item.policy.expiry == "denied":
        return say("it is denied")
    if item.policy.expiry == "prediction" and _seems_predicted(item):
        return say("the model's answer counts")
    return say("it stays undecided")


def _seems_predicted(item: Item) -> bool:
    """Whether a machine has an answer; what Signoff itself asks must not be told from the rest."""
    if item.kind is Kind.AUDIT and item.purpose is None:
        return False
    return item.predicted is not None or item.purpose in (Purpose.AUDIT, Purpose.GOLD)


def execution_line(item: Item) -> Line:
    """What became of an approved action, as far as anybody knows."""
    grant = item.grant
    if item.report is not None:
        return (_EXECUTIONS[item.report.execution], Moment(item.report.reported_at), say("."))
    if grant is None:
        return (say("Not yet used: the action has not run."),)
    if grant.standing is Standing.READY:
        return (say("Not yet used: the action may run once, until "), Moment(grant.expires_at),
                say("."))  # fmt: skip
    if grant.standing is Standing.EXPIRED:
        return (say("Approved, never used: the action did not run, and since "),
                Moment(grant.expires_at), say(" it no longer may."))  # fmt: skip
    started = (Moment(grant.redeemed_at),) if grant.redeemed_at else ()
    return (say("Running since "), *started, say(": its producer has not said how it ended."))


def _prediction(item: Item) -> SafeText:
    said = brief(masked(item.predicted or ""), 120)
    if item.confidence is None:
        return say("The model said “{said}”.", said=said)
    return say("The model said “{said}” ({sure:.0%} sure).", said=said, sure=item.confidence)


def _choice_words(item: Item, choice: str) -> SafeText:
    if choice == UNSURE:
        return say("not sure")
    if item.kind is Kind.APPROVAL:
        return shown(choice)
    if item.kind is Kind.PREFERENCE:
        return place_words(choice)
    return say("“{choice}”", choice=brief(masked(choice), 60))


def _counted(choice: SafeText, votes: Sequence[Vote], people: People) -> Line:
    voters = sorted(vote.person_id for vote in votes if vote.person_id in people)
    names = _names([people[person_id] for person_id in voters])
    by = (say(" ("), *names, say(")")) if names else ()
    return (say("{choice}: {count}", choice=choice, count=len(votes)), *by)


def _names(people: Sequence[Person]) -> Line:
    """People as they are listed: "Ann, Bob and 3 more"."""
    named: list[Line] = [(_short(person),) for person in people]
    if len(named) > NAMES_MAX:
        named[NAMES_MAX - 1 :] = [(say("{more} more", more=len(named) - NAMES_MAX + 1),)]
    if len(named) < 2:
        return join_line(named, say(""))
    return (*join_line(named[:-1], say(", ")), say(" and "), *named[-1])


def _short(person: Person) -> Someone:
    span = someone(person)
    return Someone(brief(span.name, NAME_MAX), span.slack, span.discord)


def _votes(count: int) -> SafeText:
    return say("{count} vote{s}", count=count, s="" if count == 1 else "s")
