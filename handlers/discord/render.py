"""Neutral card, reply or page in, Discord's JSON out: all of it, or an error; never a part less.

A card is a line of `content`, which is what a telephone's notification shows, and an embed with
the rest, whose text can neither ping anybody nor unfold a link. See docs/decisions.md for why
these are no "Components V2".
"""

from collections.abc import Iterable, Iterator, Sequence

from bot.card_parts import (
    Button,
    Card,
    Code,
    Facts,
    Lines,
    Part,
    Picture,
    Quote,
    Reply,
    Strong,
    Tone,
)
from bot.pages import Page
from bot.safe_text import SafeText, say
from bot.windows import Window
from handlers.discord import blocks, markdown
from handlers.discord.blocks import Json
from handlers.presenting import CannotRenderError

CONTENT_MAX = 2_000  # characters of a bot's message, its embeds left out
EMBED_MAX = 4_096  # characters of one embed's description
EMBEDS_MAX = 10
WHOLE_MAX = 6_000  # characters of all embeds of a message
REASON_MAX = 1_000  # characters; ours
SUPPRESS_EMBEDS = 1 << 2  # no link of a message unfolds
EPHEMERAL = 1 << 6
NOBODY: Json = {"parse": []}
COLORS = {
    Tone.WAITING: 0x5865F2,
    Tone.ESCALATED: 0xE67E22,
    Tone.APPROVED: 0x2ECC71,
    Tone.REJECTED: 0xE74C3C,
    Tone.DECIDED: 0x2ECC71,
    Tone.UNDECIDED: 0x95A5A6,
}


def message_of(card: Card) -> Json:
    """The body of a card's message; the files of `uploads_of(card)` go with it as attachments.

    Raises:
        CannotRenderError: Discord would refuse it.
    """
    text = "\n\n".join(_texts(card.parts))
    embeds: list[Json] = [{"description": text, "color": COLORS[card.tone]}]
    for number, picture in enumerate(_linked(card)):
        if number:
            embeds.append({"description": markdown.bold(picture.title)})
        embeds[-1]["image"] = {"url": picture.url}
    return message(markdown.bold(card.headline), embeds, blocks.rows(card.buttons))


def uploads_of(card: Card) -> tuple[Picture, ...]:
    """The pictures that must be sent along with the card."""
    return tuple(part for part in card.parts if isinstance(part, Picture) and part.url is None)


def reply_of(reply: Reply) -> Json:
    """The body of an answer that one person sees, or of a notice; only its pings ping."""
    text = "\n".join([markdown.lines(reply.lines), *map(markdown.small, reply.notes)])
    is_long = len(text) > CONTENT_MAX
    embeds = [{"description": text}] if is_long else []
    built = message("" if is_long else text, embeds, blocks.rows(reply.buttons))
    built["allowed_mentions"] = {"parse": [], "users": list(markdown.pinged(reply.lines))}
    return built if is_long else {**built, "flags": SUPPRESS_EMBEDS}


def page_of(page: Page, pictures: Sequence[Part] = ()) -> Json:
    """The body of the message that shows a page; its last line is the content's digest.

    Args:
        page: as it stands; the words for its pictures are among its sections.
        pictures: what is shown below its text; those to be uploaded go with it as attachments.

    Raises:
        CannotRenderError: Discord would refuse it.
    """
    head = f"{markdown.bold(page.headline)}\n{markdown.escaped(page.position)}"
    embeds: list[Json] = [{"description": text} for text in _sheets(page.sections)]
    embeds[-1]["footer"] = {"text": digest_line(page.digest)}
    for part in pictures:
        if not isinstance(part, Picture):
            embeds.append({"description": text_of(part)})
        elif part.url is not None:
            embeds.append({"description": markdown.bold(part.title), "image": {"url": part.url}})
    return message(head, embeds, blocks.rows((*page.turns, *page.votes)))


def digest_line(digest: str) -> str:
    """The last line of a page."""
    return f"Digest {digest}"


def digest_in(embeds: Iterable[Json]) -> str:
    """The digest of the content whose page these embeds are; "" when they are none."""
    footers = [str((embed.get("footer") or {}).get("text") or "") for embed in embeds]
    return next((text[7:] for text in footers if text.startswith("Digest ")), "")


