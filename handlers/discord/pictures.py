"""Pictures go along with a card as attachments; a message keeps those that an edit lists."""

from bot.card_parts import Card, Picture
from handlers.discord.api import File
from handlers.discord.render import uploads_of

ALT_MAX = 1_024  # characters of an attachment's description


def files_of(card: Card, item_id: str) -> tuple[File, ...]:
    """The pictures of a card as files, in its order."""
    return tuple(
        _file(picture, f"{item_id}-{number}") for number, picture in enumerate(uploads_of(card), 1)
    )


def _file(picture: Picture, name: str) -> File:
    ending = picture.media.removeprefix("image/") or "png"
    return File(f"{name}.{ending}", picture.data or b"", picture.media, picture.alt[:ALT_MAX])
