"""Embeds. Limits: Discord's docs, resources/message, Embed Limits."""

from typing import Any

from localchat.discord.problems import Path, Problems
from localchat.discord.rules.shapes import anything, array, flag, record, text, url, whole

EMBEDS_MAX = 10
TOTAL_MAX = 6000  # characters of title, description, fields, footer and author of all embeds
ADDRESS = url("http", "https")
PICTURE = record({"url": url("http", "https", "attachment")}, {})

EMBED = record(
    {},
    {
        "title": text(256),
        "description": text(4096),
        "url": ADDRESS,
        "timestamp": anything,
        "color": whole(0, 0xFFFFFF),
        "footer": record({"text": text(2048)}, {"icon_url": url("http", "https", "attachment")}),
        "image": PICTURE,
        "thumbnail": PICTURE,
        "author": record({"name": text(256)}, {"url": ADDRESS}),
        "fields": array(
            record({"name": text(256, 1), "value": text(1024, 1)}, {"inline": flag}), 25
        ),
    },
)
_EMBEDS = array(EMBED, EMBEDS_MAX)


def check_embeds(embeds: Any, path: Path, problems: Problems) -> None:
    """Check all embeds of one message, one by one and together."""
    before = len(problems.found)
    _EMBEDS(embeds, path, problems)
    if len(problems.found) == before and sum(_size(each) for each in embeds) > TOTAL_MAX:
        words = f"Embed size exceeds maximum size of {TOTAL_MAX}"
        problems.add(path, "MAX_EMBED_SIZE_EXCEEDED", words)


def is_blank(embed: dict[str, Any]) -> bool:
    """True when it shows nothing."""
    return not any(value for name, value in embed.items() if name not in ("type", "flags", "color"))


def _size(embed: dict[str, Any]) -> int:
    size = len(embed.get("title") or "") + len(embed.get("description") or "")
    size += len((embed.get("footer") or {}).get("text") or "")
    size += len((embed.get("author") or {}).get("name") or "")
    return size + sum(len(f["name"]) + len(f["value"]) for f in embed.get("fields") or ())