def reason_window(headline: SafeText, vote: Button) -> Json:
    """The window that asks for a reason; its custom_id is that of the button it is about."""
    return blocks.window(
        vote.id, say("Give a reason"), [blocks.said(_about(headline, vote)), _reason_field()]
    )


def window_of(window: Window) -> Json:
    """A window with texts to fill in; its custom_id is the window's id."""
    about = f"{markdown.bold(window.headline)}\n{markdown.lines(window.about)}"
    fields = [
        blocks.field(
            each.name,
            each.label,
            style=blocks.PARAGRAPH,
            longest=each.longest,
            initial=each.initial,
        )
        for each in window.fields
    ]
    return blocks.window(window.id, window.title, [blocks.said(about), *fields])


def confirm_window(headline: SafeText, vote: Button, word: SafeText, *, with_reason: bool) -> Json:
    """The window that states the action again, and has its name typed."""
    confirm = vote.confirm
    text = markdown.escaped(confirm.text) if confirm else _about(headline, vote)
    typed = blocks.field(
        "typed",
        say("Type this to approve:"),
        style=blocks.ONE_LINE,
        longest=100,
        hint=word,
    )
    reason = [_reason_field()] if with_reason else []
    title = confirm.title if confirm else say("Approve this action?")
    return blocks.window(vote.id, title, [blocks.said(text), typed, *reason])


def _about(headline: SafeText, vote: Button) -> str:
    return f"{markdown.bold(headline)}\n{markdown.line((say('Your answer: '), Strong(vote.label)))}"


def _reason_field() -> Json:
    return blocks.field("reason", say("Why?"), style=blocks.PARAGRAPH, longest=REASON_MAX)


def _texts(parts: Sequence[Part]) -> Iterator[str]:
    uploads = 0
    for part in parts:
        if isinstance(part, Picture):
            uploads += part.url is None
            yield _picture(part, uploads)
        else:
            yield text_of(part)


def text_of(part: Lines | Facts | Code | Quote) -> str:
    """A part as Discord's markdown."""
    match part:
        case Lines(lines=several):
            return markdown.lines(several)
        case Facts(title=title, pairs=pairs):
            named = [(Strong(say("{n}:", n=name)), say(" {v}", v=value)) for name, value in pairs]
            return f"{markdown.bold(title)}\n{markdown.lines(named)}"
        case Code(title=title, text=text, language=language):
            return f"{markdown.bold(title)}\n{markdown.code_block(text, language)}"
        case Quote(label=label, text=text):
            return f"{markdown.bold(label)}\n{markdown.quote(text)}"


def _picture(picture: Picture, number: int) -> str:
    where = say("picture {n}: ", n=number) if picture.url is None else say("picture: ")
    return f"{markdown.bold(picture.title)} {where}{markdown.escaped(picture.alt)}"


def _linked(card: Card) -> Iterator[Picture]:
    return (part for part in card.parts if isinstance(part, Picture) and part.url is not None)


def _sheets(sections: Sequence[Code]) -> Iterator[str]:
    """The sections in as few embeds as hold them."""
    sheet = ""
    for section in sections:
        text = text_of(section)
        if sheet and len(sheet) + len(text) + 1 > EMBED_MAX:
            yield sheet
            sheet = ""
        sheet = f"{sheet}\n{text}" if sheet else text
    yield sheet


def message(content: str, embeds: list[Json], rows: list[Json]) -> Json:
    """A message, checked against Discord's limits.

    Raises:
        CannotRenderError: Discord would refuse it.
    """
    whole = sum(
        len(embed["description"]) + len(embed.get("footer", {}).get("text", "")) for embed in embeds
    )
    longest = max((len(embed["description"]) for embed in embeds), default=0)
    if (
        len(content) > CONTENT_MAX
        or longest > EMBED_MAX
        or whole > WHOLE_MAX
        or len(embeds) > EMBEDS_MAX
        or len(rows) > blocks.ROWS_MAX
    ):
        raise CannotRenderError(
            f"{len(content)} characters, {len(embeds)} embeds of {whole} and {len(rows)} rows "
            "are too much for a message"
        )
    return {"content": content, "embeds": embeds, "components": rows, "allowed_mentions": NOBODY}
