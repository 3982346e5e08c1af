"""Pictures go along with a card as attachments; a message keeps those that an edit lists."""

from collections.abc import Iterable

from bot.card_parts import Card, Part, Picture
from handlers.discord.api import File
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


def _file(picture: Picture, name: str) -> File:
    ending = picture.media.removeprefix("image/") or "png"
    return File(f"{name}.{ending}", picture.data or b"", picture.media, picture.alt[:ALT_MAX])
