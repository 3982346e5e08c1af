"""One card for several approvals: each stands there by itself, with its digest and its buttons.

No button on it decides more than one request. What does not fit its share of the card can only be
read, and decided, in full.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.card_content import content_parts, room_of_part, size_of
from bot.card_parts import Button, Line, Lines, Moment, Part, Picture, Strong, Tone, someone
from bot.card_state import (
    NO_GROUPS,
    Groups,
    deadline_line,
    enumerated,
    execution_line,
    may_vote,
    outcome_words,
    progress_line,
)
from bot.cards import PAUSED, asked_by, may_still_run, tone_of
from bot.content import Approval
from bot.facts import APPROVE, UNSURE, Item, Outcome, Status
from bot.headlines import action_phrase, brief
from bot.masking import masked
from bot.safe_text import SafeText, say, shown
from bot.voting_buttons import numbered_buttons, opening_button
from config.policies import Person

People = Mapping[str, Person]
Member = tuple[Item, Approval]

ROOM = 3_000  # of the 6,000 characters that the frames of a Discord message take; shared alike
PHRASE_MAX = 80
NAME_MAX = 20
DIGEST_SHOWN = 12  # hex digits; the full view has them all


@dataclass(frozen=True, slots=True)
class Entry:
    """One request on the card."""

    parts: tuple[Part, ...]
    buttons: tuple[Button, ...]  # these decide it, and nothing else
    opening: Button | None  # stands for them where a platform has no room for all
    tone: Tone


@dataclass(frozen=True, slots=True)
class BatchCard:
    """The neutral picture of a batch."""

    item_id: str  # the first one's
    revision: int
    headline: SafeText
    intro: Lines
    entries: tuple[Entry, ...]
    outro: Lines


def batch_card_of(
    members: Sequence[Member],
    people: People,
    *,
    groups: Groups = NO_GROUPS,
    queue_title: str = "",
) -> BatchCard:
    """The card of requests that share one, each in its present state.

    Args:
        members: at least two, alike as `bot.rules.batching` wants them.
        people: by id; only to name them.
        groups: person ids by the group's name; only to name them too.
        queue_title: what people call the queue; its name when empty.
    """
    items = [item for item, _ in members]
    room = ROOM // len(members)
    return BatchCard(
        item_id=items[0].id,
        revision=sum(item.revision for item in items),
        headline=_headline(items, members[0][1]),
        intro=Lines(tuple(_intro(items, people))),
        entries=tuple(
            _entry(number, member, people, room) for number, member in enumerate(members, 1)
        ),
        outro=Lines(tuple(_outro(items, people, groups, queue_title))),
    )


def _headline(items: Sequence[Item], content: Approval) -> SafeText:
    name = brief(masked(content.action.name), 60)
    left = sum(not item.is_settled for item in items)
    if not left:
        return say("All {count} decided: {name}", count=len(items), name=name)
    if left == len(items):
        return say("{count} requests to decide one by one: {name}", count=left, name=name)
    count = len(items)
    return say("{left} of {count} requests still to decide: {name}", left=left, count=count,
               name=name)  # fmt: skip


def _intro(items: Sequence[Item], people: People) -> Iterator[Line]:
    yield asked_by(items[0], people)
    if any(item.paused and may_still_run(item) for item in items):
        yield PAUSED


def _outro(
    items: Sequence[Item], people: People, groups: Groups, queue_title: str
) -> Iterator[Line]:
    queue = brief(shown(queue_title or items[0].queue), 60)
    asked = next((item for item in items if item.status is Status.OPEN), None)
    if asked is not None:
        policy = asked.policy
        yield (
            say(
                "Each needs {yes} to approve and {no} to reject, and is decided by itself.",
                yes=policy.approvals_needed,
                no=policy.denials_needed,
            ),
        )
        yield deadline_line(replace(asked, settles_at=None))
        yield (
            may_vote(asked, people, groups),
            say("The agent's own words are in the full view of each."),
        )
    yield (say("In the queue {queue}.", queue=queue),)


def _entry(number: int, member: Member, people: People, room: int) -> Entry:
    item, content = member
    named = say("Request {id}, digest {digest}…", id=item.id, digest=item.digest[:DIGEST_SHOWN])
    if item.outcome is not None:
        line = (Strong(_settled_phrase(number, item, item.outcome, content)),)
        told = _settled_lines(item, item.outcome, people)
        return Entry((Lines((line, (named,), *told)),), (), None, tone_of(item))
    whole = content_parts(content, item.policy.image_hosts)
    unread = None if _is_shown(item, whole, room) else size_of(whole)
    phrase = say("{n}. {what}?", n=number, what=action_phrase(content.action, PHRASE_MAX))
    body = whole if unread is None else (Lines(tuple(_unread_lines(item, people))),)
    return Entry(
        parts=(Lines(((Strong(phrase),), (named,))), *body, Lines((_state_line(item),))),
        buttons=numbered_buttons(item, content, number, unread),
        opening=opening_button(item, number),
        tone=tone_of(item),
    )


def _is_shown(item: Item, whole: Sequence[Part], room: int) -> bool:
    """Whether the card shows all of it: small, without pictures, and as its producer sent it."""
    if item.needs_reading or item.edit or any(isinstance(part, Picture) for part in whole):
        return False
    return sum(map(room_of_part, whole)) <= room


def _unread_lines(item: Item, people: People) -> Iterator[Line]:
    yield (say("This card does not show all of it: review it in full to approve it."),)
    editor = people.get(item.edit.person_id) if item.edit else None
    if item.edit:
        who = replace(someone(editor), name=_name(editor)) if editor else say("a reviewer")
        yield (say("Edited by "), who, say("; votes from before it do not count."))


def _state_line(item: Item) -> Line:
    if item.settles_at is not None:
        return deadline_line(item)
    if item.status is Status.ESCALATED:
        return (Strong(say("The seniors decide now.")), say(" "), *progress_line(item))
    count = sum(vote.choice != UNSURE for vote in item.votes)
    return (say("Votes in: {count}.", count=count),)


def _settled_phrase(number: int, item: Item, outcome: Outcome, content: Approval) -> SafeText:
    action = content.action
    on = say(" on {target}", target=masked(action.target)) if action.target else say("")
    what = brief(say("{name}{on}", name=masked(action.name), on=on), PHRASE_MAX)
    return say("{n}. {how}: {what}", n=number, how=outcome_words(item, outcome), what=what)


def _settled_lines(item: Item, outcome: Outcome, people: People) -> Iterator[Line]:
    by = [_name(people[person]) for person in outcome.decided_by if person in people]
    names = say("Decided by {names}, ", names=enumerated(by)) if by else say("Decided ")
    yield (names, Moment(outcome.decided_at, "absolute"), say("."))
    if outcome.choice == APPROVE:
        yield execution_line(item)


def _name(person: Person) -> SafeText:
    return brief(shown(person.name), NAME_MAX)
