"""Neutral card, reply or page in, Block Kit out: all of it, or an error; never a part less."""

import json
from collections.abc import Iterator, Sequence
from html import escape

from bot.card_parts import (
    Button,
    Card,
    Code,
    Facts,
    Line,
    Lines,
    Part,
    Picture,
    Quote,
    Reply,
    Strong,
)
from bot.letters import Letter
from bot.pages import Page
from bot.safe_text import SafeText, say
from bot.windows import Field, Window
from handlers.presenting import CannotRenderError
from handlers.slack.blocks import (
    Json,
    actions,
    context,
    header,
    plain_text,
    preformatted,
    quote,
    rich_text,
    section,
)

BLOCKS_MAX = 50  # in a message
VIEW_BLOCKS_MAX = 100
CHARACTERS_MAX = 13_200  # in a message, observed: msg_blocks_too_long (slackapi/bolt-js#2509)
REASON_MAX = 1_000  # characters; ours


def message_of(card: Card, files: Sequence[str] = ()) -> Json:
    """`text` and `blocks` of a card.

    Args:
        card: as it stands.
        files: ids of the files that `uploads_of(card)` became, in that order.

    Raises:
        CannotRenderError: Slack would refuse it, or an uploaded picture has no file.
    """
    if len(files) != len(uploads_of(card)):
        raise CannotRenderError(f"{len(uploads_of(card))} pictures and {len(files)} files")
    left = iter(files)
    blocks = [
        header(card.headline),
        *(
            _picture(part, left) if isinstance(part, Picture) else block_of(part)
            for part in card.parts
        ),
        *actions(card.buttons),
    ]
    return {"text": fallback(card.summary), "blocks": fitting(blocks, f"r{card.revision}")}


def uploads_of(card: Card) -> tuple[Picture, ...]:
    """The pictures that must be uploaded before the card can be sent."""
    return tuple(part for part in card.parts if isinstance(part, Picture) and part.url is None)


def reply_of(reply: Reply) -> Json:
    """`text` and `blocks` of an answer that one person sees, or of a direct message."""
    blocks = [rich_text(section(reply.lines)), *_notes(reply), *actions(reply.buttons)]
    return {"text": fallback(reply.text), "blocks": fitting(blocks, "reply")}


def letter_of(letter: Letter, files: Sequence[str]) -> Json:
    """A letter as a message.

    Args:
        letter: what it says.
        files: of its pictures, as far as Slack keeps them; without, their words stand instead.
    """
    kept = zip(letter.pictures, files, strict=False)
    missing: list[Line] = [(picture.alt,) for picture in letter.pictures[len(files) :]]
    blocks = [
        rich_text(section(letter.reply.lines)),
        *(_picture(picture, iter((file,))) for picture, file in kept),
        *([rich_text(section(missing))] if missing else ()),
        *_notes(letter.reply),
        *actions(letter.reply.buttons),
    ]
    return {"text": fallback(letter.reply.text), "blocks": fitting(blocks, "letter")}


def view_of(page: Page, pictures: Sequence[Part] = (), files: Sequence[str] = ()) -> Json:
    """The modal of a page; `private_metadata` holds item, page and digest as JSON.

    Args:
        page: as it stands.
        pictures: what stands between its text and its votes.
        files: of those pictures that are uploads, in that order.
    """
    blocks = _page_blocks(page, pictures, files)
    if len(blocks) > VIEW_BLOCKS_MAX:
        raise CannotRenderError(f"{len(blocks)} blocks; a modal takes {VIEW_BLOCKS_MAX}")
    about = {"item": page.item_id, "page": page.number, "digest": page.digest}
    return {
        "type": "modal",
        "callback_id": "page",
        "private_metadata": json.dumps(about),
        "title": plain_text(say("Review in full")),
        "close": plain_text(say("Close")),
        "blocks": _numbered(blocks, f"p{page.number}"),
    }


def page_message(page: Page, pictures: Sequence[Part] = (), files: Sequence[str] = ()) -> Json:
    """`text` and `blocks` of a page, where no window opens; the same arguments.

    Raises:
        CannotRenderError: it is too much for a message.
    """
    blocks = _page_blocks(page, pictures, files)
    return {"text": fallback(page.headline), "blocks": fitting(blocks, f"p{page.number}")}


