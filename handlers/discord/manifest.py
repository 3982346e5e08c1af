"""What Discord must know of us: the commands, and the address that invites the bot."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from bot.commands_help import Command
from handlers.commanding import COMMANDS

Json = dict[str, Any]
Words = Mapping[str, Mapping[str, str]]  # a locale of Discord's -> an English text -> that text

COMMAND = "review"
SHOW_ITEM = "Show this item"
ABOUT = "Your next request, your inbox, one request, or help"
PERMISSIONS = {  # permission -> (its bit, what does not work without it)
    "View Channels": (1 << 10, "See the channels that cards are posted in."),
    "Send Messages": (1 << 11, "Post cards there."),
    "Embed Links": (1 << 14, "Show a card's text, which is an embed."),
    "Attach Files": (1 << 15, "Show pictures that a program sent along."),
    "Read Message History": (1 << 16, "Answer to a card when the seniors are called."),
    "Send Messages in Threads": (1 << 38, "The same, for a queue whose channel is a thread."),
}
INTENTS = {"Guilds": "Know which server, with which roles, a queue's channel is in."}
SCOPES = ("bot", "applications.commands")
SLASH, MESSAGE_MENU = 1, 3  # types of commands
SUBCOMMAND, GROUP, TEXT = 1, 2, 3  # types of options
GUILD, DIRECT = 0, 1  # where a command can be used
OPTIONS = {  # placeholder in a command's usage -> its option
    "ID": ("request", "The request's id, as on its card"),
    "CHOICE": ("choice", "The class"),
    "[ID]": ("request", "The request's id; the one you were handed last if you leave it out"),
    "[reason]": ("reason", "Why"),
    "[queue]": ("queue", "The name of a queue; all of yours if you leave it out"),
    "[7d]": ("period", "How far back, as in 7d; a week if you leave it out"),
    "[LENGTH]": ("length", "How long, as in 15m or 1h; “off” ends it"),
    "PERSON": ("person", "Who, or nobody"),
    "[PERSON]": ("person", "Who; yourself if you leave it out"),
    "WHEN": ("when", "From when to when, as in: fri 18:00 to mon 09:00"),
    "[SCHEDULE]": ("schedule", "Which schedule"),
    "NUMBER": ("number", "Its number, as it was given when it was made"),
}
SUGGESTED = ("ID", "[ID]", "PERSON", "[PERSON]", "[SCHEDULE]")  # whose values are suggested


def manifest(words: Words | None = None) -> list[Json]:
    """The commands as they are registered.

    Args:
        words: names and descriptions in other languages; Discord shows them to whoever uses one.

    Everybody may type them: who may vote is decided by our own rules, and an admin can narrow the
    rest in the server's settings. They work in direct messages, where help does too.
    """
    words = words or {}
    usable: Json = {"contexts": [GUILD, DIRECT], "integration_types": [0]}
    group: Json = {
        "type": SLASH,
        **_named(COMMAND, words),
        **_described(ABOUT, words),
        "options": [*(_subcommand(each, words) for each in COMMANDS), _help(words)],
        **usable,
    }
    menu: Json = {"type": MESSAGE_MENU, **_named(SHOW_ITEM, words), **usable}
    return [group, menu]


def invitation(application_ref: str) -> str:
    """The address under which a server's admin lets the bot in, with the least permissions."""
    bits = 0
    for bit, _ in PERMISSIONS.values():
        bits |= bit
    query = {"client_id": application_ref, "scope": " ".join(SCOPES), "permissions": bits}
    return f"https://discord.com/oauth2/authorize?{urlencode(query)}"


def _subcommand(command: Command, words: Words) -> Json:
    described = _described(str(command.does).capitalize(), words)
    if command.parts:
        parts = [_subcommand(part, words) for part in command.parts]
        return {"type": GROUP, **_named(command.name, words), **described, "options": parts}
    options = [_option(each, words) for each in command.usage.split(" ")[1:] if each in OPTIONS]
    return {
        "type": SUBCOMMAND,
        **_named(command.name, words),
        **described,
        **({"options": options} if options else {}),
    }


def options_of(command: Command) -> tuple[str, ...]:
    """The names of a command's options, in the order in which they are typed."""
    return tuple(OPTIONS[each][0] for each in command.usage.split(" ")[1:] if each in OPTIONS)


def _option(placeholder: str, words: Words) -> Json:
    name, about = OPTIONS[placeholder]
    is_optional = placeholder.startswith("[")
    return {
        "type": TEXT,
        **_named(name, words),
        **_described(about, words),
        **({} if is_optional else {"required": True}),
        **({"autocomplete": True} if placeholder in SUGGESTED else {}),
    }


def _help(words: Words) -> Json:
    return {"type": SUBCOMMAND, **_named("help", words), **_described("What you can type", words)}


def _named(name: str, words: Words) -> Json:
    return {"name": name, **_elsewhere("name_localizations", name, words)}


def _described(text: str, words: Words) -> Json:
    return {"description": text, **_elsewhere("description_localizations", text, words)}


def _elsewhere(key: str, text: str, words: Words) -> Json:
    found = {locale: known[text] for locale, known in words.items() if text in known}
    return {key: found} if found else {}
