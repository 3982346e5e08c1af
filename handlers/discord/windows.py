"""Windows: a reason, and the second step before an approval that policy wants confirmed."""

from bot import wording
from bot.buttons import Act, Press, parse_button
from bot.card_parts import Reply
from bot.content import Approval
from bot.errors import SignoffError
from bot.flows.delivering import View
from bot.headlines import headline_in
from bot.rules.authority import authorise
from bot.safe_text import SafeText, say, shown
from bot.voting_buttons import edit_button, full_view_buttons
from bot.windows import ANSWER, ARGS, REASON
from handlers.desk import settled
from handlers.discord import blocks, personal, voting
from handlers.discord.answering import Answer
from handlers.discord.api import File
from handlers.discord.blocks import Json
from handlers.discord.render import confirm_window, reason_window, reply_of, window_of
from handlers.presenting import reason_asked
from handlers.pressing import explained
from handlers.windowing import WINDOWED, fault_in, reply_to, sent_in, window_for

TOO_SLOW = "It took too long to open a window. Nothing was recorded; press the button again."
KEPT = say("What you wrote is in the file below.")
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


async def ask_more(answer: Answer, press: Press) -> None:
    """Opens the window to edit or to answer in."""
    window = await settled(window_for(answer.desk, answer.who, press))
    if isinstance(window, BaseException):
        await answer.reply(answer.desk.explain(window, press.item_id))
    else:
        await answer.open_window(window_of(window))


async def submitted(answer: Answer, data: Json) -> None:
    """A window comes back: a reason, the name of what is approved, changed arguments, an answer."""
    press = parse_button(str(data.get("custom_id", "")))
    if press is None:
        await answer.reply(wording.unknown_button())
        return
    components = data.get("components")
    if press.act is Act.QUIET:
        await personal.quiet_set(answer, components)
        return
    if press.act in WINDOWED:
        typed = {name: blocks.entered(components, name) for name in (ARGS, ANSWER, REASON)}
        await _sent_in(answer, press, {name: text for name, text in typed.items() if text})
        return
    problem = await _not_confirmed(answer, press, blocks.entered(components, "typed"))
    if problem is not None:
        await answer.reply(problem)
        return
    reason = blocks.entered(components, "reason")
    if press.act is Act.VOTE:
        await voting.record(answer, press, reason)
    else:
        await answer.reply(await explained(answer.desk, answer.who, press, reason))


async def _sent_in(answer: Answer, press: Press, typed: dict[str, str]) -> None:
    """Changed arguments or an answer; what is to be mended comes back as a file, none of it lost.

    Discord closes a window when it is sent in, whatever we say.
    """
    desk = answer.desk
    result = await voting.in_time(answer, sent_in(desk, answer.who, press, typed))
    reply = reply_to(desk, press, result)
    if fault_in(result) is None:
        await answer.reply(reply)
        return
    view = await settled(desk.see_item(press.item_id))
    again = () if isinstance(view, BaseException) else edit_button(view.item, view.content)
    told = Reply((*reply.lines, (KEPT,)), again if press.act is Act.EDIT else ())
    kept = next(iter(typed.values()), "")
    name = "arguments.json" if press.act is Act.EDIT else "answer.txt"
    await answer.tell(reply_of(told), (File(name, kept.encode(), "text/plain; charset=utf-8"),))


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
    headline = headline_in(answer.desk.house.rulebook, view.item, view.content)
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
