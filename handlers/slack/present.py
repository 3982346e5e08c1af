"""An item as a Slack message: its card, or honestly less than its card."""

from dataclasses import replace

from bot.buttons import Act, parse_button
from bot.card_parts import Card, Lines, Part, Picture
from bot.cards import card_of
from bot.facts import UNSURE, Item
from bot.flows.delivering import View
from bot.headlines import headline_of
from bot.safe_text import SafeText, say, shown
from bot.voting_buttons import in_full
from config.policies import Rulebook
from handlers.slack.blocks import Json, actions, plain_text
from handlers.slack.render import fallback, message_of, uploads_of

UNSEEN = say("A picture belongs here and could not be shown, so nobody can decide from this card.")


def card_in(view: View, rulebook: Rulebook) -> Card:
    """The neutral card, every picture in it."""
    return card_of(
        view.item,
        view.content,
        rulebook.people,
        groups=rulebook.groups,
        queue_title=_title(view.item, rulebook),
    )


def message_with(card: Card, uploads: dict[int, str]) -> Json:
    """The card as a message, with the files that its pictures became.

    A picture without a file takes the deciding buttons with it: what cannot be shown whole
    cannot be approved.
    """
    files = [uploads[n] for n in range(len(uploads_of(card))) if n in uploads]
    if len(files) == len(uploads_of(card)):
        return message_of(card, files)
    return message_of(without_pictures(card))


def without_pictures(card: Card) -> Card:
    """The card without its uploaded pictures, and without what may not be decided unseen."""
    parts = tuple(_or_its_absence(part) for part in card.parts)
    return replace(card, parts=parts, buttons=tuple(b for b in card.buttons if _is_safe(b.id)))


def bare_message(view: View, rulebook: Rulebook) -> Json:
    """What stands in for a card that Slack or our own renderer refuses: no vote is in it."""
    item = view.item
    head = headline_of(item, view.content, _title(item, rulebook))
    told = bare_text(item.id)
    blocks = [{"type": "section", "text": plain_text(text)} for text in (head, told)]
    if not item.is_settled:
        blocks += actions((in_full(item),))
    return {"text": fallback(head), "blocks": blocks}


def bare_text(item_id: str) -> SafeText:
    """The sentence for a card that cannot be shown."""
    return say(
        "Request {id} cannot be shown as a card here, so it cannot be decided from here. Open it "
        "in full. If nobody decides it in time, it expires as its queue says.",
        id=shown(item_id),
    )


def _title(item: Item, rulebook: Rulebook) -> str:
    queue = rulebook.queues.get(item.queue)
    return queue.title if queue else ""


def _or_its_absence(part: Part) -> Part:
    is_upload = isinstance(part, Picture) and part.url is None
    return Lines(((UNSEEN,),)) if is_upload else part


def _is_safe(button_id: str) -> bool:
    press = parse_button(button_id)
    return press is not None and press.act is Act.VOTE and press.argument == UNSURE
