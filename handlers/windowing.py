"""Windows for more than a click, whichever the platform: what they show, and what comes back."""

from collections.abc import Mapping

from bot import answers
from bot.buttons import Act, Press
from bot.card_parts import Reply
from bot.content import Approval
from bot.errors import BusyError, EditError, NeedsReadingError, ReasonNeededError, SignoffError
from bot.flows import editing
from bot.flows.editing import Change
from bot.flows.voting import Receipt
from bot.headlines import headline_in
from bot.rules.authority import authorise
from bot.rules.editing import allows_answer, allows_edit, refuse_unlisted
from bot.windows import ANSWER, ARGS, REASON, Window, answer_window, edit_window
from handlers.desk import Desk
from handlers.presenting import shown_to
from handlers.pressing import Who, identified

KEEPS = (
    EditError,
    NeedsReadingError,
    ReasonNeededError,
    BusyError,
)  # what was typed must not be lost
WINDOWED = (Act.EDIT, Act.RESPOND)


async def window_for(desk: Desk, who: Who, press: Press) -> Window:
    """The window that a button opens, for somebody who may send it in.

    Raises:
        SignoffError: there is none for them; says why.
    """
    rulebook = desk.house.rulebook
    view, _ = await shown_to(desk, who, press.item_id)
    item, content = view.item, view.content
    person = authorise(item, await who(), rulebook)
    headline = headline_in(rulebook, item, content)
    if press.act is Act.EDIT and allows_edit(item, content) and isinstance(content, Approval):
        refuse_unlisted(person, item.policy.editors, "editors", rulebook)
        return edit_window(item, content, headline)
    if press.act is Act.RESPOND and allows_answer(item, content):
        refuse_unlisted(person, item.policy.responders, "responders", rulebook)
        return answer_window(item, headline)
    raise EditError("This cannot be done with the request as it stands. Nothing was recorded.")


async def sent_in(desk: Desk, who: Who, press: Press, typed: Mapping[str, str]) -> Receipt:
    """What became of a window that somebody filled in.

    Raises:
        SignoffError: nothing was recorded; says why.
    """
    house, identity = desk.house, await identified(desk, who, press.item_id)
    if press.act is Act.RESPOND:
        given = (house.rulebook, press.item_id, identity, typed.get(ANSWER, ""), house.now())
        return await house.do(editing.respond, *given)
    text, reason = typed.get(ARGS, ""), typed.get(REASON)
    change = Change(press.item_id, press.argument, text, identity, reason)
    return await house.do(editing.edit, house.rulebook, change, house.now())


def reply_to(desk: Desk, press: Press, result: Receipt | BaseException) -> Reply:
    """What the person is told."""
    if isinstance(result, BaseException):
        return desk.explain(result, press.item_id)
    people = desk.house.rulebook.people
    if press.act is Act.RESPOND:
        return answers.to_answer(result, press.item_id, people)
    return answers.to_edit(result, press.item_id, people, result.withdrawn_count)


def fault_in(result: Receipt | BaseException) -> SignoffError | None:
    """What is to be mended in what was typed; None when that is over, well or not."""
    problem = result if isinstance(result, BaseException) else result.refusal
    return problem if isinstance(problem, KEEPS) else None
