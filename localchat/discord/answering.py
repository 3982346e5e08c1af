from localchat.discord import flags
from localchat.discord.errors import unknown
from localchat.discord.files import Upload
from localchat.discord.interactions import Callback, Interaction, Interactions
from localchat.discord.messages import COMMAND_ANSWER, DEFAULT, REPLY, Message
from localchat.discord.modals import Modals
from localchat.discord.posting import Posting, refer
from localchat.discord.rules.callbacks import (
    CHOICES,
    COMMAND,
    DEFER_REPLY,
    DEFER_UPDATE,
    MODAL,
    UPDATE,
)
from localchat.discord.rules.callbacks import REPLY as REPLY_NOW
from localchat.discord.rules.messages import number
from localchat.discord.times import elapsed_ms
from localchat.discord.writing import Draft, Writing
from localchat.wire import Json


class Answering:
    """What an app's answers to an interaction do."""

    def __init__(
        self, interactions: Interactions, writing: Writing, posting: Posting, modals: Modals
    ) -> None:
        self._interactions = interactions
        self._writing = writing
        self._posting = posting
        self._modals = modals

    def answer(self, interaction: Interaction, body: Json, uploads: list[Upload]) -> Callback:
        """Do what a checked callback says."""
        kind, data = body["type"], body.get("data") or {}
        callback = Callback(kind, elapsed_ms(interaction.started), body=data)
        if kind == REPLY_NOW:
            callback.message = self._reply(interaction, Draft(data, uploads))
        elif kind == DEFER_REPLY:
            callback.message = self._begin_thinking(interaction, data)
        elif kind in (DEFER_UPDATE, UPDATE) and interaction.source:
            if kind == UPDATE:
                if interaction.source.is_deleted:
                    raise unknown("Message")
                self._writing.change(interaction.source, Draft(data, uploads))
            callback.message = interaction.source
        elif kind == MODAL:
            self._modals.open(interaction, data)
        self._interactions.settle(interaction, callback)
        return callback

    def follow_up(self, interaction: Interaction, draft: Draft) -> Message:
        """Send another message, or finish the deferred one."""
        original = interaction.original
        if original and original.is_loading and not original.is_deleted:
            self._writing.change(original, draft)
            return original
        made = self._made(interaction, draft)
        if original and not original.is_deleted:
            refer(made, original)
        self._posting.post(made)
        interaction.message_ids.add(made.id)
        return made

    def as_json(self, interaction: Interaction, callback: Callback) -> Json:
        """The answer to `with_response=1`."""
        about: Json = {"id": interaction.id, "type": interaction.kind}
        message = callback.message
        resource: Json = {"type": callback.type}
        if message and callback.type != DEFER_UPDATE:
            about["response_message_id"] = message.id
            about["response_message_loading"] = message.is_loading
            about["response_message_ephemeral"] = bool(message.ephemeral_to)
            resource["message"] = self._posting.json(message)
        about["channel_id"] = interaction.place.id
        if interaction.place.guild:
            about["guild_id"] = interaction.place.guild_id
        if callback.type in (MODAL, CHOICES, DEFER_UPDATE):
            return {"interaction": about}
        return {"interaction": about, "resource": resource}

    def _reply(self, interaction: Interaction, draft: Draft) -> Message:
        return self._posting.post(self._made(interaction, draft, is_first=True))

    def _made(self, interaction: Interaction, draft: Draft, *, is_first: bool = False) -> Message:
        is_ephemeral = number(draft.body.get("flags")) & flags.EPHEMERAL
        made = self._writing.make(
            interaction.place,
            draft,
            allowed_flags=flags.ON_REPLY,
            ephemeral_to=interaction.person_id if is_ephemeral else "",
            token=interaction.token,
        )
        self._attribute(interaction, made, is_first=is_first)
        return made

    def _begin_thinking(self, interaction: Interaction, data: Json) -> Message:
        """D14: the loading message takes the flag EPHEMERAL and no other."""
        is_ephemeral = number(data.get("flags")) & flags.EPHEMERAL
        workspace = self._posting.workspace
        made = Message(
            workspace.ids.new(),
            interaction.place,
            workspace.bot_id,
            flags=flags.LOADING | (flags.EPHEMERAL if is_ephemeral else 0),
            ephemeral_to=interaction.person_id if is_ephemeral else "",
            token=interaction.token,
        )
        self._attribute(interaction, made, is_first=True)
        return self._posting.post(made)

    def _attribute(self, interaction: Interaction, made: Message, *, is_first: bool) -> None:
        made.interaction = interaction.metadata
        if interaction.kind == COMMAND and is_first:
            made.type = COMMAND_ANSWER
        elif is_first and interaction.source and not interaction.source.is_deleted:
            refer(made, interaction.source)
            made.type = REPLY if not interaction.source.ephemeral_to else DEFAULT
