"""What cards, pages and replies are made of: neutral, frozen, and every text a `SafeText`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal

from bot.safe_text import SafeText, join, say
from config.policies import Person

LABEL_MAX = 75  # characters; Slack button text (Discord takes 80)
DESCRIPTION_MAX = 75  # characters; Slack accessibility_label
HEADLINE_MAX = 150  # characters; Slack header block


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant; each platform shows it in the reader's own zone."""

    at: datetime
    style: Literal["absolute", "relative", "both"] = "both"


@dataclass(frozen=True, slots=True)
class Someone:
    """A person. Only `ping` makes the platform tell them; otherwise their name stands as text."""

    name: SafeText
    slack: str | None = None  # user id
    discord: str | None = None  # user id
    ping: bool = False


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that stand out."""

    text: SafeText


Span = SafeText | Strong | Moment | Someone
Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Sentences of our own, one under the other."""

    lines: tuple[Line, ...]
    small: bool = False  # background: who may vote, which request; holds no Moment, pings nobody


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values under a title; names too may be the producer's, the title never is."""

    title: SafeText
    pairs: tuple[tuple[SafeText, SafeText], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Text from the producer, shown as it stands, letter for letter."""

    title: SafeText
    text: SafeText
    language: Literal["diff", "json", "text"] = "text"


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody else's words, never ours."""

    label: SafeText
    text: SafeText


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: `data` is uploaded by the sender, `url` is loaded by the platform; one of them."""

    title: SafeText
    alt: SafeText
    url: str | None = None
    data: bytes | None = None
    media: str = ""  # of `data`: "image/png" or "image/jpeg"


Part = Lines | Facts | Code | Quote | Picture


class Weight(StrEnum):
    """How a button looks; votes are all neutral, so that none is easier to press."""

    NEUTRAL = "neutral"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The second step of a button: states the action again."""

    title: SafeText  # <= 100 characters
    text: SafeText  # <= 300 characters
    yes: SafeText  # <= 30 characters
    no: SafeText  # <= 30 characters
    is_grave: bool = False  # what it starts cannot be undone: the "yes" may look dangerous


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press. All it means is in its id (see `bot.buttons`)."""

    id: str  # <= 100 characters; Discord custom_id
    label: SafeText  # <= 75 characters
    description: SafeText  # <= 75 characters; what a screen reader says
    weight: Weight = Weight.NEUTRAL
    confirm: Confirmation | None = None


class Tone(StrEnum):
    """The state in one word; a platform may colour it, and never says it by colour alone."""

    WAITING = "waiting"
    ESCALATED = "escalated"
    APPROVED = "approved"
    REJECTED = "rejected"
    DECIDED = "decided"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Card:
    """The neutral picture of an item; renderers show all of it or raise."""

    item_id: str
    revision: int
    headline: SafeText  # <= 150 characters; first line, and what a notification says
    parts: tuple[Part, ...]
    buttons: tuple[Button, ...]
    tone: Tone

    @property
    def summary(self) -> SafeText:
        """The sentence for notifications; the headline itself, so the two never differ."""
        return self.headline


@dataclass(frozen=True, slots=True)
class Reply:
    """What one person gets back, seen only by them."""

    lines: tuple[Line, ...]
    buttons: tuple[Button, ...] = ()
    notes: tuple[Line, ...] = ()  # background, small and below; they hold no Moment, ping nobody

    @property
    def text(self) -> SafeText:
        """The same without a platform: names as text, instants in UTC."""
        return join((plain(line) for line in (*self.lines, *self.notes)), "\n")


def someone(person: Person, *, ping: bool = False) -> Someone:
    """The span that stands for a person."""
    return Someone(say("{name}", name=person.name), person.slack, person.discord, ping)


def plain(line: Iterable[Span]) -> SafeText:
    """A line without a platform: names as text, instants in UTC."""
    return join(_plain(span) for span in line)


def utc(at: datetime) -> SafeText:
    """An instant as "2026-03-02 14:30 UTC"."""
    return say("{at:%Y-%m-%d %H:%M} UTC", at=at.astimezone(UTC))


def _plain(span: Span) -> SafeText:
    match span:
        case Strong(text=text):
            return text
        case Moment(at=at):
            return utc(at)
        case Someone(name=name):
            return name
        case _:
            return span


def join_line(lines: Iterable[Line], between: SafeText) -> Line:
    """Lines as one, with words between them."""
    joined: list[Span] = []
    for line in lines:
        joined += [between, *line] if joined else line
    return tuple(joined)
