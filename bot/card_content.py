"""What an item is about, as parts of a card: the action or the body first, then the evidence."""

import base64
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from bot.card_parts import LABEL_MAX, Code, Facts, Lines, Part, Picture, Quote, plain
from bot.content import Action, Approval, ImageEvidence, Label, LinkEvidence, TextEvidence
from bot.headlines import brief, exact
from bot.lookalikes import host_of, remark_on
from bot.masking import masked, masked_block
from bot.safe_text import SafeText, cut, join, say

CONTENT_ROOM = 1_900  # of the 4,000 characters that a Discord message takes; Slack takes 13,200
REASON_ROOM = 500  # characters of the agent's own words on a card
FACT_MAX = 80  # characters of an argument that stands as a fact; longer ones stand as JSON
PREVIEW_FACT_MAX = 120
PAIR_ROOM = 2 * (PREVIEW_FACT_MAX + 40) + 10  # what one shortened fact may take
ALT_MAX = 300
_MARKDOWN = frozenset("\\*_~|`>#-[]()<:@")  # each takes a backslash more on Discord

_UNDO = {
    True: say("↩ Can be undone, says the producer"),
    False: say("⚠ Cannot be undone"),
    None: say("⚠ Not stated: treat it as if it cannot be undone"),
}
_EMPTY = say("‹empty›")
_HUNK = re.compile(r"^@@", re.MULTILINE)
_FILE_NAMES = re.compile(
    r"^--- .*\n\+\+\+ .*$", re.MULTILINE
)  # a file's two names, not lines of it


def content_parts(content: Approval | Label, image_hosts: Sequence[str] = ()) -> tuple[Part, ...]:
    """All that the producer binds, whole: facts, arguments or body, evidence.

    The answers of a pair are left out: in which order they stand is each reviewer's own.
    """
    bound = (
        _action_parts(content.action) if isinstance(content, Approval) else _label_parts(content)
    )
    return (*bound, *_evidence_parts(content, image_hosts))


def reason_quote(content: Approval | Label, room: int | None = None) -> Quote | None:
    """The agent's own words, quoted; at most `room` characters of them, and how many are left."""
    text = masked_block(content.reason) if isinstance(content, Approval) else say("")
    if not text:
        return None
    if room is not None and room_of(text) > room:
        head = cut_to_room(text, room - 50)
        more = len(text) - len(head)
        text = say("{head}… {more:,} more characters in full view", head=head, more=more)
    return Quote(say("Agent says (not verified)"), text)


