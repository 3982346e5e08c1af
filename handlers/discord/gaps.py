"""Fills what an interaction leaves out where discord.py needs it and we do not.

Discord adds fields as the years go by; a click is not to be lost over one that nobody looks at.
"""

from typing import Any

from handlers.discord.blocks import Json

INTERACTION: Json = {"version": 1, "attachment_size_limit": 0, "entitlements": []}
MESSAGE: Json = {
    "type": 0,
    "content": "",
    "embeds": [],
    "attachments": [],
    "edited_timestamp": None,
    "pinned": False,
    "tts": False,
    "mention_everyone": False,
}
CHANNEL: Json = {"name": "", "position": 0}
MEMBER: Json = {"roles": [], "flags": 0, "joined_at": None}
USER: Json = {"username": "", "discriminator": "0", "avatar": None}


def fill(payload: Any) -> None:
    """Fills an interaction in place; nothing that says who or what is ever made up."""
    if not isinstance(payload, dict):
        return
    _fill(payload, INTERACTION)
    payload.setdefault("application_id", "0")
    if "channel" not in payload and payload.get("channel_id"):
        payload["channel"] = {
            "id": payload["channel_id"],
            "type": 0 if "guild_id" in payload else 1,
        }
    _fill(payload.get("channel"), CHANNEL)
    message, member = payload.get("message"), payload.get("member")
    _fill(message, MESSAGE)
    _fill(member, MEMBER)
    for holder, name in ((payload, "user"), (member, "user"), (message, "author")):
        if isinstance(holder, dict):
            _fill(holder.get(name), USER)


def _fill(part: Any, defaults: Json) -> None:
    if isinstance(part, dict):
        for name, value in defaults.items():
            part.setdefault(name, list(value) if isinstance(value, list) else value)
