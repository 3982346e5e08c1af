from dataclasses import replace

from localchat.slack.changes import Change, Kind
from localchat.slack.conversation import Conversation
from localchat.slack.ids import secret
from localchat.slack.messages import Message, as_json
from localchat.slack.workspace import Workspace
from localchat.wire import Json


class Posting:
    """Puts messages into conversations, changes them and takes them away."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.clear()

    def clear(self) -> None:
        """Forget all ephemeral messages; the others live in their conversations."""
        self.ephemerals: dict[str, dict[str, Message]] = {}  # person's id, then ts

    def post(self, message: Message) -> Message:
        """Put `message` into its conversation, and into its thread."""
        channel = self._workspace.channels[message.channel_id]
        channel.messages[message.ts] = message
        if message.is_reply and (parent := channel.messages.get(message.thread_ts)):
            parent.replies.append(message.ts)
        self._tell("message", message)
        return message

    def say(self, channel: Conversation, person_id: str, text: str, thread_ts: str) -> Message:
        """Post what a person wrote."""
        ts = self._workspace.ids.ts()
        message = Message(ts, channel.id, person_id, text, thread_ts=thread_ts)
        message.client_msg_id = secret()
        return self.post(message)

    def post_ephemeral(self, message: Message) -> Message:
        """Show `message` to `message.ephemeral_to` alone."""
        self.ephemerals.setdefault(message.ephemeral_to, {})[message.ts] = message
        self._tell("ephemeral", message)
        return message

    def edit(self, message: Message, editor_id: str, **changes: object) -> None:
        """Change fields of a message; `edited` says who and when."""
        before = self.json(message)
        for name, value in changes.items():
            setattr(message, name, value)
        if message.ephemeral_to:
            self._tell("ephemeral", message)
            return
        message.edited = {"user": editor_id, "ts": self._workspace.ids.ts()}
        self._tell("message_changed", message, before)

    def remove(self, message: Message) -> None:
        """Take a message away, ephemeral or not."""
        if message.ephemeral_to:
            self.ephemerals.get(message.ephemeral_to, {}).pop(message.ts, None)
            self._tell("ephemeral_deleted", message)
            return
        channel = self._workspace.channels[message.channel_id]
        channel.messages.pop(message.ts, None)
        parent = channel.messages.get(message.thread_ts)
        if parent and message.ts in parent.replies:
            parent.replies.remove(message.ts)
        self._tell("message_deleted", message, self.json(message))

    def react(self, message: Message, person_id: str, name: str) -> bool:
        """Add a reaction; False when the person had already given it."""
        people = message.reactions.setdefault(name, [])
        if person_id in people:
            return False
        people.append(person_id)
        self._workspace.changes.publish(
            Change(
                "reaction_added",
                message.channel_id,
                replace(message),
                ts=message.ts,
                person_id=person_id,
                name=name,
            )
        )
        return True

    def find(self, person_id: str, channel_id: str, ts: str) -> Message | None:
        """The message at `ts` that this person can see."""
        if message := self.ephemerals.get(person_id, {}).get(ts):
            return message
        channel = self._workspace.channels.get(channel_id)
        if channel is None or not self._workspace.may_read(person_id, channel):
            return None
        return channel.messages.get(ts)

    def json(self, message: Message, *, with_metadata: bool = False) -> Json:
        """The message as Slack's methods show it."""
        return as_json(message, self._workspace.team_id, with_metadata=with_metadata)

    def _tell(self, kind: Kind, message: Message, before: Json | None = None) -> None:
        change = Change(
            kind,
            message.channel_id,
            message,
            before,
            message.ts,
            message.ephemeral_to,
        )
        self._workspace.changes.publish(change)
