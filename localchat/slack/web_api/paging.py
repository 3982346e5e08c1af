import base64
import binascii
from typing import TypeVar

from localchat.slack.errors import SlackError
from localchat.slack.web_api.call import Call

Item = TypeVar("Item")
MOST = 1000


def page(call: Call, items: list[Item], default: int = 100) -> tuple[list[Item], str]:
    """The items that `cursor` and `limit` ask for, and the cursor of the next page ("" at the end).

    Raises:
        SlackError: invalid_cursor.
    """
    limit = min(max(call.args.number("limit", default), 1), MOST)
    start = read_cursor(call.args.text("cursor"))
    end = start + limit
    return items[start:end], write_cursor(end) if end < len(items) else ""


def write_cursor(position: int) -> str:
    """A cursor that stands for `position`."""
    return base64.b64encode(f"next:{position}".encode()).decode()


def read_cursor(cursor: str) -> int:
    """The position that a cursor stands for; 0 for none.

    Raises:
        SlackError: invalid_cursor.
    """
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        if word == "next":
            return int(number)
    except (binascii.Error, ValueError):
        pass
    raise SlackError("invalid_cursor")
