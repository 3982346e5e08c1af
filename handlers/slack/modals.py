"""Windows: the full view in pages, and the question for a reason."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from bot import answers, wording
from bot.buttons import Act, Press, button_id, parse_button
from bot.card_parts import Button, Reply
from bot.errors import SignoffError
from bot.facts import Item
from bot.flows import reporting, voting
from bot.headlines import headline_of
from bot.pages import Page, pages_of
from bot.wording import choice_words
from handlers.slack import recording
from handlers.slack.answering import Click, answer, view_of_reply
from handlers.slack.api import CallError, Json, ask
from handlers.slack.desk import RECORD_WITHIN, Desk, settled
from handlers.slack.render import reason_view, view_of

Ack = Callable[..., Awaitable[Any]]

TOO_SLOW = "Slack did not open the window in time. Nothing was recorded; press the button again."


async def open_pages(desk: Desk, click: Click, item_id: str) -> None:
    """Opens the full view at its first page."""
    result = await settled(_page(desk, click.user_ref, item_id, 1))
    if isinstance(result, BaseException):
        await answer(desk, click, desk.explain(result, item_id))
    elif await _show(desk, click, view_of(result)):
        await _note_reading(desk, click, result)


async def turn_to(desk: Desk, click: Click, press: Press) -> None:
    """Turns to another page."""
    result = await settled(_page(desk, click.user_ref, press.item_id, press.number or 1))
    if isinstance(result, BaseException):
        await answer(desk, click, desk.explain(result, press.item_id))
    elif await _show(desk, click, view_of(result)):
        await _note_reading(desk, click, result)


async def ask_reason(desk: Desk, click: Click, press: Press) -> None:
    """Opens the window that asks why: before a vote that needs it, or after a vote."""
    result = await settled(_reason_view(desk, click, press))
    if isinstance(result, BaseException):
        await answer(desk, click, desk.explain(result, press.item_id))
    else:
        await _show(desk, click, result)


async def submitted(desk: Desk, ack: Ack, body: Json, view: Json) -> None:
    """A reason comes in; the window closes with what became of it."""
    press = parse_button(str(view.get("private_metadata", "")))
    user_ref = body["user"]["id"]
    if press is None:
        await ack(response_action="update", view=view_of_reply(wording.unknown_button()))
        return
    work = asyncio.ensure_future(_explained(desk, user_ref, press, _typed(view)))
    await asyncio.wait((work,), timeout=RECORD_WITHIN)
    if work.done():
        await ack(response_action="update", view=view_of_reply(work.result()))
    else:
        await ack()
        desk.after.soon(_tell_later(desk, user_ref, work))


async def _page(desk: Desk, user_ref: str, item_id: str, number: int) -> Page:
    who = await desk.identities.of(user_ref)
    item, _ = await desk.house.see(reporting.show, desk.house.rulebook, item_id, who)
    view = await desk.see_item(item.id)
    pages = pages_of(view.item, view.content)
    return pages[min(max(number, 1), len(pages)) - 1]


async def _show(desk: Desk, click: Click, view: Json) -> bool:
    """Whether the window shows the view now."""
    try:
        if click.view_id:
            extra = {"hash": click.view_hash} if click.view_hash else {}
            await ask(desk.client.views_update(view_id=click.view_id, view=view, **extra))
        else:
            await ask(desk.client.views_open(trigger_id=click.trigger_id, view=view))
    except CallError as problem:
        if "hash_conflict" in str(problem):
            return False  # a later click has shown something newer
        await answer(desk, click, wording.refused(TOO_SLOW))
        return False
    return True


async def _note_reading(desk: Desk, click: Click, page: Page) -> None:
    """Who has the last page before them has had every page."""
    if page.number < page.page_count:
        return
    who = await desk.identities.of(click.user_ref)
    house = desk.house
    await house.do(voting.mark_read, house.rulebook, page.item_id, who, page.digest, house.now())


async def _reason_view(desk: Desk, click: Click, press: Press) -> Json:
    who = await desk.identities.of(click.user_ref)
    rulebook = desk.house.rulebook
    item, person = await desk.house.see(reporting.show, rulebook, press.item_id, who)
    view = await desk.see_item(item.id)
    return reason_view(headline_of(item, view.content), _about(item, person.id, press))


def _about(item: Item, person_id: str, press: Press) -> Button:
    """The button that the reason belongs to: the vote to cast, or the one that stands."""
    if press.act is Act.VOTE and (choice := press.choice_in(item.choices)):
        words = choice_words(choice)
        id_ = button_id(Act.VOTE, item.id, press.argument)
        return Button(id_, words, words)
    vote = item.vote_of(person_id)
    if vote is None:
        raise SignoffError("You have no vote on this item, so there is nothing to explain.")
    words = choice_words(vote.choice)
    return Button(button_id(Act.REASON, item.id), words, words)


async def _explained(desk: Desk, user_ref: str, press: Press, reason: str) -> Reply:
    people = desk.house.rulebook.people
    if press.act is Act.VOTE:
        result = await settled(recording.cast(desk, user_ref, press, reason=reason))
        to_reply = answers.to_vote
    else:
        result = await settled(recording.explain(desk, user_ref, press.item_id, reason))
        to_reply = answers.to_reason
    if isinstance(result, BaseException):
        return desk.explain(result, press.item_id)
    return to_reply(result, press.item_id, people)


async def _tell_later(desk: Desk, user_ref: str, work: Awaitable[Reply]) -> None:
    await answer(desk, Click("", user_ref), await work)


def _typed(view: Json) -> str:
    """The text in the window's one input, wherever Slack puts it."""
    values = (view.get("state") or {}).get("values") or {}
    for block in values.values():
        for entry in block.values():
            if isinstance(entry.get("value"), str):
                return str(entry["value"])
    return ""
