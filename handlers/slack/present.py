"""An item as a Slack message: its card, or honestly less than its card."""

from dataclasses import dataclass, replace

from bot.card_content import content_parts
from bot.card_parts import Card, Lines, Part, Picture, plain
from bot.flows.delivering import View
from bot.pages import PAGE_SIZE, Page, pages_of
from config.policies import Rulebook
from handlers.presenting import UNSEEN, bare_card, is_safe, without_pictures
from handlers.slack.blocks import Json, actions, plain_text
from handlers.slack.render import fallback, message_of, page_message, uploads_of, view_of

MESSAGE_PAGE_SIZE = 9_000  # characters, so that titles and buttons fit a message beside them


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of the full view; on the last one the pictures stand beside the votes."""

    page: Page
    pictures: tuple[Part, ...]
    files: tuple[str, ...]
    is_whole: bool  # whether nothing that belongs on it is missing

    @property
    def view(self) -> Json:
        """As a window."""
        return view_of(self.page, self.pictures, self.files)

    @property
    def message(self) -> Json:
        """As a message."""
        return page_message(self.page, self.pictures, self.files)


def sheet_of(view: View, number: int, page_size: int = PAGE_SIZE) -> Sheet:
    """The page with this number, or the nearest that there is."""
    pages = pages_of(view.item, view.content, page_size=page_size)
    page = pages[min(max(number, 1), len(pages)) - 1]
    if page.number < page.page_count:
        return Sheet(page, (), (), is_whole=True)
    pictures = pictures_of(view)
    files = [view.uploads.get(n) for n in range(len(_uploaded(pictures)))]
    known = tuple(each for each in files if each)
    if len(known) == len(files):
        return Sheet(page, pictures, known, is_whole=True)
    votes = tuple(button for button in page.votes if is_safe(button.id))
    return Sheet(replace(page, votes=votes), (Lines(((UNSEEN,),)),), (), is_whole=False)


def pictures_of(view: View) -> tuple[Picture, ...]:
    """All pictures of an item, whether its card has room for them or not."""
    parts = content_parts(view.content, view.item.policy.image_hosts)
    return tuple(part for part in parts if isinstance(part, Picture))


def uploads_in(view: View) -> tuple[Picture, ...]:
    """Those that must be uploaded before anybody can see them."""
    return _uploaded(pictures_of(view))


def _uploaded(pictures: tuple[Picture, ...]) -> tuple[Picture, ...]:
    return tuple(picture for picture in pictures if picture.url is None)


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