def preview_of(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The beginning of parts that do not fit a card, marked as such."""
    whole = size_of(parts)
    kept: list[Part] = []
    room = CONTENT_ROOM - 100
    for part in parts:
        kept.append(_smaller(part, room))
        room -= room_of_part(kept[-1])
        is_first = len(kept) == 1  # the facts of the action: shortened, and the rest follows
        if room < PAIR_ROOM or (kept[-1] != part and not is_first):
            break
    marked = say(
        "Too long for a card. Shown: first {shown:,} of {whole:,} characters.",
        shown=size_of(kept),
        whole=whole,
    )
    return (Lines(((marked,),)), *kept)


def size_of(parts: Sequence[Part]) -> int:
    """Characters of the parts, titles left out."""
    return sum(len(section.text) for section in map(section_of, parts))


def section_of(part: Part) -> Code:
    """A part as titled plain text, for the full view."""
    match part:
        case Code():
            return part
        case Facts(title=title, pairs=pairs):
            lines = [say("{name}: {value}", name=name, value=value) for name, value in pairs]
            return Code(title, join(lines, "\n"))
        case Quote(label=label, text=text):
            return Code(label, text)
        case Picture(title=title, alt=alt):
            return Code(title, say("Picture: {alt}", alt=alt))
        case Lines(lines=lines):
            return Code(say("Note"), join([plain(line) for line in lines], "\n"))


def fits_a_card(parts: Sequence[Part]) -> bool:
    """Whether a card can show all of these parts."""
    return sum(map(room_of_part, parts)) <= CONTENT_ROOM


def room_of(text: str) -> int:
    """Characters that a text may take on the platform that takes the most for it."""
    return len(text) + sum(map(text.count, _MARKDOWN))


def room_of_part(part: Part) -> int:
    """Characters that a part may take on a card, title and frame included."""
    section = section_of(part)
    if isinstance(part, Code):
        return len(part.text) + part.text.count("`") + room_of(part.title) + 20
    frame = 6 * len(part.pairs) if isinstance(part, Facts) else 3 * section.text.count("\n")
    return room_of(section.text) + room_of(section.title) + frame + 10


def cut_to_room(text: SafeText, room: int) -> SafeText:
    """The beginning of a text that takes at most `room`."""
    taken = 0
    for place, char in enumerate(text[: room + 1]):
        taken += 1 + (char in _MARKDOWN)
        if taken > room:
            return cut(text, place)
    return text if room_of(text) <= room else cut(text, room)


def unlabelled(choices: Sequence[str]) -> bool:
    """Whether a choice is too long for its button once shown, so that buttons say "Choice 3"."""
    return any(len(masked(choice)) > LABEL_MAX - 10 for choice in choices)


def _action_parts(action: Action) -> Iterator[Part]:
    pairs = [(say("Function"), masked(action.name))]
    if action.target:
        pairs.append((say("Target"), masked(action.target)))
    if action.environment:
        pairs.append((say("Environment"), masked(action.environment)))
    pairs.append((say("Undo"), _UNDO[action.reversible]))
    yield Facts(say("Action"), tuple(pairs))
    yield from _remarks(action)
    short = {key: value for key, value in action.args.items() if _is_short(key, value)}
    long = {key: value for key, value in action.args.items() if key not in short}
    if short:
        pairs = [(masked(key), masked(exact(short[key]))) for key in sorted(short)]
        yield Facts(say("Arguments"), tuple(pairs))
    if long:
        text = json.dumps(long, ensure_ascii=False, sort_keys=True, indent=2)
        title = say("Other arguments") if short else say("Arguments")
        yield Code(title, masked_block(text), "json")
    if not action.args:
        yield Lines(((say("It takes no arguments."),),))


def _remarks(action: Action) -> Iterator[Part]:
    named = [
        (say("the function"), action.name),
        (say("the target"), action.target or ""),
        (say("the environment"), action.environment or ""),
        (say("the arguments"), exact(action.args)),
    ]
    lines = [
        (say("⚠ Look closely at {name}: {remark}.", name=name, remark=remark),)
        for name, text in named
        if (remark := remark_on(text))
    ]
    if lines:
        yield Lines(tuple(lines))


def _is_short(key: str, value: Any) -> bool:
    if len(key) + len(exact(value)) > FACT_MAX:
        return False
    return len(masked(key)) + len(masked(exact(value))) <= FACT_MAX


def _label_parts(label: Label) -> Iterator[Part]:
    if label.body:
        remark = remark_on(label.body)
        title = say("To judge ({remark})", remark=remark) if remark else say("To judge")
        yield Code(title, masked_block(label.body))
    if label.question and len(masked(label.question)) > 60:
        yield Facts(say("Question"), ((say("Asked"), masked(label.question)),))
    if unlabelled(label.choices):
        pairs = [
            (say("Choice {number}", number=number), masked(choice))
            for number, choice in enumerate(label.choices, 1)
        ]
        yield Facts(say("Choices"), tuple(pairs))


def _evidence_parts(content: Approval | Label, image_hosts: Sequence[str]) -> Iterator[Part]:
    """Texts, then links, then pictures, so that text stands together."""
    texts: list[Part] = []
    links: list[Part] = []
    pictures: list[Part] = []
    for number, evidence in enumerate(content.evidence, 1):
        title = _title(evidence.title, number, len(content.evidence))
        match evidence:
            case TextEvidence():
                texts.append(_text(evidence, title))
            case LinkEvidence():
                links.append(_link(evidence.url, title))
            case ImageEvidence():
                pictures.append(_picture(evidence, title, image_hosts))
    yield from (*texts, *links, *pictures)


def _title(title: str | None, number: int, count: int) -> SafeText:
    named = say("Evidence {number}", number=number) if count > 1 else say("Evidence")
    return say("{named}: {title}", named=named, title=brief(masked(title), 60)) if title else named


def _text(evidence: TextEvidence, title: SafeText) -> Part:
    if evidence.kind == "text":
        return Code(title, masked_block(evidence.text) or _EMPTY)
    hunks = len(_HUNK.findall(evidence.text))
    body = _FILE_NAMES.sub("", evidence.text)
    added, removed = (len(re.findall(rf"^[{sign}]", body, re.MULTILINE)) for sign in "+-")
    counted = say(
        "{title} ({hunks} {noun}, +{added} -{removed})",
        title=title,
        hunks=hunks,
        noun="hunk" if hunks == 1 else "hunks",
        added=added,
        removed=removed,
    )
    return Code(counted, masked_block(evidence.text) or _EMPTY, "diff")


def _link(url: str, title: SafeText) -> Part:
    return Facts(title, ((say("Host"), host_of(url)), (say("Address"), masked(url))))


def _picture(evidence: ImageEvidence, title: SafeText, image_hosts: Sequence[str]) -> Part:
    alt = brief(masked(evidence.alt), ALT_MAX) if evidence.alt else say("no description given")
    if not evidence.url.startswith("data:"):
        if urlsplit(evidence.url).hostname in image_hosts:
            return Picture(title, alt, url=evidence.url)
        return _link(evidence.url, title)
    media, _, encoded = evidence.url.removeprefix("data:").partition(";base64,")
    return Picture(title, alt, data=base64.b64decode(encoded), media=media)


def _smaller(part: Part, room: int) -> Part:
    match part:
        case Facts(pairs=pairs):
            kept = tuple((brief(name, 40), brief(value, PREVIEW_FACT_MAX)) for name, value in pairs)
            return replace(part, pairs=kept[: max(1, room // PAIR_ROOM)])
        case Code(text=text):
            return replace(part, text=cut_to_room(text, room - 100))
        case _:
            return part
