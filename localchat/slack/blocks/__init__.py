"""Block Kit as Slack checks it: structure, lengths, ids."""

from collections.abc import Callable
from typing import Any

from localchat.slack.blocks.layout import BASIC
from localchat.slack.blocks.newer import NEWER
from localchat.slack.blocks.normal import missing_files, normalised, text_length
from localchat.slack.blocks.shapes import Problems, array, by_type
from localchat.slack.blocks.views import view_problems
from localchat.slack.errors import SlackError, invalid_arguments
from localchat.wire import Json, dumps

TEXT_MAX = 13_200  # characters in all blocks of a message; slackapi/bolt-js issues 2509, 2867
VIEW_MAX = 250_000  # bytes
IsShown = Callable[[Json], bool]

_MESSAGE = array(by_type(also=BASIC | NEWER), 50)


def message_problems(blocks: Any) -> Problems:
    """What is wrong with a message's blocks, in Slack's words; empty when nothing is."""
    problems: Problems = []
    _MESSAGE(blocks, "/blocks", problems)
    return problems


def check_message_blocks(blocks: Any, is_shown: IsShown) -> list[Json]:
    """The blocks as Slack would store them.

    Raises:
        SlackError: invalid_blocks or msg_blocks_too_long.
    """
    problems = message_problems(blocks) or missing_files(blocks, is_shown)
    if problems:
        raise invalid_blocks(problems)
    if text_length(blocks) > TEXT_MAX:
        raise SlackError("msg_blocks_too_long")
    return normalised(blocks)


def check_view(view: Any, kind: str, is_shown: IsShown) -> Json:
    """The view as Slack would store it.

    Raises:
        SlackError: invalid_arguments or view_too_large.
    """
    if len(dumps(view).encode()) > VIEW_MAX:
        raise SlackError("view_too_large")
    problems = view_problems(view, kind) or missing_files(view["blocks"], is_shown)
    if problems:
        raise invalid_arguments(*problems)
    return {**view, "blocks": normalised(view["blocks"])}


def invalid_blocks(problems: Problems) -> SlackError:
    """The refusal, with every problem and where it is."""
    messages = [f"[ERROR] {problem}" for problem in problems]
    return SlackError("invalid_blocks", errors=problems, response_metadata={"messages": messages})