def reason_view(headline: SafeText, vote: Button) -> Json:
    """The modal that asks for a reason; `private_metadata` is the id of the button it is about."""
    reason = {
        "type": "input",
        "block_id": "reason",
        "label": plain_text(say("Why?")),
        "element": {
            "type": "plain_text_input",
            "action_id": "reason",
            "multiline": True,
            "min_length": 1,
            "max_length": REASON_MAX,
        },
    }
    about: Line = (say("Your answer: "), Strong(vote.label))
    return {
        "type": "modal",
        "callback_id": "reason",
        "private_metadata": vote.id,
        "title": plain_text(say("Give a reason")),
        "submit": plain_text(say("Save")),
        "close": plain_text(say("Cancel")),
        "blocks": [header(headline), rich_text(section([about])), reason],
    }


def window_view(window: Window) -> Json:
    """A modal with texts to fill in; `private_metadata` is the window's id."""
    about: list[Json] = [header(window.headline), rich_text(section(window.about))]
    return {
        "type": "modal",
        "callback_id": "window",
        "private_metadata": window.id,
        "title": plain_text(window.title),
        "submit": plain_text(window.submit),
        "close": plain_text(say("Cancel")),
        "blocks": [*about, *map(_input, window.fields)],
    }


def _input(field: Field) -> Json:
    initial = {} if field.initial is None else {"initial_value": str(field.initial)}
    return {
        "type": "input",
        "block_id": field.name,
        "label": plain_text(field.label),
        "element": {
            "type": "plain_text_input",
            "action_id": field.name,
            "multiline": True,
            "min_length": 1,
            "max_length": field.longest,
            **initial,
        },
    }


def fallback(text: SafeText) -> str:
    """The `text` of a message, which Slack parses: its three control characters escaped."""
    return escape(text, quote=False)


def block_of(part: Part) -> Json:
    """A part as one block."""
    match part:
        case Lines(lines=lines, small=True):
            return context(lines)
        case Lines(lines=lines):
            return rich_text(section(lines))
        case Facts(title=title, pairs=pairs):
            named: list[Line] = [(Strong(say("{n}: ", n=name)), value) for name, value in pairs]
            return rich_text(section([(Strong(title),), *named]))
        case Code(title=title, text=text):
            return rich_text(section([(Strong(title),)]), *preformatted(text))
        case Quote(label=label, text=text):
            return rich_text(section([(Strong(label),)]), quote(text))
        case Picture():
            raise CannotRenderError("a picture stands only on a card")


def _notes(reply: Reply) -> Iterator[Json]:
    return (context([note]) for note in reply.notes)


def _page_blocks(page: Page, pictures: Sequence[Part], files: Sequence[str]) -> list[Json]:
    left = iter(files)
    return [
        header(page.headline),
        rich_text(section([(page.position,)])),
        *map(block_of, page.sections),
        *(_picture(p, left) if isinstance(p, Picture) else block_of(p) for p in pictures),
        rich_text(section([(say("Digest {digest}", digest=page.digest),)])),
        *actions((*page.turns, *page.votes)),
    ]


def _picture(picture: Picture, files: Iterator[str]) -> Json:
    block: Json = {"type": "image", "alt_text": picture.alt, "title": plain_text(picture.title)}
    if picture.url is not None:
        return block | {"image_url": picture.url}
    return block | {"slack_file": {"id": next(files)}}


def fitting(blocks: list[Json], prefix: str) -> list[Json]:
    """The blocks of a message, each with its id.

    Raises:
        CannotRenderError: Slack would refuse them.
    """
    count, size = len(blocks), sum(map(_characters, blocks))
    if count > BLOCKS_MAX or size > CHARACTERS_MAX:
        raise CannotRenderError(f"{count} blocks of {size} characters are too much for a message")
    return _numbered(blocks, prefix)


def _numbered(blocks: list[Json], prefix: str) -> list[Json]:
    return [{**block, "block_id": f"{prefix}.{n}"} for n, block in enumerate(blocks)]


def _characters(node: object) -> int:
    """Characters of all text below a node."""
    if isinstance(node, dict):
        own = node.get("text")
        below = sum(map(_characters, node.values()))
        return below + (len(own) if isinstance(own, str) else 0)
    return sum(map(_characters, node)) if isinstance(node, list) else 0
