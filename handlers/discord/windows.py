"""Windows: a reason, and the second step before an approval that policy wants confirmed."""

from bot import wording
from bot.buttons import Act, Press, parse_button
from bot.card_parts import Reply
from bot.content import Approval
from bot.errors import SignoffError
from bot.flows.delivering import View
from bot.headlines import headline_of
from bot.rules.authority import authorise
from bot.safe_text import SafeText, say, shown
from bot.voting_buttons import full_view_buttons
from handlers.desk import settled
from handlers.discord import blocks, voting
from handlers.discord.answering import Answer
from handlers.discord.blocks import Json
from handlers.discord.render import confirm_window, reason_window
from handlers.presenting import reason_asked, title_of
from handlers.recording import explained

TOO_SLOW = "It took too long to open a window. Nothing was recorded; press the button again."
WORD_MAX = 40  # characters that a reviewer can be asked to type
MISTYPED = "Not recorded: what you typed is not “{word}”. Press the button again if you mean it."


async def ask_first(answer: Answer, press: Press) -> bool:
    """Whether the vote waits for a window, or cannot be: its policy may want a second step."""
    desk = answer.desk
    frozen = await settled(desk.frozen(press.item_id))
    if isinstance(frozen, BaseException):
        await answer.reply(desk.explain(frozen, press.item_id))
        return True
    confirms, explains = frozen.confirms(press), frozen.policy.require_reason == "both"
    if not confirms and not explains:
        return False
    view = await voting.in_time(answer, _voting_on(answer, press))
    if isinstance(view, BaseException):
        await answer.reply(desk.explain(view, press.item_id))
    elif view.item.is_settled:
        return False
    elif not answer.is_open:
        await answer.reply(wording.refused(TOO_SLOW))
    elif confirms:
        await _ask_to_confirm(answer, view, press, with_reason=explains)
    else:
        await ask_reason(answer, press)
    return True


async def ask_reason(answer: Answer, press: Press) -> None:
    """Opens the window that asks why: before a vote that needs it, or after a vote."""
    asked = await settled(reason_asked(answer.desk, answer.who, press))
    if isinstance(asked, BaseException):
        await answer.reply(answer.desk.explain(asked, press.item_id))
    else:
        await answer.open_window(reason_window(*asked))


async def submitted(answer: Answer, data: Json) -> None:
    """A window comes back: a reason, or the name of what is approved."""
    press = parse_button(str(data.get("custom_id", "")))
    if press is None:
        await answer.reply(wording.unknown_button())
        return
    components = data.get("components")
    problem = await _not_confirmed(answer, press, blocks.entered(components, "typed"))
    if problem is not None:
        await answer.reply(problem)
        return
    reason = blocks.entered(components, "reason")
    if press.act is Act.VOTE:
        await voting.record(answer, press, reason)
    else:
        await answer.reply(await explained(answer.desk, answer.who, press, reason))


def word_of(view: View) -> SafeText:
    """What a reviewer types to approve: the target's name or the function's, if it is typeable."""
    content = view.content
    names = [content.action.target, content.action.name] if isinstance(content, Approval) else []
    typeable = (
        shown(name)
        for name in names
        if name and name.isascii() and name.isprintable() and len(name) <= WORD_MAX
    )
    return next(typeable, say("approve"))


async def _voting_on(answer: Answer, press: Press) -> View:
    """The item, for somebody who may vote on it as it stands; the vote itself asks once more.

    Raises:
        SignoffError: they may not, or there is none; says why.
    """
    desk = answer.desk
    who, view = await answer.who(), await desk.see_item(press.item_id)
    if not view.item.is_settled:
        authorise(view.item, who, desk.house.rulebook)
    return view


async def _ask_to_confirm(answer: Answer, view: View, press: Press, *, with_reason: bool) -> None:
    buttons = full_view_buttons(view.item, view.content)
    button = next(each for each in buttons if parse_button(each.id) == press)
    title = title_of(view.item, answer.desk.house.rulebook)
    headline = headline_of(view.item, view.content, title)
    window = confirm_window(headline, button, word_of(view), with_reason=with_reason)
    await answer.open_window(window)


async def _not_confirmed(answer: Answer, press: Press, typed: str) -> Reply | None:
    """Why an approval that wants a second step has not had it; None when all is well."""
    desk = answer.desk
    try:
        if press.act is not Act.VOTE or not (await desk.frozen(press.item_id)).confirms(press):
            return None
        word = word_of(await desk.see_item(press.item_id))
    except SignoffError as problem:
        return desk.explain(problem, press.item_id)
    if typed.strip().casefold() == word.strip().casefold():
        return None
    return wording.refused(MISTYPED.format(word=word))
