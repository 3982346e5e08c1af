import re

from localchat.slack.errors import SlackError
from localchat.slack.web_api.call import Call, method
from localchat.wire import Json

NAME = re.compile(r"^[a-z0-9_+'-]+(::skin-tone-[2-6])?$")


@method("reactions.add", "reactions:write", tier=3)
def add(call: Call) -> Json:
    """Add an emoji to a message."""
    name = call.args.required("name").strip(":")
    channel = call.channel()
    message = channel.messages.get(call.args.required("timestamp"))
    if not NAME.match(name):
        raise SlackError("invalid_name")
    if message is None:
        raise SlackError("message_not_found")
    if channel.is_archived:
        raise SlackError("is_archived")
    if not call.slack.posting.react(message, call.app.bot_user_id, name):
        raise SlackError("already_reacted")
    return {}
