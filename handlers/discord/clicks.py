"""Buttons: which of our flows a click asks for."""

from collections.abc import Awaitable, Callable, Mapping

from bot import answers, wording
from bot.buttons import Act, Press, parse_button
from handlers import pressing
from handlers.discord import personal, reading, voting, windows
from handlers.discord.answering import Answer
from handlers.personal import PERSONAL


async def pressed(answer: Answer, custom_id: str) -> None:
    """Any button of any message."""
    press = parse_button(custom_id)
    if press is None:
        await answer.reply(wording.unknown_button())
        return
    await _ACTS[press.act](answer, press)


async def _attend(answer: Answer, press: Press) -> None:
    work = pressing.attended(answer.desk, answer.who, press.item_id)
    result = await voting.in_time(answer, work)
    if isinstance(result, BaseException):
        result = answer.desk.explain(result, press.item_id)
    await answer.reply(result)


async def _undo(answer: Answer, press: Press) -> None:
    desk = answer.desk
    work = pressing.withdraw(desk, answer.who, press.item_id)
    result = await voting.in_time(answer, work)
    if isinstance(result, BaseException):
        await answer.reply(desk.explain(result, press.item_id))
    else:
        people = desk.house.rulebook.people
        await answer.reply(answers.to_withdrawal(result, press.item_id, people))


async def _vote(answer: Answer, press: Press) -> None:
    if not await windows.ask_first(answer, press):
        await voting.record(answer, press)


async def _read(answer: Answer, press: Press) -> None:
    await reading.open_pages(answer, press.item_id)


_ACTS: Mapping[Act, Callable[[Answer, Press], Awaitable[None]]] = {
    Act.VOTE: _vote,
    Act.UNDO: _undo,
    Act.READ: _read,
    Act.PAGE: reading.turn_to,
    Act.REASON: windows.ask_reason,
    Act.EDIT: windows.ask_more,
    Act.RESPOND: windows.ask_more,
    Act.ATTEND: _attend,
    Act.QUIET: personal.ask_quiet,
    **dict.fromkeys(PERSONAL, personal.pressed),
}
