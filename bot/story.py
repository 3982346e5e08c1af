"""An item's whole story in sentences: its rules, what happened, and what time will do next.

Before the end, whoever has not voted learns that there are votes, and neither whose nor which.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.card_parts import Line, Moment, Strong
from bot.card_state import deadline_line, enumerated, names_of, outcome_words, progress_line
from bot.facts import Item, Kind, Status
from bot.headlines import brief
from bot.masking import masked
from bot.pings import why_asked
from bot.safe_text import SafeText, join, say
from config.durations import spell
from config.policies import Person

WORDS_MAX = 120  # characters of somebody's words
VOTES = frozenset(
    ["voted", "vote-changed", "vote-withdrawn", "reason-added", "read-whole", "vote-refused"]
)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of an item's history."""

    at: datetime
    name: str
    actor: str  # a person, a producer, "rules" or "clock"
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Timer:
    """Something that time will do."""

    at: datetime
    what: SafeText


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of an item."""

    item: Item
    headline: SafeText
    events: tuple[Event, ...]
    timers: tuple[Timer, ...]
    may_vote: tuple[str, ...]  # person ids
    sees_votes: bool  # the reader may see who voted what


def story_lines(story: Story, people: Mapping[str, Person]) -> tuple[Line, ...]:
    """The story, a line each."""
    item = story.item
    return (
        (Strong(story.headline),),
        _standing(story, people),
        *(() if item.is_settled else (progress_line(item), deadline_line(item))),
        (Strong(say("Rules in force")),),
        *((each,) for each in _rules(item)),
        (Strong(say("What happened")),),
        *_history(story, people),
        *_to_come(story),
    )


def _standing(story: Story, people: Mapping[str, Person]) -> Line:
    item = story.item
    about = say("Request {id} in the queue {queue}. ", id=item.id, queue=_name(item.queue))
    if item.outcome is not None:
        return (
            about,
            outcome_words(item, item.outcome),
            say(" at "),
            Moment(item.outcome.decided_at),
        )
    names = enumerated(names_of(sorted(story.may_vote), people)) or say("nobody")
    whose = say("the seniors") if item.status is Status.ESCALATED else say("the reviewers")
    return (about, say("It is with {whose}. May vote now: {names}.", whose=whose, names=names))


def _rules(item: Item) -> list[SafeText]:
    policy = item.policy
    told = [say("open for {length}", length=spell(item.due_at - item.opened_at))]
    if item.kind is Kind.APPROVAL:
        needed = (policy.approvals_needed, policy.denials_needed)
        told.append(say("{yes} to approve, {no} to reject", yes=needed[0], no=needed[1]))
    else:
        share = f"{policy.majority_share:.0%}"
        told.append(say("{n} votes, {share} must agree", n=policy.votes_needed, share=share))
    if policy.qualifications:
        skills = enumerated([_name(each) for each in policy.qualifications])
        told.append(say("qualified in {skills}", skills=skills))
    if policy.escalate_after:
        told.append(say("to the seniors after {length}", length=spell(policy.escalate_after)))
    if policy.grace_for and item.kind is Kind.APPROVAL:
        told.append(say("a yes can be taken back for {length}", length=spell(policy.grace_for)))
    if policy.require_reason == "both":
        told.append(say("every vote needs a reason"))
    return [say("{rules}.", rules=join(told, "; "))]


def _history(story: Story, people: Mapping[str, Person]) -> list[Line]:
    lines: list[Line] = []
    hidden = 0
    for event in story.events:
        if event.name in VOTES and not story.sees_votes:
            hidden += event.name in ("voted", "vote-changed")
            continue
        lines.append((Moment(event.at, "absolute"), say(": "), _sentence(event, people)))
    if hidden:
        lines.append((say("Votes were cast; whose and which is shown once you voted."),))
    return lines


def _to_come(story: Story) -> list[Line]:
    if not story.timers:
        return []
    timers = sorted(story.timers, key=lambda timer: timer.at)
    return [
        (Strong(say("What comes next")),),
        *((Moment(timer.at), say(": "), timer.what) for timer in timers),
    ]


def _sentence(event: Event, people: Mapping[str, Person]) -> SafeText:
    told = SENTENCES.get(event.name)
    actor = _person(event.actor, people)
    return told(actor, event.body, people) if told else say("{event}", event=_name(event.name))


def _person(person_id: object, people: Mapping[str, Person]) -> SafeText:
    person = people.get(str(person_id))
    return _name(person.name if person else str(person_id))


def _people(ids: object, people: Mapping[str, Person]) -> SafeText:
    listed: Sequence[object] = ids if isinstance(ids, list) else []
    return enumerated([_person(each, people) for each in listed]) or say("nobody")


def _name(text: str) -> SafeText:
    return brief(masked(text), 60)


def _words(text: object) -> SafeText:
    return brief(masked(str(text)), WORDS_MAX)


def _choice(body: Mapping[str, Any]) -> SafeText:
    return say("“{choice}”", choice=_name(str(body.get("choice"))))


def _asked(_: SafeText, body: Mapping[str, Any], people: Mapping[str, Person]) -> SafeText:
    if body.get("person") is None:
        return say("the channel was asked")
    who = _person(body["person"], people)
    return say("{who} was asked: {why}", who=who, why=why_asked(str(body.get("target"))))


def _settled(_: SafeText, body: Mapping[str, Any], people: Mapping[str, Person]) -> SafeText:
    by = _people(body.get("by"), people)
    choice = _name(str(body.get("choice") or "nothing"))
    return say("decided: {choice}, by the rule {rule} ({by})", choice=choice,
               rule=_name(str(body.get("rule"))), by=by)  # fmt: skip


def _voted(actor: SafeText, body: Mapping[str, Any], _: Mapping[str, Person]) -> SafeText:
    why = say(", because “{words}”", words=_words(body["reason"])) if "reason" in body else say("")
    senior = say(" as a senior") if body.get("as_senior") else say("")
    return say(
        "{who} voted {choice}{senior}{why}", who=actor, choice=_choice(body), senior=senior, why=why
    )


def _reported(_: SafeText, body: Mapping[str, Any], __: Mapping[str, Person]) -> SafeText:
    note = say(": {note}", note=_words(body["note"])) if body.get("note") else say("")
    return say("reported as {what}{note}", what=_name(str(body.get("execution"))), note=note)


Teller = Callable[[SafeText, Mapping[str, Any], Mapping[str, Person]], SafeText]
SENTENCES: Mapping[str, Teller] = {
    "opened": lambda who, _, __: say("{who} asked", who=who),
    "voted": _voted,
    "vote-changed": _voted,
    "vote-withdrawn": lambda who, _, __: say("{who} took their vote back", who=who),
    "vote-refused": lambda who, body, __: say("{who} was refused: {why}", who=who,
                                              why=_words(body.get("why", ""))),
    "look-up-failed": lambda who, _, __: say("it could not be checked who {who} is, so their "
                                             "click did not count", who=who),
    "reason-added": lambda who, body, __: say("{who} said why: “{words}”", who=who,
                                              words=_words(body.get("reason"))),
    "read-whole": lambda who, _, __: say("{who} read all of it", who=who),
    "deciding": lambda _, body, __: say("enough votes for {choice}; it can still be taken back",
                                        choice=_choice(body)),
    "escalated": lambda _, body, __: say("handed to the seniors ({why})",
                                         why=_name(str(body.get("trigger")))),
    "asked": _asked,
    "asked-nobody": lambda _, body, __: say("nobody could be asked; tried {tried}",
                                            tried=_words(", ".join(body.get("tried", ())))),
    "attended": lambda who, _, __: say("{who} is on it", who=who),
    "attendance-lapsed": lambda _, body, people: say(
        "{who} was on it, and did not decide in time", who=_person(body.get("person"), people)),
    "reminded": lambda _, body, people: say("reminded: {who}",
                                            who=_people(body.get("people"), people)),
    "settled": _settled,
    "cancelled": lambda who, _, __: say("{who} withdrew the request", who=who),
    "audited": lambda _, body, __: say(
        "people looked at it without the machine's answer, and found {choice}",
        choice=say("“{people}”", people=_name(str(body.get("people") or "nothing")))),
    "reopened": lambda _, __, ___: say("everybody is asked, since the machine may be wrong"),
    "corrected": lambda _, body, people: say(
        "corrected: “{choice}” ({by})", choice=_name(str(body.get("people"))),
        by=_people(body.get("by"), people)),
    "not-corrected": lambda _, __, ___: say("asked again, and not corrected"),
    "redeemed": lambda who, _, __: say("{who} used the approval", who=who),
    "grant-expired": lambda _, __, ___: say("the approval ran out without being used"),
    "reported": _reported,
    "edited": lambda who, _, __: say("{who} changed the arguments", who=who),
    "responded": lambda who, body, __: say("{who} answered instead: “{words}”", who=who,
                                           words=_words(body.get("text"))),
    "claimed": lambda who, _, __: say("{who} took it", who=who),
    "claim-lapsed": lambda who, _, __: say("{who} held it, and the time ran out", who=who),
    "skipped": lambda who, _, __: say("{who} passed it on", who=who),
    "released": lambda who, _, __: say("{who} gave it back", who=who),
}  # fmt: skip
