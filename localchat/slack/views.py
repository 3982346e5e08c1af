from dataclasses import dataclass, field

from localchat.slack.changes import Change, Kind
from localchat.slack.ids import secret
from localchat.slack.workspace import Workspace
from localchat.wire import Json
from localchat.world import App

MAX_IN_STACK = 3  # views.push: push_limit_reached


@dataclass(slots=True)
class View:
    """A modal or a Home tab that somebody has open."""

    id: str
    app: App
    person_id: str
    content: Json  # as the app sent it, normalised
    hash: str = ""
    root_id: str = ""
    previous_id: str = ""
    values: Json = field(default_factory=dict)  # block_id, action_id: what was entered

    @property
    def kind(self) -> str:
        """Either modal or home."""
        return str(self.content["type"])

    def as_json(self, team_id: str) -> Json:
        """The view object of responses and payloads."""
        content = self.content
        return {
            "id": self.id,
            "team_id": team_id,
            "type": self.kind,
            "blocks": content["blocks"],
            "private_metadata": content.get("private_metadata", ""),
            "callback_id": content.get("callback_id", ""),
            "state": {"values": self.values},
            "hash": self.hash,
            "title": content.get("title"),
            "clear_on_close": content.get("clear_on_close", False),
            "notify_on_close": content.get("notify_on_close", False),
            "close": content.get("close"),
            "submit": content.get("submit"),
            "previous_view_id": self.previous_id or None,
            "root_view_id": self.root_id or self.id,
            "app_id": self.app.id,
            "external_id": content.get("external_id", ""),
            "app_installed_team_id": team_id,
            "bot_id": self.app.bot_id,
        }


class Views:
    """Each person's stack of modals, bottom first, and each person's Home tabs."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.clear()

    def clear(self) -> None:
        """Close everything without telling anybody."""
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[tuple[str, str], View] = {}  # app's id, person's id
        self._by_id: dict[str, View] = {}
        self._by_external_id: dict[tuple[str, str], View] = {}

    def get(self, view_id: str) -> View | None:
        """The open view by id."""
        return self._by_id.get(view_id)

    def with_external_id(self, app: App, external_id: str) -> View | None:
        """The open view by the id that its app gave it."""
        return self._by_external_id.get((app.id, external_id))

    def stack(self, person_id: str) -> list[View]:
        """A person's open modals, bottom first."""
        return self.stacks.get(person_id, [])

    def open(self, app: App, person_id: str, content: Json) -> View:
        """Open a modal on an empty stack; what was open is replaced."""
        for view in list(self.stack(person_id)):
            self.close(view)
        return self._add(app, person_id, content)

    def push(self, app: App, person_id: str, content: Json) -> View:
        """Open a modal above the ones that are open."""
        return self._add(app, person_id, content)

    def replace(self, view: View, content: Json) -> None:
        """Change what a view shows. What was entered stays where block and action ids stay."""
        self._forget_external_id(view)
        view.content = content
        view.hash = self._new_hash()
        view.values = _kept(view.values, content)
        self._remember(view)
        self._tell("home" if view.kind == "home" else "view_updated", view)

    def publish(self, app: App, person_id: str, content: Json) -> View:
        """Show a Home tab."""
        if known := self.homes.get((app.id, person_id)):
            self.replace(known, content)
            return known
        view = self._new(app, person_id, content)
        self.homes[app.id, person_id] = view
        self._tell("home", view)
        return view

    def close(self, view: View) -> None:
        """Take one modal off its person's stack."""
        self.stacks[view.person_id].remove(view)
        del self._by_id[view.id]
        self._forget_external_id(view)
        self._tell("view_closed", view)

    def _add(self, app: App, person_id: str, content: Json) -> View:
        stack = self.stacks.setdefault(person_id, [])
        view = self._new(app, person_id, content)
        if stack:
            view.root_id, view.previous_id = stack[0].id, stack[-1].id
        stack.append(view)
        self._tell("view_opened", view)
        return view

    def _new(self, app: App, person_id: str, content: Json) -> View:
        view = View(self._workspace.ids.new("V"), app, person_id, content, self._new_hash())
        self._remember(view)
        return view

    def _remember(self, view: View) -> None:
        self._by_id[view.id] = view
        if external_id := view.content.get("external_id"):
            self._by_external_id[view.app.id, external_id] = view

    def _forget_external_id(self, view: View) -> None:
        self._by_external_id.pop((view.app.id, view.content.get("external_id", "")), None)

    def _new_hash(self) -> str:
        return f"{int(self._workspace.clock.now())}.{secret(8)}"

    def _tell(self, kind: Kind, view: View) -> None:
        shown = view.as_json(self._workspace.team_id)
        self._workspace.changes.publish(Change(kind, person_id=view.person_id, view=shown))


def _kept(values: Json, content: Json) -> Json:
    block_ids = {block.get("block_id") for block in content["blocks"]}
    return {block_id: entered for block_id, entered in values.items() if block_id in block_ids}
