"""Components and embeds as Discord gives them back: numbered, with defaults filled in."""

import copy
from collections.abc import Callable
from typing import Any

from localchat.discord.rules import parts
from localchat.discord.rules.components import every
from localchat.wire import Json

MediaOf = Callable[[str], Json]  # what the API says about a picture's address
DEFAULTS: dict[int, Json] = {
    parts.STRING_SELECT: {"min_values": 1, "max_values": 1},
    parts.USER_SELECT: {"min_values": 1, "max_values": 1},
    parts.ROLE_SELECT: {"min_values": 1, "max_values": 1},
    parts.MENTIONABLE_SELECT: {"min_values": 1, "max_values": 1},
    parts.CHANNEL_SELECT: {"min_values": 1, "max_values": 1},
    parts.THUMBNAIL: {"description": None, "spoiler": False},
    parts.FILE: {"spoiler": False},
    parts.SEPARATOR: {"divider": True, "spacing": 1},
    parts.CONTAINER: {"accent_color": None, "spoiler": False},
}


def components(given: list[Json], media_of: MediaOf) -> list[Json]:
    """Components with ids counted from 1, where the app gave none."""
    made = copy.deepcopy(given)
    together = [each for _, each in every(made)]
    taken = {each["id"] for each in together if each.get("id")}
    number = 0
    for each in together:
        if not each.get("id"):
            number += 1
            while number in taken:
                number += 1
            each["id"] = number
        for name, value in DEFAULTS.get(each["type"], {}).items():
            if each.get(name) is None:
                each[name] = value
        _fill_media(each, media_of)
    return made


def embeds(given: list[Json], media_of: MediaOf) -> list[Json]:
    """Embeds with their type; attachment addresses are resolved."""
    return [_embed(each, media_of) for each in given]


def _embed(given: Json, media_of: MediaOf) -> Json:
    made: Json = {name: value for name, value in given.items() if value is not None}
    made["type"] = "rich"
    for name in ("image", "thumbnail"):
        if name in made:
            made[name] = {**made[name], **_picture(made[name]["url"], media_of)}
    if "fields" in made:
        made["fields"] = [{**f, "inline": bool(f.get("inline"))} for f in made["fields"]]
    return made


def _picture(url: str, media_of: MediaOf) -> Json:
    media = media_of(url)
    return {"url": media["url"], "proxy_url": media["proxy_url"]}


def _fill_media(each: Json, media_of: MediaOf) -> None:
    kind: Any = each["type"]
    if kind == parts.THUMBNAIL:
        each["media"] = _shown(each["media"]["url"], media_of)
    elif kind == parts.GALLERY:
        for item in each["items"]:
            item["media"] = _shown(item["media"]["url"], media_of)
            item.setdefault("description", None)
            item.setdefault("spoiler", False)
    elif kind == parts.FILE:
        media = media_of(each["file"]["url"])
        each |= {"file": media, "name": media.pop("name", ""), "size": media.pop("size", 0)}


def _shown(url: str, media_of: MediaOf) -> Json:
    media = media_of(url)
    return {name: value for name, value in media.items() if name not in ("name", "size")}
