"""Who is mentioned by a text, and who may be told of it."""

import re
from dataclasses import dataclass

from localchat.wire import Json

USER = re.compile(r"<@!?(\d{1,20})>")
ROLE = re.compile(r"<@&(\d{1,20})>")
EVERYONE = re.compile(r"@(?:everyone|here)\b")
ALL = {"parse": ["users", "roles", "everyone"], "replied_user": True}  # for messages
USERS_ONLY = {"parse": ["users"]}  # for answers to interactions: D16


@dataclass(frozen=True, slots=True)
class Mentions:
    """Whom a message mentions, after `allowed_mentions` had its say."""

    users: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    everyone: bool = False


def mentions_of(text: str, allowed: Json | None, default: Json, *, may_all: bool) -> Mentions:
    """Whom `text` mentions.

    Args:
        text: the content, or all text of a V2 message.
        allowed: `allowed_mentions` of the request.
        default: what holds without it.
        may_all: whether the author may mention everyone and any role.
    """
    if "@" not in text:
        return Mentions()
    allowed = default if allowed is None else allowed
    parse = allowed.get("parse") or ()
    return Mentions(
        _kept(USER.findall(text), allowed.get("users"), is_parsed="users" in parse),
        _kept(ROLE.findall(text), allowed.get("roles"), is_parsed="roles" in parse),
        everyone=may_all and "everyone" in parse and bool(EVERYONE.search(text)),
    )


def _kept(found: list[str], listed: list[object] | None, *, is_parsed: bool) -> tuple[str, ...]:
    unique = tuple(dict.fromkeys(found))
    if is_parsed:
        return unique
    wanted = {str(each) for each in listed or ()}
    return tuple(each for each in unique if each in wanted)
