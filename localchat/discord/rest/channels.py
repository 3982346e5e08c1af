from localchat.discord import permissions
from localchat.discord.changes import Change
from localchat.discord.errors import unknown
from localchat.discord.problems import invalid
from localchat.discord.rest.call import Call, route
from localchat.wire import Json


@route("GET", "/channels/{channel}")
def show(call: Call) -> Json:
    """One channel, thread or direct message."""
    return call.discord.workspace.place_json(call.place())


@route("PATCH", "/channels/{channel}", major="channel")
def change(call: Call) -> Json:
    """Archive, lock or rename a thread; other channels need a permission the bot seldom has."""
    place, body = call.place(), call.json()
    workspace = call.discord.workspace
    if place.kind != "thread":
        call.need(place, permissions.MANAGE_CHANNELS)
    elif place.owner_id != workspace.bot_id or "locked" in body:
        call.need(place, permissions.MANAGE_THREADS)
    place.name = body.get("name", place.name)
    place.topic = body.get("topic") or place.topic
    place.slowmode = body.get("rate_limit_per_user", place.slowmode)
    place.is_archived = body.get("archived", place.is_archived)
    place.is_locked = body.get("locked", place.is_locked)
    workspace.channel_changed(place)
    return workspace.place_json(place)


@route("POST", "/channels/{channel}/typing", major="channel")
def type_(call: Call) -> None:
    """Show that the bot is writing."""
    place = call.place()
    call.need(place, permissions.SEND_MESSAGES)
    workspace = call.discord.workspace
    workspace.changes.publish(
        Change("typing", place, guild=place.guild, person_id=workspace.bot_id)
    )


@route("POST", "/users/@me/channels")
def open_direct_messages(call: Call) -> Json:
    """Open the direct messages with somebody; whether they may be written to shows later."""
    workspace = call.discord.workspace
    recipient = str(call.json().get("recipient_id") or "")
    if not recipient.isdigit():
        words = f'Value "{recipient}" is not snowflake.'
        raise invalid(("recipient_id",), "NUMBER_TYPE_COERCE", words)
    if recipient not in workspace.people or recipient == workspace.bot_id:
        raise unknown("User")
    place = workspace.open_direct_messages(workspace.bot_id, recipient)
    return workspace.place_json(place)
