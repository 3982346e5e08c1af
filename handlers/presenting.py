"""An item for one place: its card, or honestly less than its card. No platform is known here."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.batch_cards import BatchCard, batch_card_of
from bot.buttons import Act, Press, button_id, parse_button
from bot.card_content import content_parts
from bot.card_parts import Button, Card, Lines, Part, Picture, Reply
from bot.cards import card_of
from bot.content import Approval
from bot.errors import SignoffError
from bot.facts import UNSURE, Item, Kind
from bot.flows import reporting
from bot.flows.delivering import View
from bot.headlines import headline_in
from bot.pages import Page
from bot.rules.authority import bar_for
from bot.rules.sampling import left_of
from bot.safe_text import SafeText, say, shown
from bot.voting_buttons import in_full
from bot.wording import choice_words
from config.policies import Rulebook
from handlers.desk import Desk
from handlers.pressing import Who

UNSEEN = say("A picture belongs here and could not be shown, so nobody can decide from this card.")


class CannotRenderError(ValueError):
    """The platform would refuse this, so nobody sees a part of it; a bug in what was given."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of the full view; on the last one the pictures stand beside the votes."""

    page: Page
    pictures: tuple[Part, ...]
    is_whole: bool  # whether nothing that belongs on it is missing


def whole_sheet(page: Page, pictures: tuple[Picture, ...]) -> Sheet:
    """The page with the item's pictures, when it is the last."""
    is_last = page.number == page.page_count
    return Sheet(page, pictures if is_last else (), is_whole=True)


def unseen(sheet: Sheet) -> Sheet:
    """The sheet without its pictures, and without what may not be decided unseen."""
    votes = tuple(button for button in sheet.page.votes if is_safe(button.id))
    return Sheet(replace(sheet.page, votes=votes), (Lines(((UNSEEN,),)),), is_whole=False)


def pictures_of(view: View) -> tuple[Picture, ...]:
    """All pictures of an item, whether its card has room for them or not."""
    parts = content_parts(view.content, view.item.policy.image_hosts)
    return tuple(part for part in parts if isinstance(part, Picture))


def uploads_among(parts: Iterable[Part]) -> tuple[Picture, ...]:
    """The pictures that must be sent before anybody can see them."""
    return tuple(part for part in parts if isinstance(part, Picture) and part.url is None)


def card_in(view: View, rulebook: Rulebook) -> Card:
    """The neutral card, every picture in it."""
    return card_of(
        view.item,
        view.content,
        rulebook.people,
        groups=rulebook.groups,
        queue_title=rulebook.title_of(view.item.queue),
    )


def batch_in(view: View, rulebook: Rulebook) -> BatchCard:
    """The neutral card of requests that share one."""
    members = [(each.item, each.content) for each in view.batch]
    return batch_card_of(
        [(item, content) for item, content in members if isinstance(content, Approval)],
        rulebook.people,
        groups=rulebook.groups,
        queue_title=rulebook.title_of(view.item.queue),
    )


def card_for(view: View, person_id: str, rulebook: Rulebook) -> Card:
    """The card for one person: with its buttons only where they may press them."""
    card = card_in(view, rulebook)
    barred = bar_for(view.item, rulebook.people[person_id], rulebook)
    return replace(card, buttons=()) if barred else card


def without_pictures(card: Card) -> Card:
    """The card without its uploaded pictures, and without what may not be decided unseen."""
    parts = tuple(_or_its_absence(part) for part in card.parts)
    return replace(card, parts=parts, buttons=tuple(b for b in card.buttons if is_safe(b.id)))


def is_safe(button: str) -> bool:
    """Whether a button may be pressed by who has not seen everything: it hands the item on."""
    press = parse_button(button)
    return press is not None and press.act is Act.VOTE and press.argument == UNSURE


def bare_card(view: View, rulebook: Rulebook) -> Reply:
    """What stands in for a card that cannot be shown: no vote is in it."""
    if view.batch:
        return _bare_batch(view)
    item = view.item
    headline = headline_in(rulebook, item, view.content)
    told = say(
        "Request {id} cannot be shown as a card here, so it cannot be decided from here. Open it "
        "in full. If nobody decides it in time, it expires as its queue says.",
        id=shown(item.id),
    )
    return Reply(((headline,), (told,)), () if item.is_settled else (in_full(item),))


async def shown_to(desk: Desk, who: Who, item_id: str) -> tuple[View, str]:
    """An item for somebody who has to do with its queue, and their id.

    Raises:
        SignoffError: they may not see it, or there is none; says which.
    """
    item, person = await desk.house.see(reporting.show, desk.house.rulebook, item_id, await who())
    view = await desk.see_item(item.id)
    if view.item.kind is Kind.PREFERENCE and not view.item.is_settled:
        view = replace(view, left=left_of(view.item, person.id))
    return view, person.id


async def reason_asked(desk: Desk, who: Who, press: Press) -> tuple[SafeText, Button]:
    """What the window that asks why says, and the button that the reason belongs to.

    Raises:
        SignoffError: there is nothing that this person could explain.
    """
    view, person_id = await shown_to(desk, who, press.item_id)
    item = view.item
    headline = headline_in(desk.house.rulebook, item, view.content)
    return headline, _about(item, person_id, press, view.left)


def _about(item: Item, person_id: str, press: Press, left: str | None) -> Button:
    """The vote to cast, or the one that stands."""
    if press.act is Act.VOTE and (choice := press.choice_in(item.choices)):
        words = choice_words(choice, left)
        return Button(button_id(Act.VOTE, item.id, press.argument), words, words)
    vote = item.vote_of(person_id)
    if vote is None:
        raise SignoffError("You have no vote on this item, so there is nothing to explain.")
    words = choice_words(vote.choice, vote.left)
    return Button(button_id(Act.REASON, item.id), words, words)


def _bare_batch(view: View) -> Reply:
    told = say(
        "These requests cannot be shown as a card here, so they cannot be decided from here. Open "
        "each in full. What nobody decides in time expires as its queue says."
    )
    waiting = [(n, each.item) for n, each in enumerate(view.batch, 1) if not each.item.is_settled]
    named = [(say("{n}. Request {id}", n=n, id=item.id),) for n, item in waiting]
    return Reply(((told,), *named), tuple(in_full(item, number=n) for n, item in waiting))


def _or_its_absence(part: Part) -> Part:
    is_upload = isinstance(part, Picture) and part.url is None
    return Lines(((UNSEEN,),)) if is_upload else part
