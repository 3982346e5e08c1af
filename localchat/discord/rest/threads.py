from localchat.discord import permissions
from localchat.discord.errors import refused
from localchat.discord.place import Place
from localchat.discord.problems import Problems
from localchat.discord.rest.call import Call, Created, route
from localchat.discord.rest.messages import MESSAGE
from localchat.discord.rules.shapes import record, text
from localchat.wire import Json

_BODY = record({"name": text(100, 1)}, {})


@route("POST", MESSAGE + "/threads", major="channel")
def start_from_message(call: Call) -> Created:
    """Begin a thread at a message; it gets the message's id."""
    place = call.place()
    message = call.message(place)
    if message.thread:
        raise refused(160004)
    thread = _start(call, place, message.id)
    message.thread = thread
    message.flags |= 1 << 5
    call.discord.posting.touch(message)
    return Created(call.discord.workspace.place_json(thread))


@route("POST", "/channels/{channel}/threads", major="channel")
def start(call: Call) -> Created:
    """Begin a thread without a message."""
    thread = _start(call, call.place(), call.discord.workspace.ids.new())
    return Created(call.discord.workspace.place_json(thread))


@route("PUT", "/channels/{channel}/thread-members/@me")
def join(call: Call) -> None:
    """Join a thread."""
    call.place().joined.add(call.discord.workspace.bot_id)


@route("GET", "/guilds/{guild}/threads/active")
def active(call: Call) -> Json:
    """The threads that are not archived."""
    guild = call.guild()
    seen = [t for t in guild.threads.values() if not t.is_archived]
    shown = [t for t in seen if call.may(t, permissions.VIEW_CHANNEL)]
    return {"threads": [call.discord.workspace.place_json(t) for t in shown], "members": []}


def _start(call: Call, place: Place, thread_id: str) -> Place:
    if place.kind != "text":
        raise refused(50024)
    call.need(place, permissions.CREATE_PUBLIC_THREADS)
    problems = Problems()
    _BODY(call.json(), (), problems)
    problems.refuse()
    workspace = call.discord.workspace
    return workspace.add_thread(place, thread_id, call.json()["name"], workspace.bot_id)
