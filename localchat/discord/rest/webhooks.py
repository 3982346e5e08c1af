"""What an app does with an interaction's token after its first answer."""

from localchat.discord.errors import unknown
from localchat.discord.interactions import Interaction
from localchat.discord.messages import Message
from localchat.discord.rest.call import Call, Handler, route
from localchat.discord.rest.messages import checked
from localchat.wire import Json

WEBHOOK = "/webhooks/{application}/{token}"
MESSAGE = WEBHOOK + "/messages/{message}"


def follow_up(call: Call) -> Json:
    """Send another message; the first one after a deferral becomes the reply: D14."""
    interaction = _interaction(call)
    draft = checked(call)
    made = call.discord.answering.follow_up(interaction, draft)
    return call.discord.posting.json(made)


def show(call: Call) -> Json:
    """One of the interaction's messages, or `@original`."""
    return call.discord.posting.json(_message(call))


def edit(call: Call) -> Json:
    """Change one of the interaction's messages."""
    message = _message(call)
    draft = checked(call, was_v2=message.is_v2)
    call.discord.writing.change(message, draft)
    return call.discord.posting.json(message)


def delete(call: Call) -> None:
    """Delete one of the interaction's messages."""
    call.discord.posting.remove(_message(call))


def _interaction(call: Call) -> Interaction:
    if call.params["application"] != call.discord.workspace.application.id:
        raise unknown("Webhook")
    return call.discord.interactions.answered(call.params["token"])


def _message(call: Call) -> Message:
    interaction, wanted = _interaction(call), call.params["message"]
    if wanted == "@original":
        message = interaction.original
    else:
        known = wanted in interaction.message_ids
        message = call.discord.posting.get(wanted) if known else None
    if message is None or message.is_deleted:
        raise unknown("Message")
    return message


def _register(method: str, path: str, handler: Handler) -> None:
    route(method, path, bucket="webhooks", major="token", needs_token=False, is_global=False)(
        handler
    )


_register("POST", WEBHOOK, follow_up)
_register("GET", MESSAGE, show)
_register("PATCH", MESSAGE, edit)
_register("DELETE", MESSAGE, delete)
