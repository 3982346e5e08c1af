from collections.abc import Iterator
from itertools import islice

from localchat.slack.conversation import Conversation
from localchat.slack.errors import SlackError
from localchat.slack.messages import Message
from localchat.slack.web_api.call import Call, method
from localchat.slack.web_api.paging import MOST, page, read_cursor, write_cursor
from localchat.wire import Json

HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
SCOPES = {
    "channel": "channels:history",
    "private": "groups:history",
    "dm": "im:history",
    "mpim": "mpim:history",
}


@method("conversations.history", *HISTORY, tier=3)
def history(call: Call) -> Json:
    """Messages of a conversation, newest first, without replies in threads."""
    channel = _readable(call)
    limit = min(max(call.args.number("limit", 100), 1), MOST)
    start = read_cursor(call.args.text("cursor"))
    found = list(islice(_newest_first(call, channel), start, start + limit + 1))
    has_more = len(found) > limit
    body: Json = {
        "messages": [_shown(call, message) for message in found[:limit]],
        "has_more": has_more,
        "pin_count": 0,
    }
    if has_more:
        body["response_metadata"] = {"next_cursor": write_cursor(start + limit)}
    return body


@method("conversations.replies", *HISTORY, tier=3)
def replies(call: Call) -> Json:
    """A thread: its first message, then the replies, oldest first."""
    channel = _readable(call)
    first = channel.messages.get(call.args.required("ts"))
    if first is None:
        raise SlackError("thread_not_found")
    first = channel.messages.get(first.thread_ts, first)
    thread = [first, *(channel.messages[ts] for ts in first.replies if ts in channel.messages)]
    shown, after = page(call, thread, default=1000)
    body: Json = {"messages": [_shown(call, m) for m in shown], "has_more": bool(after)}
    return body | ({"response_metadata": {"next_cursor": after}} if after else {})


def _readable(call: Call) -> Conversation:
    channel = call.channel()
    call.need_scope(SCOPES[channel.kind])
    if call.app.bot_user_id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _newest_first(call: Call, channel: Conversation) -> Iterator[Message]:
    oldest = _ts(call.args.text("oldest", "0"), "invalid_ts_oldest")
    latest = _ts(call.args.text("latest") or "inf", "invalid_ts_latest")
    is_inclusive = call.args.flag("inclusive")
    for message in reversed(channel.messages.values()):
        at = float(message.ts)
        if at < oldest:
            return
        if at in (oldest, latest) and not is_inclusive:
            continue
        if at <= latest and (not message.is_reply or message.is_broadcast):
            yield message


def _ts(text: str, error: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise SlackError(error) from None


def _shown(call: Call, message: Message) -> Json:
    with_metadata = call.args.flag("include_all_metadata")
    return call.slack.posting.json(message, with_metadata=with_metadata)
