"""A batch's card as a Slack message: below each request the buttons that decide it alone."""

from collections.abc import Iterator

from bot.batch_cards import BatchCard, Entry
from handlers.slack.blocks import Json, actions, header, rich_text
from handlers.slack.render import block_of, fallback, fitting


def batch_message_of(card: BatchCard) -> Json:
    """`text` and `blocks` of the card.

    Raises:
        CannotRenderError: Slack would refuse it.
    """
    blocks = [
        header(card.headline),
        block_of(card.intro),
        *(block for entry in card.entries for block in _entry(entry)),
        block_of(card.outro),
    ]
    return {"text": fallback(card.headline), "blocks": fitting(blocks, f"r{card.revision}")}


def _entry(entry: Entry) -> Iterator[Json]:
    """One block of text, so that ten of them fit a message, and one of buttons."""
    yield rich_text(*(each for part in entry.parts for each in block_of(part)["elements"]))
    yield from actions(entry.buttons)
