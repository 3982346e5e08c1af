"""Answers to interactions: which type answers which kind, and what modals and choices may hold."""

from localchat.discord.problems import Problems
from localchat.discord.rules.components import check_modal
from localchat.discord.rules.messages import check_message
from localchat.discord.rules.shapes import anything, array, record, text
from localchat.wire import Json

PONG, REPLY, DEFER_REPLY, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 1, 4, 5, 6, 7, 8, 9
PING, COMMAND, COMPONENT, AUTOCOMPLETE, SUBMISSION = 1, 2, 3, 4, 5  # kinds of interactions

CALLBACK_NAMES = {  # as Discord's own messages name them: Rapptz/discord.py issue 9187
    PONG: "PONG",
    REPLY: "CHANNEL_MESSAGE_WITH_SOURCE",
    DEFER_REPLY: "DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE",
    DEFER_UPDATE: "DEFERRED_UPDATE_MESSAGE",
    UPDATE: "UPDATE_MESSAGE",
    CHOICES: "APPLICATION_COMMAND_AUTOCOMPLETE_RESULT",
    MODAL: "MODAL",
}
ANSWERS = {
    PING: (PONG,),
    COMMAND: (REPLY, DEFER_REPLY, MODAL),
    COMPONENT: (REPLY, DEFER_REPLY, DEFER_UPDATE, UPDATE, MODAL),
    AUTOCOMPLETE: (CHOICES,),
    SUBMISSION: (REPLY, DEFER_REPLY),
}
SUBMISSION_FROM_MESSAGE = (REPLY, DEFER_REPLY, DEFER_UPDATE, UPDATE)  # its modal came from a click
CHOICES_MAX = 25

_CHOICES = record(
    {"choices": array(record({"name": text(100, 1), "value": anything}, {}), CHOICES_MAX)}, {}
)
_MODAL = record({"custom_id": text(100, 1), "title": text(45, 1), "components": anything}, {})


def check_callback(
    body: object, kind: int, problems: Problems, *, has_message: bool, was_v2: bool
) -> None:
    """Check an answer to an interaction.

    Args:
        body: what the app sent.
        kind: of the interaction.
        problems: where faults are noted.
        has_message: whether the interaction began at a message's component.
        was_v2: whether that message is a V2 message.
    """
    answer = body.get("type") if isinstance(body, dict) else None
    allowed = ANSWERS[kind]
    if kind == SUBMISSION and has_message:
        allowed = SUBMISSION_FROM_MESSAGE
    if not isinstance(body, dict) or isinstance(answer, bool) or answer not in allowed:
        names = ", ".join(f"<InteractionCallbackTypes.{CALLBACK_NAMES[a]}: {a}>" for a in allowed)
        problems.add(("type",), "BASE_TYPE_CHOICES", f"Value must be one of {{{names}}}.")
        return
    data = body.get("data")
    if answer in (DEFER_REPLY, DEFER_UPDATE, PONG):
        return
    if data is None and answer in (REPLY, CHOICES, MODAL):
        problems.add(("data",), "BASE_TYPE_REQUIRED", "This field is required")
        return
    _check_data(answer, data or {}, problems, was_v2=was_v2 and answer == UPDATE)


def _check_data(answer: int, data: Json, problems: Problems, *, was_v2: bool) -> None:
    path = ("data",)
    if answer in (REPLY, UPDATE):
        check_message(data, problems, was_v2=was_v2, path=path)
    elif answer == CHOICES:
        _CHOICES(data, path, problems)
    else:
        _MODAL(data, path, problems)
        if not problems:
            check_modal(data, path, problems)
