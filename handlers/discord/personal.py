"""Buttons about whoever presses them, and the window for quiet hours and zone."""

from bot.buttons import Press
from bot.flows.settings import HOURS, ZONE
from bot.inbox import reply_of_inbox
from handlers import inboxes, personal
from handlers.asked import Handed
from handlers.desk import settled
from handlers.discord import blocks
from handlers.discord.answering import Answer
from handlers.discord.pictures import files_of
from handlers.discord.render import message_of, window_of
from handlers.discord.voting import in_time


async def pressed(answer: Answer, press: Press) -> None:
    """Any of these buttons."""
    result = await in_time(answer, personal.answer_to(answer.desk, answer.who, press))
    if isinstance(result, BaseException):
        await answer.reply(answer.desk.explain(result, press.item_id))
    elif isinstance(result, Handed):
        await answer.tell(message_of(result.card), files_of(result.card, result.view.item.id))
    else:
        await answer.reply(result)


async def ask_quiet(answer: Answer, _press: Press) -> None:
    """The button that opens the window for quiet hours and zone."""
    window = await settled(inboxes.window_for(answer.desk, answer.who))
    if isinstance(window, BaseException):
        await answer.reply(answer.desk.explain(window, ""))
    else:
        await answer.open_window(window_of(window))


async def quiet_set(answer: Answer, components: object) -> None:
    """That window comes back: the inbox as it is now, or what is to be mended."""
    hours, zone = (blocks.entered(components, name) for name in (HOURS, ZONE))
    result = await in_time(answer, inboxes.set_quiet(answer.desk, answer.who, hours, zone))
    if isinstance(result, BaseException):
        await answer.reply(answer.desk.explain(result, ""))
    else:
        await answer.reply(reply_of_inbox(result))
