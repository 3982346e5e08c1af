import json
from typing import Any

from localchat.slack.blocks import check_message_blocks
from localchat.slack.conversation import Conversation
from localchat.slack.errors import SlackError
from localchat.slack.messages import Message
from localchat.slack.rate_limits import SPECIAL, UNTIERED
from localchat.slack.web_api.call import Call, method
from localchat.wire import Json

TEXT_MAX = 40_000  # characters; longer is truncated
ATTACHMENTS_MAX = 100


@method("chat.postMessage", "chat:write", tier=SPECIAL)
def post_message(call: Call) -> Json:
    """Post to a channel, or to a person's direct messages."""
    channel = destination(call)
    content = read_content(call)
    message = call.slack.posting.post(_message(call, channel, content))
    return _posted(call, message)


@method("chat.postEphemeral", "chat:write", tier=4)
def post_ephemeral(call: Call) -> Json:
    """Show a message to one member only."""
    person_id = call.args.required("user")
    channel = destination(call)
    if person_id not in channel.members:
        raise SlackError("user_not_in_channel")
    message = _message(call, channel, read_content(call))
    message.ephemeral_to = person_id
    call.slack.posting.post_ephemeral(message)
    return {"message_ts": message.ts}


@method("chat.update", "chat:write", tier=3)
def update(call: Call) -> Json:
    """Change one's own message."""
    message = _own_message(call, "cant_update_message")
    window = call.slack.options.edit_window
    if window is not None and call.slack.clock.now() - float(message.ts) > window:
        raise SlackError("edit_window_closed")
    changes = _changes(call)
    call.slack.posting.edit(message, call.app.bot_user_id, **changes)
    shown = call.slack.posting.json(message)
    return {"channel": message.channel_id, "ts": message.ts, "text": message.text, "message": shown}


@method("chat.delete", "chat:write", tier=3)
def delete(call: Call) -> Json:
    """Take one's own message away."""
    message = _own_message(call, "cant_delete_message")
    call.slack.posting.remove(message)
    return {"channel": message.channel_id, "ts": message.ts}


@method("chat.getPermalink", tier=UNTIERED)
def get_permalink(call: Call) -> Json:
    """A message's address."""
    channel, ts = call.channel(), call.args.required("message_ts")
    if ts not in channel.messages:
        raise SlackError("message_not_found")
    return {"channel": channel.id, "permalink": call.slack.workspace.permalink(channel.id, ts)}


def destination(call: Call) -> Conversation:
    """Where to post: an id, a channel's name, or a person's id for direct messages.

    Raises:
        SlackError: channel_not_found, not_in_channel, is_archived or restricted_action.
    """
    wanted, workspace = call.args.required("channel"), call.slack.workspace
    bot = call.app.bot_user_id
    if wanted in workspace.people:
        return workspace.open_direct_messages(wanted, bot)
    channel = workspace.channels.get(wanted) or workspace.channel_called(wanted)
    if channel is None:
        raise SlackError("channel_not_found")
    if bot not in channel.members:
        if not channel.is_public:
            raise SlackError("channel_not_found")
        if "chat:write.public" not in call.app.scopes:
            raise SlackError("not_in_channel")
    if channel.is_archived:
        raise SlackError("is_archived")
    if channel.is_read_only:
        raise SlackError("restricted_action")
    return channel


def read_content(call: Call) -> Json:
    """What a message is to show.

    Raises:
        SlackError: no_text, invalid_blocks and its kin, too_many_attachments, or a metadata error.
    """
    content = _given_content(call)
    if not any(content.get(name) for name in ("text", "blocks", "attachments")):
        raise SlackError("no_text")
    return content


def _given_content(call: Call) -> Json:
    """The parts of a message that the call gave, checked."""
    args = call.args
    content: Json = {}
    if args.given.get("text") is not None:
        content["text"] = _shortened(call, args.text("text"))
    blocks = args.structure("blocks", "invalid_blocks_format")
    if args.given.get("markdown_text"):
        if blocks or args.text("text"):
            raise SlackError("markdown_text_conflict")
        blocks = [{"type": "markdown", "text": args.text("markdown_text")}]
    if blocks is not None:
        content["blocks"] = check_message_blocks(blocks, call.slack.files.is_shown)
    attachments = args.structure("attachments", "invalid_attachments")
    if attachments is not None:
        content["attachments"] = _checked_attachments(call, attachments)
    if args.given.get("metadata"):
        content["metadata"] = _metadata(args.given["metadata"])
    return content


def _changes(call: Call) -> Json:
    """S13: text without blocks removes them, an empty list clears them, neither keeps them."""
    given = _given_content(call)
    if not any(name in given for name in ("text", "blocks", "attachments", "metadata")):
        raise SlackError("no_text")
    if "text" in given:
        given.setdefault("blocks", [])
    if not given.get("text") and given.get("blocks") == [] and not given.get("attachments"):
        raise SlackError("no_text")
    return given


def _shortened(call: Call, text: str) -> str:
    if len(text) > TEXT_MAX:
        call.warnings.append("message_truncated")
    return text[:TEXT_MAX]


def _checked_attachments(call: Call, attachments: Any) -> list[Json]:
    if not isinstance(attachments, list) or not all(isinstance(a, dict) for a in attachments):
        raise SlackError("invalid_attachments")
    if len(attachments) > ATTACHMENTS_MAX:
        raise SlackError("too_many_attachments")
    is_shown = call.slack.files.is_shown
    return [
        {**a, "blocks": check_message_blocks(a["blocks"], is_shown)} if a.get("blocks") else a
        for a in attachments
    ]


def _metadata(given: Any) -> Json:
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            raise SlackError("invalid_metadata_format") from None
    if not isinstance(given, dict):
        raise SlackError("invalid_metadata_format")
    kind, payload = given.get("event_type"), given.get("event_payload")
    if not isinstance(kind, str) or not kind or not isinstance(payload, dict):
        raise SlackError("invalid_metadata_schema")
    return {"event_type": kind, "event_payload": payload}


def _message(call: Call, channel: Conversation, content: Json) -> Message:
    args = call.args
    message = Message(
        call.slack.workspace.ids.ts(), channel.id, call.app.bot_user_id, app=call.app, **content
    )
    message.thread_ts = args.text("thread_ts")
    message.is_broadcast = args.flag("reply_broadcast")
    message.username = args.text("username")
    message.icons = {
        short: args.text(name)
        for short, name in (("emoji", "icon_emoji"), ("image_48", "icon_url"))
        if args.text(name)
    }
    if message.username or message.icons:
        call.need_scope("chat:write.customize")
        message.subtype = "bot_message"
    return message


def _own_message(call: Call, error: str) -> Message:
    """The message that a call may change; ephemeral ones are not found (S12)."""
    channel = call.channel()
    message = channel.messages.get(call.args.required("ts"))
    if message is None:
        raise SlackError("message_not_found")
    if message.app is not call.app:
        raise SlackError(error)
    return message


def _posted(call: Call, message: Message) -> Json:
    shown = call.slack.posting.json(message, with_metadata=True)
    return {"channel": message.channel_id, "ts": message.ts, "message": shown}
