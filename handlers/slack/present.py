"""An item as a Slack message: its card, or honestly less than its card."""

from dataclasses import dataclass

from bot.card_parts import Card, Picture, plain
from bot.flows.delivering import View
from bot.pages import PAGE_SIZE, pages_of
from config.policies import Rulebook
from handlers import presenting
from handlers.presenting import (
    bare_card,
    pictures_of,
    unseen,
    uploads_among,
    whole_sheet,
    without_pictures,
)
from handlers.slack.blocks import Json, actions, plain_text
from handlers.slack.render import fallback, message_of, page_message, uploads_of, view_of

MESSAGE_PAGE_SIZE = 9_000  # characters, so that titles and buttons fit a message beside them


@dataclass(frozen=True, slots=True)
class Sheet(presenting.Sheet):
    """A page of the full view, with the files that its pictures became."""

    files: tuple[str, ...] = ()

    @property
    def view(self) -> Json:
        """As a window."""
        return view_of(self.page, self.pictures, self.files)

    @property
    def message(self) -> Json:
        """As a message."""
        return page_message(self.page, self.pictures, self.files)


def sheet_of(
    view: View, number: int, page_size: int = PAGE_SIZE, *, queue_title: str = ""
) -> Sheet:
    """The page with this number, or the nearest that there is."""
    pages = pages_of(
        view.item, view.content, page_size=page_size, queue_title=queue_title, left=view.left
    )
    page = pages[min(max(number, 1), len(pages)) - 1]
    sheet = whole_sheet(page, pictures_of(view))
    files = [view.uploads.get(n) for n in range(len(uploads_among(sheet.pictures)))]
    known = tuple(each for each in files if each)
    if len(known) < len(files):
        sheet, known = unseen(sheet), ()
    return Sheet(sheet.page, sheet.pictures, sheet.is_whole, known)


def uploads_in(view: View) -> tuple[Picture, ...]:
    """Those that must be uploaded before anybody can see them."""
    return uploads_among(pictures_of(view))


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
