from localchat.discord import flags, permissions
from localchat.discord.errors import refused, unknown
from localchat.discord.messages import Message
from localchat.discord.place import Place
from localchat.discord.problems import Problems
from localchat.discord.rest.call import Call, route
from localchat.discord.rules.messages import check_message
from localchat.discord.writing import Draft
from localchat.wire import Json

PAGE, PAGE_MAX = 50, 100
MESSAGES = "/channels/{channel}/messages"
MESSAGE = "/channels/{channel}/messages/{message}"


def checked(call: Call, *, was_v2: bool = False) -> Draft:
    """The body as a draft.

    Raises:
        DiscordError: 50035: something is wrong with it.
    """
    problems = Problems()
    check_message(call.body if call.body is not None else {}, problems, was_v2=was_v2)
    problems.refuse()
    return Draft(call.json(), call.uploads)


@route("POST", MESSAGES, bucket="messages", major="channel")
def create(call: Call) -> Json:
    """Post a message."""
    discord, place = call.discord, call.place()
    _need_writing(call, place)
    draft = checked(call)
    if earlier := discord.nonces.earlier(draft.body):
        return discord.posting.json(earlier)
    discord.limits.count_write(place)
    made = discord.writing.make(
        place, draft, allowed_flags=flags.ON_CREATE, reply_to=_replied(place, draft)
    )
    made.nonce = draft.body.get("nonce")
    discord.posting.post(made)
    discord.nonces.remember(made)
    return discord.posting.json(made)


@route("GET", MESSAGES)
def look_back(call: Call) -> list[Json]:
    """A channel's messages, newest first."""
    place = call.place()
    if not call.may(place, permissions.READ_MESSAGE_HISTORY):
        return []
    limit = call.number("limit", PAGE, PAGE_MAX)
    found: list[Message] = []
    before, after = call.query.get("before", ""), call.query.get("after", "")
    if after.isdigit():
        newer = [m for m in place.messages.values() if int(m.id) > int(after)]
        found = newer[:limit][::-1]
    else:
        for message in reversed(place.messages.values()):
            if before.isdigit() and int(message.id) >= int(before):
                continue
            found.append(message)
            if len(found) == limit:
                break
    return [call.discord.posting.view.for_app(each) for each in found]


@route("GET", MESSAGE)
def show(call: Call) -> Json:
    """One message."""
    return call.discord.posting.view.for_app(call.message(call.place()))


@route("PATCH", MESSAGE, bucket="edits", major="channel")
def edit(call: Call) -> Json:
    """Change the bot's own message."""
    discord, place = call.discord, call.place()
    message = call.message(place)
    if message.author_id != discord.workspace.bot_id:
        raise refused(50005)
    need_open(place)
    draft = checked(call, was_v2=message.is_v2)
    discord.limits.count_edit(message)
    discord.writing.change(message, draft)
    return discord.posting.json(message)


@route("DELETE", MESSAGE, bucket="deletes", major="channel")
def delete(call: Call) -> None:
    """Delete a message: the bot's own, or with permission another's."""
    discord, place = call.discord, call.place()
    message = call.message(place)
    if message.author_id != discord.workspace.bot_id:
        call.need(place, permissions.MANAGE_MESSAGES)
    need_open(place)
    discord.posting.remove(message)


def need_open(place: Place) -> None:
    """Insist that a thread is not archived.

    Raises:
        DiscordError: 50083: it is.
    """
    if place.is_archived:
        raise refused(50083)


def _need_writing(call: Call, place: Place) -> None:
    workspace = call.discord.workspace
    if place.guild is None:
        other = place.other_than(workspace.bot_id)
        if not workspace.have_common_guild(workspace.bot_id, other):
            raise refused(50278)
        if not workspace.people[other].takes_dms:
            raise refused(50007)
        return
    is_thread = place.kind == "thread"
    in_threads = permissions.SEND_MESSAGES_IN_THREADS
    call.need(place, in_threads if is_thread else permissions.SEND_MESSAGES)
    need_open(place)
    if call.uploads:
        call.need(place, permissions.ATTACH_FILES)
    if call.json().get("embeds"):
        call.need(place, permissions.EMBED_LINKS)


def _replied(place: Place, draft: Draft) -> Message | None:
    reference = draft.body.get("message_reference")
    if not reference:
        return None
    found = place.messages.get(str(reference.get("message_id")))
    if found is None and reference.get("fail_if_not_exists", True):
        raise unknown("Message")
    return found
