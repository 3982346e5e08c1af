"""The full view: ephemeral pages, and the same as a text file for whoever would rather scroll."""

from bot.buttons import Press
from bot.content import Approval, Label
from bot.facts import Item
from bot.pages import Page, pages_of, sections_of
from handlers.desk import settled
from handlers.discord.answering import Answer
from handlers.discord.api import File
from handlers.discord.render import page_of
from handlers.presenting import CannotRenderError, shown_to
from handlers.recording import note_reading

SIZES = (4_800, 3_400, 2_400, 1_600, 800, 300, 100)  # characters of a page, the most that fit


async def open_pages(answer: Answer, item_id: str) -> None:
    """Opens the full view at its first page."""
    await _show(answer, item_id, 1)


async def turn_to(answer: Answer, press: Press) -> None:
    """Turns to another page."""
    await _show(answer, press.item_id, press.number or 1)


def fitting_pages(item: Item, content: Approval | Label) -> tuple[Page, ...]:
    """The content in as few pages as hold it; one and the same division for one content.

    Raises:
        CannotRenderError: no size of a page is small enough.
    """
    for size in SIZES:
        pages = pages_of(item, content, page_size=size)
        if all(map(_fits, pages)):
            return pages
    raise CannotRenderError(f"item {item.id} fits on no page")


async def _show(answer: Answer, item_id: str, number: int) -> None:
    seen = await settled(shown_to(answer.desk, answer.who, item_id))
    if isinstance(seen, BaseException):
        await answer.reply(answer.desk.explain(seen, item_id))
        return
    view, _ = seen
    pages = fitting_pages(view.item, view.content)
    page = pages[min(max(number, 1), len(pages)) - 1]
    is_turn = bool(answer.clicked and answer.clicked.read_digest)
    files = () if is_turn or len(pages) == 1 else (_whole(view.item, view.content),)
    if await answer.tell(page_of(page), files, keeps_files=is_turn):
        noted = await settled(note_reading(answer.desk, answer.who, page))
        if isinstance(noted, BaseException):
            answer.desk.explain(noted, item_id)  # the vote itself says once more that it is read


def _fits(page: Page) -> bool:
    try:
        page_of(page)
    except CannotRenderError:
        return False
    return True


def _whole(item: Item, content: Approval | Label) -> File:
    """Every section, one under the other."""
    texts = [f"{section.title}\n{section.text}\n" for section in sections_of(content)]
    return File(f"request-{item.id}.txt", "\n".join(texts).encode(), "text/plain; charset=utf-8")
