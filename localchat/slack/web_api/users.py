from localchat.slack.errors import SlackError
from localchat.slack.web_api.call import Call, method
from localchat.slack.web_api.conversations import KINDS, READ
from localchat.slack.web_api.paging import page
from localchat.wire import Json


@method("users.info", "users:read", tier=4)
def info(call: Call) -> Json:
    """One person."""
    workspace = call.slack.workspace
    person = workspace.people.get(call.args.required("user"))
    if person is None:
        raise SlackError("user_not_found")
    return {"user": workspace.user(person)}


@method("users.list", "users:read", tier=2)
def list_(call: Call) -> Json:
    """Everybody, the deactivated too."""
    workspace = call.slack.workspace
    shown, after = page(call, list(workspace.people.values()), default=1000)
    people = [workspace.user(person) for person in shown]
    cache_ts = int(workspace.clock.now())
    return {"members": people, "cache_ts": cache_ts, "response_metadata": {"next_cursor": after}}


@method("users.lookupByEmail", "users:read.email", tier=3)
def lookup_by_email(call: Call) -> Json:
    """The person with an address."""
    person = call.slack.workspace.person_with_email(call.args.required("email"))
    if person is None or person.deleted:
        raise SlackError("users_not_found")
    return {"user": call.slack.workspace.user(person)}


@method("users.conversations", *READ, tier=3)
def conversations(call: Call) -> Json:
    """The conversations that a person, by default the app itself, is in."""
    workspace, bot = call.slack.workspace, call.app.bot_user_id
    person_id = call.args.text("user", bot)
    kinds = {KINDS.get(name) for name in call.args.names("types") or ["public_channel"]}
    theirs = [
        channel
        for channel in workspace.channels.values()
        if person_id in channel.members
        and channel.kind in kinds
        and (channel.is_public or bot in channel.members)
    ]
    shown, after = page(call, theirs)
    objects = [channel.as_seen_by(bot, workspace.team_id) for channel in shown]
    return {"channels": objects, "response_metadata": {"next_cursor": after}}


@method("usergroups.users.list", "usergroups:read", tier=2)
def user_group(call: Call) -> Json:
    """Who is in a user group, by id."""
    group = call.slack.workspace.user_groups.get(call.args.required("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": list(group.members)}
