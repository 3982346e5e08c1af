"""Buttons: which of our flows a click asks for."""

from bot import answers, wording
from bot.buttons import Act, Press, parse_button
from handlers import recording
from handlers.discord import reading, voting, windows
from handlers.discord.answering import Answer


async def pressed(answer: Answer, custom_id: str) -> None:
    """Any button of any message."""
    press = parse_button(custom_id)
    if press is None:
        await answer.reply(wording.unknown_button())
        return
    match press.act:
        case Act.VOTE:
            if not await windows.ask_first(answer, press):
                await voting.record(answer, press)
        case Act.UNDO:
            await _undo(answer, press)
        case Act.READ:
            await reading.open_pages(answer, press.item_id)
        case Act.PAGE:
            await reading.turn_to(answer, press)
        case Act.REASON:
            await windows.ask_reason(answer, press)


async def _undo(answer: Answer, press: Press) -> None:
    desk = answer.desk
    work = recording.withdraw(desk, answer.who, press.item_id)
    result = await voting.in_time(answer, work)
    if isinstance(result, BaseException):
        await answer.reply(desk.explain(result, press.item_id))
    else:
        people = desk.house.rulebook.people
        await answer.reply(answers.to_withdrawal(result, press.item_id, people))
