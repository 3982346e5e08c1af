"""What a notice says: neutral, and in the same words on every platform."""

from dataclasses import dataclass

from bot.card_parts import Picture, Reply
from bot.safe_text import SafeText


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes along with a letter."""

    name: str  # such as "moderation-2026-03-02.csv"
    media: str  # such as "text/csv"
    data: bytes
    title: SafeText  # what it holds


@dataclass(frozen=True, slots=True)
class Letter:
    """A message of its own: to one person, or to a channel, or below another message."""

    reply: Reply
    pictures: tuple[Picture, ...] = ()  # shown in the message; `data` only
    enclosures: tuple[Enclosure, ...] = ()  # sent after it, in the same thread
