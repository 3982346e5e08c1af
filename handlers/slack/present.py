"""An item as a Slack message: its card, or honestly less than its card."""

from bot.card_parts import Card, plain
from bot.flows.delivering import View
from config.policies import Rulebook
from handlers.presenting import bare_card, without_pictures
from handlers.slack.blocks import Json, actions, plain_text
from handlers.slack.render import fallback, message_of, uploads_of


def message_with(card: Card, uploads: dict[int, str]) -> Json:
    """The card as a message, with the files that its pictures became.

    A picture without a file takes the deciding buttons with it: what cannot be shown whole
    cannot be approved.
    """
    files = [uploads[n] for n in range(len(uploads_of(card))) if n in uploads]
    if len(files) == len(uploads_of(card)):
        return message_of(card, files)
    return message_of(without_pictures(card))


def bare_message(view: View, rulebook: Rulebook) -> Json:
    """What stands in for a card that Slack or our own renderer refuses, as simple as can be."""
    bare = bare_card(view, rulebook)
    texts = [plain(line) for line in bare.lines]
    blocks = [{"type": "section", "text": plain_text(text)} for text in texts]
    return {"text": fallback(texts[0]), "blocks": [*blocks, *actions(bare.buttons)]}
