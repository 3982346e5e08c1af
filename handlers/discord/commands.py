"""The slash command, its suggestions, and the menu of a card's message."""

import re
from collections.abc import Sequence

from bot.buttons import parse_button
from bot.card_parts import Reply
from bot.commands_help import COMMANDS, Command
from bot.content import Approval, Label
from bot.facts import Item
from bot.flows import pulling
from bot.headlines import brief, headline_in
from config.policies import Rulebook
from handlers import commanding
from handlers.asked import Handed
from handlers.desk import settled
from handlers.discord import voting
from handlers.discord.answering import Answer
from handlers.discord.blocks import Json
from handlers.discord.manifest import COMMAND, MESSAGE_MENU, options_of
from handlers.discord.pictures import files_of
from handlers.discord.render import message_of

CHOICES_MAX = 25
CHOICE_MAX = 100  # characters
_REQUEST = re.compile(r"Request ([\w.-]+)\Z")  # a card's last words


async def commanded(answer: Answer, data: Json, bot_ref: str) -> None:
    """Any command of ours."""
    result = await voting.in_time(answer, _answer_to(answer, data, bot_ref))
    if isinstance(result, BaseException):
        await answer.reply(answer.desk.explain(result, line_of(data).rpartition(" ")[2]))
    elif isinstance(result, Reply):
        await answer.reply(result)
    else:
        files = files_of(result.card, result.view.item.id)
        await answer.tell(message_of(result.card), files)


async def suggested(answer: Answer, data: Json) -> None:
    """Requests that wait for whoever types, by id or by words of their headlines; people, too."""
    typed = focused_in(data).casefold()
    found = await settled(_named(answer, option_in(data)))
    if isinstance(found, BaseException):
        found = []
    choices = [
        {"name": name, "value": item_id} for name, item_id in found if typed in name.casefold()
    ]
    await answer.suggest(choices[:CHOICES_MAX])


def line_of(data: Json, known: Sequence[Command] = COMMANDS, order: Sequence[str] = ()) -> str:
    """What a command says, as if it had been typed in one line, whatever was filled in first."""
    places = {name: place for place, name in enumerate(order)}
    words = []
    for option in sorted(data.get("options") or (), key=lambda each: places.get(each["name"], 0)):
        if "value" in option:
            words.append(str(option["value"]))
            continue
        command = next((each for each in known if each.name == option["name"]), None)
        parts, names = (command.parts, options_of(command)) if command else ((), ())
        words += [str(option["name"]), line_of(option, parts, names)]
    return " ".join(filter(None, words))


def focused_in(data: Json) -> str:
    """What has been typed into the option that has the cursor."""
    for option in data.get("options") or ():
        if option.get("focused"):
            return str(option.get("value", "")).strip()
        if typed := focused_in(option):
            return typed
    return ""


def option_in(data: Json) -> str:
    """The option that has the cursor; "" for none."""
    for option in data.get("options") or ():
        if option.get("focused"):
            return str(option["name"])
        if found := option_in(option):
            return found
    return ""


def item_in(message: Json, bot_ref: str) -> str:
    """The item whose card a message is; "" when it is not one of ours."""
    if str((message.get("author") or {}).get("id", "")) != bot_ref:
        return ""
    for row in message.get("components") or ():
        for button in row.get("components") or ():
            if press := parse_button(str(button.get("custom_id", ""))):
                return press.item_id
    for embed in (message.get("embeds") or ())[:1]:
        if found := _REQUEST.search(str(embed.get("description") or "")):
            return found[1]
    return ""


async def _answer_to(answer: Answer, data: Json, bot_ref: str) -> Reply | Handed:
    desk, user_ref = answer.desk, answer.account.user_ref
    if data.get("type") == MESSAGE_MENU:
        return await commanding.show(desk, answer.who, item_in(_target(data), bot_ref))
    return await commanding.answer_to(desk, answer.who, user_ref, line_of(data), f"/{COMMAND}")


async def _named(answer: Answer, option: str) -> list[tuple[str, str]]:
    """What there is to choose from: how it is shown, and its value."""
    rulebook = answer.desk.house.rulebook
    if option == "person":
        people = rulebook.people.values() if rulebook.person_at(*_account(answer)) else ()
        return [(person.name[:CHOICE_MAX], person.id) for person in people if person.active]
    if option == "schedule":
        return [(each.title[:CHOICE_MAX], each.name) for each in rulebook.schedules.values()]
    return await _waiting(answer)


def _account(answer: Answer) -> tuple[str, str]:
    return answer.desk.platform, answer.account.user_ref


async def _waiting(answer: Answer) -> list[tuple[str, str]]:
    house = answer.desk.house
    waiting = await house.see(
        pulling.at_hand, house.rulebook, await answer.who(), CHOICES_MAX, house.now()
    )
    return [(_choice(house.rulebook, item, content), item.id) for item, content in waiting]


def _choice(rulebook: Rulebook, item: Item, content: Approval | Label) -> str:
    """A request in a list of suggestions: its id and what it asks."""
    headline = headline_in(rulebook, item, content)
    return f"{item.id}: {brief(headline, CHOICE_MAX - len(item.id) - 2)}"


def _target(data: Json) -> Json:
    messages = (data.get("resolved") or {}).get("messages") or {}
    return messages.get(str(data.get("target_id"))) or {}
