from dataclasses import dataclass, field

from localchat.discord import normal
from localchat.discord.changes import Change
from localchat.discord.interactions import Interaction
from localchat.discord.workspace import Workspace
from localchat.wire import Json


@dataclass(eq=False, slots=True)
class Modal:
    """A form that is open on somebody's screen."""

    id: str
    person_id: str
    origin: Interaction  # whose answer it is
    custom_id: str
    title: str
    components: list[Json] = field(default_factory=list)

    def as_json(self) -> Json:
        """For the harness and the page."""
        return {
            "id": self.id,
            "custom_id": self.custom_id,
            "title": self.title,
            "components": self.components,
            "channel_id": self.origin.place.id,
        }


class Modals:
    """The open forms: one for each person, as in Discord's clients."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.clear()

    def clear(self) -> None:
        """Close all."""
        self._open: dict[str, Modal] = {}

    def of(self, person_id: str) -> Modal | None:
        """What a person has open."""
        return self._open.get(person_id)

    def open(self, interaction: Interaction, data: Json) -> Modal:
        """Show a form to the one who acted, in place of any other."""
        modal = Modal(
            self._workspace.ids.new(),
            interaction.person_id,
            interaction,
            data["custom_id"],
            data["title"],
            normal.components(data["components"], lambda url: {"url": url, "proxy_url": url}),
        )
        self.close(interaction.person_id)
        self._open[interaction.person_id] = modal
        self._tell("modal_opened", modal)
        return modal

    def close(self, person_id: str) -> Modal | None:
        """Take a person's form away."""
        modal = self._open.pop(person_id, None)
        if modal:
            self._tell("modal_closed", modal)
        return modal

    def _tell(self, kind: str, modal: Modal) -> None:
        place = modal.origin.place
        self._workspace.changes.publish(
            Change(
                kind,  # type: ignore[arg-type]  # the callers above pass literals
                place,
                guild=place.guild,
                person_id=modal.person_id,
                modal=modal.as_json(),
            )
        )
