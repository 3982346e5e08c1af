from localchat.slack.errors import SlackError
from localchat.slack.web_api.call import Call, method
from localchat.slack.web_api.paging import page
from localchat.wire import Json

READ = ("channels:read", "groups:read", "im:read", "mpim:read")
MANAGE = ("im:write", "mpim:write", "channels:manage", "groups:write")
KINDS = {
    "public_channel": "channel",
    "private_channel": "private",
    "im": "dm",
    "mpim": "mpim",
}
PEOPLE_MAX = 8  # others in one group message


@method("conversations.open", *MANAGE, tier=3)
def open_(call: Call) -> Json:
    """Open, or find, the direct message with one person or the group message with several."""
    workspace, args = call.slack.workspace, call.args
    if args.text("channel"):
        channel = call.channel()
        if channel.kind not in ("dm", "mpim"):
            raise SlackError("method_not_supported_for_channel_type")
    else:
        people = _people_to_meet(call)
        call.need_scope("im:write" if len(people) == 1 else "mpim:write")
        known = workspace.direct_messages(*people, call.app.bot_user_id)
        channel = known or workspace.open_direct_messages(*people, call.app.bot_user_id)
        if known:
            extra: Json = {"no_op": True, "already_open": True}
            return extra | {"channel": _opened(call, channel.id)}
    return {"channel": _opened(call, channel.id)}


@method("conversations.info", *READ, tier=3)
def info(call: Call) -> Json:
    """One conversation."""
    channel = call.channel()
    return {"channel": channel.as_seen_by(call.app.bot_user_id, call.slack.workspace.team_id)}


@method("conversations.members", *READ, tier=4)
def members(call: Call) -> Json:
    """Who is in a conversation, by id."""
    shown, after = page(call, list(call.channel().members))
    return {"members": shown, "response_metadata": {"next_cursor": after}}


@method("conversations.list", *READ, tier=2)
def list_(call: Call) -> Json:
    """The conversations of the wanted types that the app can see."""
    bot, workspace = call.app.bot_user_id, call.slack.workspace
    kinds = {KINDS.get(name) for name in call.args.names("types") or ["public_channel"]}
    skips_archived = call.args.flag("exclude_archived")
    seen = [
        channel
        for channel in workspace.channels.values()
        if channel.kind in kinds
        and (channel.is_public or bot in channel.members)
        and not (skips_archived and channel.is_archived)
    ]
    shown, after = page(call, seen)
    objects = [channel.as_seen_by(bot, workspace.team_id) for channel in shown]
    return {"channels": objects, "response_metadata": {"next_cursor": after}}


@method("conversations.join", "channels:join", tier=3)
def join(call: Call) -> Json:
    """Become a member of a public channel."""
    channel = call.channel()
    if channel.is_archived:
        raise SlackError("is_archived")
    if not channel.is_public:
        raise SlackError("method_not_supported_for_channel_type")
    if call.app.bot_user_id in channel.members:
        call.warnings.append("already_in_channel")
    call.slack.workspace.join(call.app.bot_user_id, channel)
    return {"channel": channel.as_seen_by(call.app.bot_user_id, call.slack.workspace.team_id)}


def _people_to_meet(call: Call) -> list[str]:
    people = list(dict.fromkeys(call.args.names("users")))
    if not people:
        raise SlackError("users_list_not_supplied")
    if len(people) > PEOPLE_MAX:
        raise SlackError("too_many_users")
    known = call.slack.workspace.people
    for person_id in people:
        if person_id not in known:
            raise SlackError("user_not_found")
        if known[person_id].deleted:
            raise SlackError("user_disabled")
    return people


def _opened(call: Call, channel_id: str) -> Json:
    if not call.args.flag("return_im"):
        return {"id": channel_id}
    channel = call.slack.workspace.channels[channel_id]
    return channel.as_seen_by(call.app.bot_user_id, call.slack.workspace.team_id)
