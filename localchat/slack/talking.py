from localchat.slack import payloads
from localchat.slack.acks import Ack
from localchat.slack.acting import Acting
from localchat.slack.errors import SlackError
from localchat.slack.outcomes import Outcome, from_ack, refusal
from localchat.wire import Json
from localchat.world import App


class Talking:
    """What people type: messages and slash commands."""

    def __init__(self, acting: Acting) -> None:
        self._acting = acting
        self._workspace = acting.workspace

    async def say(self, person_id: str, channel_id: str, text: str, thread_ts: str = "") -> Outcome:
        """Post a message, or run a command when the text begins with a slash."""
        if text.startswith("/"):
            return await self.command(person_id, channel_id, text)
        channel = self._workspace.channels.get(channel_id)
        if channel is None or not self._workspace.may_read(person_id, channel):
            return refusal("channel_not_found", "This channel does not exist for you.")
        if channel.is_archived:
            return refusal("is_archived", "This channel is archived.")
        if person_id not in channel.members:
            return refusal("not_in_channel", "Join the channel to write in it.")
        message = self._acting.posting.say(channel, person_id, text, thread_ts)
        return Outcome(True, response={"ts": message.ts})

    async def command(self, person_id: str, channel_id: str, line: str) -> Outcome:
        """Run a slash command such as `/review next`; the app's answer is shown in the channel."""
        name, _, text = line.partition(" ")
        known = self._workspace.command(name)
        if known is None:
            return refusal("unknown_command", f"{name} is not a valid command.")
        channel = self._workspace.channels.get(channel_id)
        if channel is None or not self._workspace.may_read(person_id, channel):
            return refusal("channel_not_found", "This channel does not exist for you.")
        app, _ = known
        acting = self._acting
        payload = payloads.slash_command(
            self._workspace, app, acting.person(person_id), channel_id, name, text.strip()
        )
        payload["response_url"] = acting.response_urls.new(app, person_id, channel_id)
        payload["trigger_id"] = acting.triggers.new(app, person_id)
        ack = await acting.delivery.interact(app, "slash_commands", payload)
        if not ack.is_acked:
            return _failed(name, ack)
        return self._show_answer(app, person_id, channel_id, ack)

    def _show_answer(self, app: App, person_id: str, channel_id: str, ack: Ack) -> Outcome:
        body: Json = ack.payload or ({"text": ack.text} if ack.text else {})
        if body:
            try:
                self._acting.response_urls.answer_command(app, person_id, channel_id, body)
            except SlackError as error:
                return Outcome(
                    False, error.error, "The app's answer cannot be shown.", ack.ms, body
                )
        return from_ack(ack)


def _failed(name: str, ack: Ack) -> Outcome:
    if ack.kind == "no_ack":
        message = f"{name} failed because the app did not respond."
        return Outcome(False, "operation_timeout", message, ack.ms)
    return Outcome(
        False, "dispatch_failed", f'{name} failed with the error "dispatch_failed"', ack.ms
    )
