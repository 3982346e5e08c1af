"""A batch's card as a Discord message: a frame for each request, and a row of buttons for each.

Discord has buttons at the end only, in five rows. Where requests are more than rows, each has one
button that shows it with all of its own: none is easier to press than another.
"""

from collections.abc import Sequence

from bot.batch_cards import BatchCard, Entry
from bot.card_parts import Picture
from handlers.discord import blocks, markdown
from handlers.discord.blocks import Json
from handlers.discord.render import COLORS, message, text_of


def batch_message_of(card: BatchCard) -> Json:
    """The body of the card's message.

    Raises:
        CannotRenderError: Discord would refuse it.
    """
    lines = (markdown.bold(card.headline), text_of(card.intro), text_of(card.outro))
    embeds: list[Json] = [
        {"description": _described(entry), "color": COLORS[entry.tone]} for entry in card.entries
    ]
    return message("\n".join(lines), embeds, _rows(card.entries))


def _described(entry: Entry) -> str:
    return "\n".join(text_of(part) for part in entry.parts if not isinstance(part, Picture))


def _rows(entries: Sequence[Entry]) -> list[Json]:
    if len(entries) <= blocks.ROWS_MAX:
        return [row for entry in entries for row in blocks.rows(entry.buttons)]
    return blocks.rows([entry.opening for entry in entries if entry.opening])
