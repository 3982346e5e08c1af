"""The slash command: `help`, `next`, `show ID`."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from bot import commands_help, wording
from bot.card_parts import Reply
from bot.facts import Item
from bot.flows import reporting
from bot.rules.authority import bar_for, recognise
from config.policies import Person
from handlers.slack.answering import Click, respond, tell
from handlers.slack.api import Json
from handlers.slack.desk import RECORD_WITHIN, Desk, settled
from handlers.slack.present import card_in, message_with
from handlers.slack.render import reply_of

Ack = Callable[..., Awaitable[Any]]
COMMANDS = tuple(each for each in commands_help.COMMANDS if each.name in ("next", "show"))


async def commanded(desk: Desk, ack: Ack, body: Json) -> None:
    """Any slash command of ours; its answer comes with the acknowledgement when it is quick."""
    work = asyncio.ensure_future(_answer(desk, body))
    await asyncio.wait((work,), timeout=RECORD_WITHIN)
    if work.done():
        await ack(response_type="ephemeral", **work.result())
        return
    await ack()
    desk.after.soon(_answer_later(desk, body, work))


async def card_for(desk: Desk, item: Item, person: Person) -> Json:
    """An item's card for one person: with its buttons only where they may press them."""
    view = await desk.see_item(item.id)
    card = card_in(view, desk.house.rulebook)
    if bar_for(view.item, person, desk.house.rulebook):
        card = replace(card, buttons=())
    return message_with(card, view.uploads)


async def next_for(desk: Desk, user_ref: str, queue: str | None = None) -> Json:
    """The most urgent item that a person may judge, or why there is none."""
    who = await desk.identities.of(user_ref)
    rulebook = desk.house.rulebook
    found = await desk.house.see(reporting.next_for, rulebook, who, queue)
    if found.item is not None:
        return await card_for(desk, found.item, recognise(who, rulebook))
    return reply_of(
        commands_help.nothing_to_do(queue_count=found.queue_count, voted_count=found.voted_count)
    )


async def _answer(desk: Desk, body: Json) -> Json:
    result = await settled(_message(desk, body))
    if isinstance(result, BaseException):
        return reply_of(desk.explain(result, _argument(body)))
    return result


async def _message(desk: Desk, body: Json) -> Json:
    command, user_ref = str(body.get("command", "/review")), str(body["user_id"])
    word, _, argument = str(body.get("text") or "help").strip().partition(" ")
    match word.lower():
        case "help":
            return reply_of(await _help(desk, user_ref, command))
        case "next":
            return await next_for(desk, user_ref, argument.strip() or None)
        case "show" if argument.strip():
            return await _show(desk, user_ref, argument)
        case "show":
            return reply_of(wording.refused(f"Say which: {command} show followed by the id."))
        case _:
            return reply_of(commands_help.unknown_command(word, command, COMMANDS))


async def _show(desk: Desk, user_ref: str, item_id: str) -> Json:
    who = await desk.identities.of(user_ref)
    item, person = await desk.house.see(reporting.show, desk.house.rulebook, item_id, who)
    return await card_for(desk, item, person)


async def _help(desk: Desk, user_ref: str, command: str) -> Reply:
    """Help needs no account: somebody without one learns here what to do."""
    person = desk.house.rulebook.person_at("slack", user_ref)
    return commands_help.help_for(person.roles if person else frozenset(), command, COMMANDS)


async def _answer_later(desk: Desk, body: Json, work: Awaitable[Json]) -> None:
    message = await work
    url = str(body.get("response_url") or "")
    if not await respond(desk, url, {"response_type": "ephemeral", **message}):
        click = Click("", str(body["user_id"]), channel_ref=str(body.get("channel_id", "")))
        await tell(desk, click, message)


def _argument(body: Json) -> str:
    return str(body.get("text") or "").strip().partition(" ")[2].strip()
