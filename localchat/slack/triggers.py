from dataclasses import dataclass

from localchat.clock import Clock
from localchat.slack.errors import SlackError
from localchat.slack.ids import Ids, secret
from localchat.slack.options import Options
from localchat.world import App

REMEMBERED = 50_000  # older ones answer invalid_trigger_id


@dataclass(slots=True)
class Trigger:
    """A person's click or command, which an app may exchange for a modal, once and soon."""

    app_id: str
    person_id: str
    made_at: float
    view_id: str = ""  # the modal it happened in
    is_used: bool = False


class Triggers:
    """Trigger ids: given out with interactions, exchanged in views.open and views.push."""

    def __init__(self, clock: Clock, ids: Ids, options: Options) -> None:
        self._clock = clock
        self._ids = ids
        self._options = options
        self.clear()

    def clear(self) -> None:
        """Forget all."""
        self._triggers: dict[str, Trigger] = {}

    def new(self, app: App, person_id: str, view_id: str = "") -> str:
        """A trigger id such as `13.60466176000.0f3a…`."""
        text = f"{self._ids.number()}.{self._ids.number()}.{secret(32)}"
        self._triggers[text] = Trigger(app.id, person_id, self._clock.now(), view_id)
        if len(self._triggers) > REMEMBERED:
            del self._triggers[next(iter(self._triggers))]
        return text

    def exchange(self, text: str, app: App) -> Trigger:
        """Use a trigger up.

        Raises:
            SlackError: invalid_trigger_id, exchanged_trigger_id or expired_trigger_id.
        """
        trigger = self._triggers.get(text)
        if trigger is None or trigger.app_id != app.id:
            raise SlackError("invalid_trigger_id")
        if trigger.is_used:
            raise SlackError("exchanged_trigger_id")
        if self._clock.now() - trigger.made_at > self._options.trigger_lives_for:
            raise SlackError("expired_trigger_id")
        trigger.is_used = True
        return trigger
