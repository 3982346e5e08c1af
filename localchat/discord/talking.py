from localchat.discord import mentions, permissions
from localchat.discord.mentions import mentions_of
from localchat.discord.outcomes import Outcome, refusal
from localchat.discord.place import Place
from localchat.discord.posting import Posting

CONTENT_MAX = 2000  # characters, of people without a subscription


class Talking:
    """What people write, react with and delete."""

    def __init__(self, posting: Posting) -> None:
        self._posting = posting
        self._workspace = posting.workspace

    def say(self, person_id: str, place_id: str, text: str, reply_to: str = "") -> Outcome:
        """Post what a person writes; the message is in the outcome's response."""
        place = self._workspace.places.get(place_id)
        if place is None or not self._workspace.may_read(person_id, place):
            return refusal("unknown_channel", "This channel does not exist for you.")
        if problem := self._problem(person_id, place, text):
            return problem
        allowed = self._workspace.may(person_id, place)
        reference = place.messages.get(reply_to)
        message = self._posting.say(place, person_id, text, reference)
        may_all = bool(allowed & permissions.MENTION_EVERYONE)
        message.mentions = mentions_of(text, None, mentions.ALL, may_all=may_all)
        if place.is_archived:
            place.is_archived = False
            self._workspace.channel_changed(place)
        place.spoke_at[person_id] = self._workspace.clock.now()
        self._posting.post(message)
        return Outcome(True, response=self._posting.json(message))

    def react(self, person_id: str, message_id: str, emoji: str) -> Outcome:
        """Add a reaction, or take one's own back."""
        message = self._posting.find(person_id, message_id)
        if message is None or message.ephemeral_to:
            return refusal("message_not_found", f"{person_id} sees no message {message_id}.")
        is_on = person_id not in message.reactions.get(emoji, ())
        self._posting.react(message, person_id, emoji, is_on=is_on)
        return Outcome(True)

    def delete(self, person_id: str, message_id: str) -> Outcome:
        """Delete a message as a person: one's own, or a moderator any; or dismiss an ephemeral."""
        message = self._posting.find(person_id, message_id)
        if message is None:
            return refusal("message_not_found", f"{person_id} sees no message {message_id}.")
        allowed = self._workspace.may(person_id, message.place)
        is_moderator = bool(allowed & permissions.MANAGE_MESSAGES)
        if not (message.ephemeral_to or message.author_id == person_id or is_moderator):
            return refusal("missing_permissions", "This is somebody else's message.")
        self._posting.remove(message)
        return Outcome(True)

    def _problem(self, person_id: str, place: Place, text: str) -> Outcome | None:
        allowed = self._workspace.may(person_id, place)
        needed = permissions.SEND_MESSAGES
        if place.kind == "thread":
            needed = permissions.SEND_MESSAGES_IN_THREADS
        if not allowed & needed or (place.is_locked and not allowed & permissions.MANAGE_THREADS):
            return refusal("missing_permissions", "You may not write in this channel.")
        if not text.strip():
            return refusal("empty_message", "There is nothing to send.")
        if len(text) > CONTENT_MAX:
            return refusal("too_long", f"A message has {CONTENT_MAX} characters at most.")
        spoke_at = place.spoke_at.get(person_id)
        now = self._workspace.clock.now()
        if place.slowmode and spoke_at and now - spoke_at < place.slowmode:
            return refusal("slowmode", "Slow mode is on in this channel.")
        return None
