"""Bodies that create or edit a message. Limits: Discord's docs, resources/message."""

from typing import Any

from localchat.discord import flags
from localchat.discord.problems import Path, Problems
from localchat.discord.rules.components import check_message_components
from localchat.discord.rules.embeds import check_embeds
from localchat.discord.rules.shapes import anything, array, choice, flag, record, snowflake, text
from localchat.wire import Json

CONTENT_MAX = 2000  # of bots
NONCE_MAX = 25
ATTACHMENTS_MAX = 10
LEGACY_WITH_V2 = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
LEGACY_FIELDS = ("content", "embeds", "poll", "sticker_ids")
MENTIONS = record(
    {},
    {
        "parse": array(choice("users", "roles", "everyone"), 3),
        "users": array(snowflake, 100),
        "roles": array(snowflake, 100),
        "replied_user": flag,
    },
)
PLAIN = record(
    {},
    {
        "content": text(CONTENT_MAX),
        "tts": flag,
        "allowed_mentions": MENTIONS,
        "enforce_nonce": flag,
        "attachments": array(
            record({"id": anything}, {"filename": text(1024), "description": text(1024)}),
            ATTACHMENTS_MAX,
        ),
        "message_reference": record({}, {"message_id": snowflake, "channel_id": snowflake}),
    },
)


def check_message(body: Any, problems: Problems, *, was_v2: bool = False, path: Path = ()) -> None:
    """Check a message's body; `was_v2` when it edits a V2 message."""
    PLAIN(body, path, problems)
    if not isinstance(body, dict):
        return
    is_v2 = was_v2 or bool(number(body.get("flags")) & flags.IS_COMPONENTS_V2)
    _check_flags(body, path, problems, was_v2=was_v2)
    _check_nonce(body.get("nonce"), (*path, "nonce"), problems)
    if not problems:
        _check_mentions(body.get("allowed_mentions"), (*path, "allowed_mentions"), problems)
    if body.get("embeds") is not None:
        check_embeds(body["embeds"], (*path, "embeds"), problems)
    if body.get("components") is not None:
        where = (*path, "components")
        check_message_components(body["components"], where, problems, is_v2=is_v2)
    if is_v2:
        _check_legacy(body, path, problems)


def number(value: object) -> int:
    """A number that may be absent."""
    return value if isinstance(value, int) else 0


def _check_flags(body: Json, path: Path, problems: Problems, *, was_v2: bool) -> None:
    given = body.get("flags")
    if given is None:
        return
    if isinstance(given, bool) or not isinstance(given, int):
        problems.add((*path, "flags"), "NUMBER_TYPE_COERCE", f'Value "{given}" is not int.')
    elif was_v2 and not given & flags.IS_COMPONENTS_V2:
        words = "The IS_COMPONENTS_V2 flag cannot be removed from a message"
        problems.add((*path, "flags"), "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG", words)


def _check_nonce(nonce: object, path: Path, problems: Problems) -> None:
    if isinstance(nonce, str) and len(nonce) > NONCE_MAX:
        words = f"Must be {NONCE_MAX} or fewer in length."
        problems.add(path, "BASE_TYPE_MAX_LENGTH", words)


def _check_mentions(allowed: Any, path: Path, problems: Problems) -> None:
    """A kind is either parsed or listed."""
    if not isinstance(allowed, dict):
        return
    for kind in ("users", "roles"):
        if allowed.get(kind) and kind in (allowed.get("parse") or ()):
            words = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            problems.add(path, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", words)


def _check_legacy(body: Json, path: Path, problems: Problems) -> None:
    for name in LEGACY_FIELDS:
        if body.get(name):
            problems.add(
                (*path, name),
                LEGACY_WITH_V2,
                f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )
