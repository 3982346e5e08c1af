"""The full view: every character of an item's content, in pages; votes only at its end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.buttons import Act, button_id
from bot.card_content import content_parts, reason_quote, section_of
from bot.card_parts import Button, Code
from bot.content import Approval, Label, Pair
from bot.edit_cards import change_of
from bot.facts import Item
from bot.headlines import headline_of
from bot.pair_cards import answers_as_sent, answers_in_order
from bot.safe_text import SafeText, pieces_of, say
from bot.voting_buttons import full_view_buttons

PAGE_SIZE = 18_000  # characters; at 12 bytes for an escaped emoji, under a modal's 250 kB of JSON
PIECE_MAX = 2_800  # characters; a Slack text object takes 3,000
SECTIONS_MAX = 30  # on one page; a Slack modal takes 100 blocks
_HIDDEN = Code(say("Two answers"), say("Press “Judge this pair” on the card to read them."))


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the full view."""

    item_id: str
    digest: str  # of the content that is shown
    number: int  # from 1
    page_count: int
    headline: SafeText
    position: SafeText  # "Page 2 of 7, characters 18,001 to 36,000 of 131,000"
    sections: tuple[Code, ...]  # joined over all pages, their texts are the whole content
    turns: tuple[Button, ...]  # to the pages before and after
    votes: tuple[Button, ...]  # on the last page only

    @property
    def text(self) -> str:
        """The texts of the sections, titles left out."""
        return "".join(section.text for section in self.sections)


def sections_of(
    content: Approval | Label, image_hosts: Sequence[str] = (), left: str | None = None
) -> tuple[Code, ...]:
    """The whole content as titled texts, the agent's own words last.

    Args:
        content: what its producer submitted.
        image_hosts: where pictures may be loaded from.
        left: the answer of a pair on the reader's left; without it, both in the producer's order.
    """
    parts = [*content_parts(content, image_hosts)]
    if isinstance(content, Pair):
        parts += answers_in_order(content, left) if left else answers_as_sent(content)
    if quote := reason_quote(content):
        parts.append(quote)
    return tuple(section_of(part) for part in parts)


def pages_of(
    item: Item,
    content: Approval | Label,
    *,
    page_size: int = PAGE_SIZE,
    queue_title: str = "",
    left: str | None = None,
) -> tuple[Page, ...]:
    """The content from its first to its last character.

    Args:
        item: whose content it is; its state decides about the votes on the last page.
        content: what its producer submitted.
        page_size: characters of a page, titles left out; at least 40.
        queue_title: what people call the queue; its name when empty.
        left: the answer of a pair on the reader's left; nobody is shown an open pair without it.
    """
    is_hidden = isinstance(content, Pair) and not (left or item.is_settled)
    sections = (_HIDDEN,) if is_hidden else sections_of(content, item.policy.image_hosts, left)
    if change := change_of(item, content):
        sections = (*sections, change)
    whole = sum(len(section.text) for section in sections)
    sheets = list(_sheets(sections, page_size))
    headline = headline_of(item, content, queue_title)
    pages = []
    end = 0
    for number, sheet in enumerate(sheets, 1):
        start, end = end, end + sum(len(section.text) for section in sheet)
        pages.append(
            Page(
                item_id=item.id,
                digest=item.digest,
                number=number,
                page_count=len(sheets),
                headline=headline,
                position=_place(number, len(sheets))
                if isinstance(content, Pair)
                else _position(number, len(sheets), start + 1, end, whole),
                sections=sheet,
                turns=tuple(_turns(item, number, len(sheets))),
                votes=full_view_buttons(item, content, left) if number == len(sheets) else (),
            )
        )
    return tuple(pages)


def _sheets(sections: Sequence[Code], page_size: int) -> Iterator[tuple[Code, ...]]:
    """The sections of one page after the other; a section may run over several."""
    sheet: list[Code] = []
    room = page_size
    for piece in _pieces(sections, min(page_size, PIECE_MAX)):
        if sheet and (len(piece.text) > room or len(sheet) == SECTIONS_MAX):
            yield tuple(sheet)
            sheet, room = [], page_size
        sheet.append(piece)
        room -= len(piece.text)
    yield tuple(sheet)


def _pieces(sections: Sequence[Code], size: int) -> Iterator[Code]:
    for section in sections:
        for number, text in enumerate(pieces_of(section.text, size)):
            title = section.title
            if number:
                title = say("{title} (continued)", title=title)
            yield replace(section, title=title, text=text)


def _place(number: int, count: int) -> SafeText:
    """Where a page of a pair is; no lengths, which would say something about the answers."""
    return say("Page {number} of {count}", number=number, count=count)


def _position(number: int, count: int, start: int, end: int, whole: int) -> SafeText:
    return say(
        "Page {number} of {count}, characters {start:,} to {end:,} of {whole:,}",
        number=number,
        count=count,
        start=start,
        end=end,
        whole=whole,
    )


def _turns(item: Item, number: int, count: int) -> Iterator[Button]:
    if number > 1:
        yield _turn(item, number - 1, say("Previous page"))
    if number < count:
        yield _turn(item, number + 1, say("Next page"))


def _turn(item: Item, number: int, label: SafeText) -> Button:
    description = say("{label}, page {number}", label=label, number=number)
    return Button(button_id(Act.PAGE, item.id, str(number)), label, description)
