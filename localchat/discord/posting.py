from localchat.discord.changes import Change, Kind
from localchat.discord.files import Files
from localchat.discord.messages import Message, MessageView
from localchat.discord.place import Place
from localchat.discord.workspace import Workspace
from localchat.wire import Json


class Posting:
    """Puts messages into places, changes them and takes them away."""

    def __init__(self, workspace: Workspace, files: Files) -> None:
        self.workspace = workspace
        self.files = files
        self.view = MessageView(workspace, files)
        self.clear()

    def clear(self) -> None:
        """Forget all ephemeral messages; the others live in their places."""
        self.ephemerals: dict[str, dict[str, Message]] = {}  # person's id, then message's
        self._by_id: dict[str, Message] = {}

    def get(self, message_id: str) -> Message | None:
        """A message, ephemeral or not, wherever it is."""
        return self._by_id.get(message_id)

    def find(self, person_id: str, message_id: str) -> Message | None:
        """A message that this person can see."""
        message = self._by_id.get(message_id)
        if message is None:
            return None
        if message.ephemeral_to:
            return message if message.ephemeral_to == person_id else None
        return message if self.workspace.may_read(person_id, message.place) else None

    def post(self, message: Message) -> Message:
        """Put `message` into its place, or show it to the one who may see it."""
        self._by_id[message.id] = message
        if message.ephemeral_to:
            self.ephemerals.setdefault(message.ephemeral_to, {})[message.id] = message
            self._tell("ephemeral", message)
            return message
        place = message.place
        place.messages[message.id] = message
        place.last_message_id = message.id
        place.sent_count += 1
        self._tell("message", message)
        return message

    def say(self, place: Place, person_id: str, text: str, reference: Message | None) -> Message:
        """A message that a person writes, not posted yet."""
        message = Message(self.workspace.ids.new(), place, person_id, text)
        if reference:
            refer(message, reference)
        return message

    def edit(self, message: Message, *, is_loaded: bool = False, **changes: object) -> None:
        """Change fields of a message; `is_loaded` when it only now gets its first content."""
        for name, value in changes.items():
            setattr(message, name, value)
        if not is_loaded:
            message.edited_at = self.workspace.clock.now()
        self.touch(message)

    def touch(self, message: Message) -> None:
        """Say that a message is not what it was."""
        self._tell("ephemeral_changed" if message.ephemeral_to else "message_changed", message)

    def remove(self, message: Message) -> None:
        """Take a message away."""
        message.is_deleted = True
        self._by_id.pop(message.id, None)
        if message.ephemeral_to:
            self.ephemerals.get(message.ephemeral_to, {}).pop(message.id, None)
            self._tell("ephemeral_deleted", message)
            return
        message.place.messages.pop(message.id, None)
        self._tell("message_deleted", message)

    def react(self, message: Message, person_id: str, emoji: str, *, is_on: bool = True) -> bool:
        """Add or take away a reaction; False when there was nothing to do."""
        people = message.reactions.setdefault(emoji, [])
        if (person_id in people) is is_on:
            return False
        if is_on:
            people.append(person_id)
        else:
            people.remove(person_id)
        kind: Kind = "reaction_added" if is_on else "reaction_removed"
        change = Change(kind, message.place, message, message.place.guild, person_id, emoji)
        self.workspace.changes.publish(change)
        return True

    def json(self, message: Message) -> Json:
        """The message object."""
        return self.view.json(message)

    def _tell(self, kind: Kind, message: Message) -> None:
        who = message.ephemeral_to or message.author_id
        change = Change(kind, message.place, message, message.place.guild, who)
        self.workspace.changes.publish(change)


def refer(message: Message, to: Message) -> None:
    """Make a message a reply."""
    message.type = 19
    message.referenced = to
    message.reference = {"type": 0, "message_id": to.id, "channel_id": to.place.id}
    if to.place.guild:
        message.reference["guild_id"] = to.place.guild_id
