"""The neutral card of an item: what everybody sees, on every platform.

Order: what, where, whether it can be undone, arguments and evidence, who asks, the agent's own
words, who may vote, until when, how far it is, buttons. Everything up to the evidence comes from
the bound content alone: nothing that an agent says about its action changes how the action looks.
"""

from collections.abc import Iterator, Mapping, Sequence

from bot.card_content import (
    REASON_ROOM,
    content_parts,
    fits_a_card,
    preview_of,
    reason_quote,
    size_of,
)
from bot.card_parts import Card, Line, Lines, Part, Strong, Tone
from bot.card_state import (
    NO_GROUPS,
    Groups,
    background_line,
    settled_lines,
    waiting_lines,
)
from bot.content import Approval, Label, Pair
from bot.edit_cards import change_of, edited_line
from bot.facts import APPROVE, RESPOND, Item, Kind, Status
from bot.headlines import brief, headline_of
from bot.masking import masked
from bot.pair_cards import answers_as_sent
from bot.rules.authority import is_requester
from bot.safe_text import say, shown
from bot.voting_buttons import card_buttons
from config.policies import Person

PAUSED: Line = (
    Strong(say("Signoff is paused.")),
    say(" Votes count, and no approved action may run until an admin resumes it."),
)


def card_of(
    item: Item,
    content: Approval | Label,
    people: Mapping[str, Person],
    *,
    groups: Groups = NO_GROUPS,
    paused: bool = False,
    queue_title: str = "",
) -> Card:
    """The card of an item in its present state.

    Args:
        item: with the votes that stand now.
        content: what its producer submitted.
        people: by id; only to name them.
        groups: person ids by the group's name; only to name them too.
        paused: whether grants are withheld for now (the kill switch).
        queue_title: what people call the queue; its name when empty.
    """
    whole = content_parts(content, item.policy.image_hosts)
    if isinstance(content, Pair) and item.is_settled:
        whole = (*whole, *answers_as_sent(content))
    unread = item.needs_reading or not fits_a_card(whole)
    is_cut = not fits_a_card(whole) if isinstance(content, Pair) else unread
    body = preview_of(whole) if is_cut else whole
    quote = reason_quote(content, REASON_ROOM)
    state = _state_lines(item, people, paused or item.paused)
    return Card(
        item_id=item.id,
        revision=item.revision,
        headline=headline_of(item, content, queue_title),
        parts=(
            *body,
            *_edit_parts(item, content, people, () if is_cut else whole),
            Lines((asked_by(item, people),)),
            *((quote,) if quote else ()),
            Lines(tuple(state)),
            Lines((background_line(item, people, groups, queue_title),), small=True),
        ),
        buttons=card_buttons(item, content, size_of(whole) if unread else None),
        tone=tone_of(item),
    )


def needs_reading(content: Approval | Label) -> bool:
    """Whether a card cannot show all of it, so that only the full view may be approved from.

    The agent's own reason is left out: however long, it never changes what the card lets people do.
    A pair never fits: everybody sees one card, and each reviewer the answers in an order of theirs.
    """
    return isinstance(content, Pair) or not fits_a_card(content_parts(content))


def _edit_parts(
    item: Item, content: Approval | Label, people: Mapping[str, Person], whole: Sequence[Part]
) -> Iterator[Part]:
    """Whose version stands, and what is different in it where a card has room for that too."""
    line, change = edited_line(item, people), change_of(item, content)
    if line is None or change is None:
        return
    has_room = bool(whole) and fits_a_card((*whole, change, Lines((line,))))
    more = (say("What changed is too long for a card: see the full view."),)
    yield Lines((line,) if has_room else (line, more))
    if has_room:
        yield change


def asked_by(item: Item, people: Mapping[str, Person]) -> Line:
    """Which program asks, and in whose name."""
    producer = brief(masked(item.posed_by or item.producer), 60)
    if item.requester is None:
        return (say("Asked by {producer}.", producer=producer),)
    for person in people.values():
        if is_requester(item, person):
            name = brief(shown(person.name), 40)
            return (
                say(
                    "Asked by {name}, through {producer}; who asks does not vote on it.",
                    name=name,
                    producer=producer,
                ),
            )
    requester = brief(masked(item.requester), 60)
    return (
        say("Asked by {requester}, through {producer}.", requester=requester, producer=producer),
    )


def _state_lines(item: Item, people: Mapping[str, Person], paused: bool) -> Iterator[Line]:
    if paused and may_still_run(item):
        yield PAUSED
    if item.outcome is not None:
        yield from settled_lines(item, item.outcome, people)
    else:
        yield from waiting_lines(item, people)


def may_still_run(item: Item) -> bool:
    """Whether a pause keeps an action from running: it is asked for, or approved and not used."""
    if item.kind is not Kind.APPROVAL:
        return False
    return item.outcome is None or (item.grant is not None and item.grant.is_ready)


def tone_of(item: Item) -> Tone:
    """How an item stands, in one word."""
    if item.outcome is None:
        return Tone.ESCALATED if item.status is Status.ESCALATED else Tone.WAITING
    if item.outcome.choice is None:
        return Tone.UNDECIDED
    if item.kind is not Kind.APPROVAL:
        return Tone.DECIDED
    if item.outcome.choice == RESPOND:
        return Tone.DECIDED
    return Tone.APPROVED if item.outcome.choice == APPROVE else Tone.REJECTED
