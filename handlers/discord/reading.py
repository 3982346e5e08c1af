"""The full view: ephemeral pages, and the same as a text file for whoever would rather scroll."""

from bot.buttons import Press
from bot.flows.delivering import View
from bot.pages import Page, pages_of, sections_of
from handlers.desk import settled
from handlers.discord.answering import Answer
from handlers.discord.api import File
from handlers.discord.blocks import Json
from handlers.discord.pictures import FILES_MAX, files_among
from handlers.discord.render import page_of
from handlers.presenting import (
    CannotRenderError,
    Sheet,
    pictures_of,
    shown_to,
    unseen,
    uploads_among,
    whole_sheet,
)
from handlers.pressing import note_reading

SIZES = (4_800, 3_400, 2_400, 1_600, 800, 300, 100)  # characters of a page, the most that fit


async def open_pages(answer: Answer, item_id: str) -> None:
    """Opens the full view at its first page."""
    await _show(answer, item_id, 1)


async def turn_to(answer: Answer, press: Press) -> None:
    """Turns to another page."""
    await _show(answer, press.item_id, press.number or 1)


def fitting_pages(view: View, queue_title: str = "") -> tuple[Page, ...]:
    """The content in as few pages as hold it; one and the same division for one content.

    The last one has room for the item's pictures, or at least for the word that they are missing.

    Raises:
        CannotRenderError: no size of a page is small enough.
    """
    item, content, pictures = view.item, view.content, pictures_of(view)
    for has_pictures in (True, False) if pictures else (True,):
        for size in SIZES:
            pages = pages_of(item, content, page_size=size, queue_title=queue_title, left=view.left)
            sheets = [whole_sheet(page, pictures) for page in pages]
            if all(_fits(sheet if has_pictures else unseen(sheet)) for sheet in sheets):
                return pages
    raise CannotRenderError(f"item {item.id} fits on no page")


async def _show(answer: Answer, item_id: str, number: int) -> None:
    seen = await settled(shown_to(answer.desk, answer.who, item_id))
    if isinstance(seen, BaseException):
        await answer.reply(answer.desk.explain(seen, item_id))
        return
    view, _ = seen
    pages = fitting_pages(view, answer.desk.house.rulebook.title_of(view.item.queue))
    page = pages[min(max(number, 1), len(pages)) - 1]
    sheet = whole_sheet(page, pictures_of(view))
    if await _tell(answer, view, sheet):
        noted = await settled(note_reading(answer.desk, answer.who, page))
        if isinstance(noted, BaseException):
            answer.desk.explain(noted, item_id)  # the vote itself says once more that it is read


async def _tell(answer: Answer, view: View, sheet: Sheet) -> bool:
    """Shows the sheet; whether all that belongs on it is before them."""
    whole = () if sheet.page.page_count == 1 else (_whole(view),)
    is_turn = bool(answer.clicked and answer.clicked.read_digest)
    if not sheet.pictures:
        keeps = is_turn and not uploads_among(pictures_of(view))
        return await answer.tell(_body(sheet), () if keeps else whole, keeps_files=keeps)
    files = files_among(sheet.pictures, view.item.id)
    if _fits(sheet) and len(files) <= FILES_MAX:
        if files:
            await _promise(answer)
        texts = whole[: FILES_MAX - len(files)]
        if await answer.tell(_body(sheet), (*texts, *files)):
            return True
    await answer.tell(_body(unseen(sheet)), whole)
    return False


async def _promise(answer: Answer) -> None:
    """Has what is told next be an edit: it comes with its files or not at all."""
    if answer.clicked and not answer.clicked.is_ephemeral:
        answer.clicked = None  # the card stays; a message of our own is promised beside it
    await answer.defer()


def _body(sheet: Sheet) -> Json:
    return page_of(sheet.page, sheet.pictures)


def _fits(sheet: Sheet) -> bool:
    try:
        _body(sheet)
    except CannotRenderError:
        return False
    return True


def _whole(view: View) -> File:
    """Every section, one under the other."""
    sections = sections_of(view.content, left=view.left)
    texts = [f"{section.title}\n{section.text}\n" for section in sections]
    return File(
        f"request-{view.item.id}.txt", "\n".join(texts).encode(), "text/plain; charset=utf-8"
    )
