"""Pictures go along with a card as attachments; a message keeps those that an edit lists."""

from collections.abc import Iterable

from bot.card_parts import Card, Part, Picture
from bot.letters import Letter
from handlers.discord.api import File
from handlers.discord.blocks import Json
from handlers.discord.render import reply_of
from handlers.presenting import uploads_among

FILES_MAX = 10  # attachments of a message
ALT_MAX = 1_024  # characters of an attachment's description


def files_of(card: Card, item_id: str) -> tuple[File, ...]:
    """The pictures of a card as files, in its order."""
    return files_among(card.parts, item_id)


def files_among(parts: Iterable[Part], item_id: str) -> tuple[File, ...]:
    """The pictures among some parts as files, in their order."""
    return tuple(
        _file(picture, f"{item_id}-{number}")
        for number, picture in enumerate(uploads_among(parts), 1)
    )


def letter_of(letter: Letter) -> tuple[Json, tuple[File, ...]]:
    """A letter as the body of a message, and the files that go with it."""
    pictures = (
        _file(picture, f"picture-{number}") for number, picture in enumerate(letter.pictures, 1)
    )
    enclosures = (
        File(each.name, each.data, each.media, each.title[:ALT_MAX]) for each in letter.enclosures
    )
    return reply_of(letter.reply), (*pictures, *enclosures)


def _file(picture: Picture, name: str) -> File:
    ending = picture.media.removeprefix("image/") or "png"
    return File(f"{name}.{ending}", picture.data or b"", picture.media, picture.alt[:ALT_MAX])
