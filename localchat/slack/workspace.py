import copy

from localchat.clock import Clock
from localchat.slack.changes import Change
from localchat.slack.conversation import Conversation
from localchat.slack.ids import Ids
from localchat.slack.people import bot_person, user_json
from localchat.watching import Changes
from localchat.wire import Json
from localchat.world import App, Channel, Command, Person, UserGroup, World


class Workspace:
    """Who and what there is: people, conversations, apps, and how to find them."""

    def __init__(self, world: World, clock: Clock, ids: Ids) -> None:
        self.clock = clock
        self.ids = ids
        self.changes = Changes[Change]()
        self.load(world)

    def load(self, world: World) -> None:
        """Begin again with `world`, which stays untouched."""
        world = copy.deepcopy(world)
        self.name, self.team_id, self.domain = world.name, world.team_id, world.domain
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Conversation] = {}
        self.apps: dict[str, App] = {}
        self.user_groups: dict[str, UserGroup] = {g.id: g for g in world.user_groups}
        self._dm_ids: dict[frozenset[str], str] = {}
        self._commands: dict[str, tuple[App, Command]] = {}
        for person in world.people:
            self.add_person(person)
        for app in world.apps:
            self.add_app(app)
        for channel in world.channels:
            self.add_channel(channel)

    def add_person(self, person: Person) -> None:
        """Let somebody join the workspace."""
        self.people[person.id] = person
        self.changes.publish(Change("state"))

    def add_app(self, app: App) -> None:
        """Install an app, with its bot user."""
        self.apps[app.id] = app
        self.people[app.bot_user_id] = bot_person(app)
        for command in app.commands:
            self._commands[command.command] = (app, command)
        self.changes.publish(Change("state"))

    def set_commands(self, app: App, commands: list[Command]) -> None:
        """Register an app's slash commands, in place of the ones it had."""
        self._commands = {n: known for n, known in self._commands.items() if known[0] is not app}
        self._commands |= {command.command: (app, command) for command in commands}
        app.commands = commands
        self.changes.publish(Change("state"))

    def add_channel(self, channel: Channel) -> Conversation:
        """Create a conversation."""
        made = Conversation.of(channel, int(self.clock.now()))
        self.channels[made.id] = made
        if made.kind in ("dm", "mpim"):
            self._dm_ids[frozenset(made.members)] = made.id
        self.changes.publish(Change("state"))
        return made

    def command(self, name: str) -> tuple[App, Command] | None:
        """The app that answers `/name`, and the command."""
        return self._commands.get(name)

    def channel_called(self, name: str) -> Conversation | None:
        """The channel by name, with or without its #."""
        name = name.removeprefix("#")
        named = (c for c in self.channels.values() if c.kind in ("channel", "private"))
        return next((channel for channel in named if channel.name == name), None)

    def person_with_email(self, email: str) -> Person | None:
        """Whose address it is."""
        wanted = email.lower()
        return next((p for p in self.people.values() if p.email.lower() == wanted), None)

    def direct_messages(self, *people_ids: str) -> Conversation | None:
        """The direct or group message of exactly these people, if it was ever opened."""
        return self.channels.get(self._dm_ids.get(frozenset(people_ids), ""))

    def open_direct_messages(self, *people_ids: str) -> Conversation:
        """The direct message (two people) or group message (more), made when there is none."""
        if known := self.direct_messages(*people_ids):
            return known
        is_dm = len(set(people_ids)) <= 2
        name = "--".join(self.people[p].name for p in people_ids)
        return self.add_channel(
            Channel(
                id=self.ids.new("D" if is_dm else "G"),
                name=name if is_dm else f"mpdm-{name}-1",
                kind="dm" if is_dm else "mpim",
                members=list(people_ids),
            )
        )

    def may_read(self, person_id: str, channel: Conversation) -> bool:
        """True for members, and for public channels for anybody who is not a guest."""
        if person_id in channel.members:
            return True
        person = self.people.get(person_id)
        if person is None or not channel.is_public:
            return False
        return not (person.is_guest or person.team_id not in ("", self.team_id))

    def join(self, person_id: str, channel: Conversation) -> None:
        """Make somebody a member."""
        if person_id not in channel.members:
            channel.members[person_id] = None
            self._tell(Change("member_joined_channel", channel.id, person_id=person_id))

    def leave(self, person_id: str, channel: Conversation) -> None:
        """Take a member out."""
        if person_id in channel.members:
            self._tell(Change("member_left_channel", channel.id, person_id=person_id))
            del channel.members[person_id]

    def archive(self, channel: Conversation, *, archived: bool = True) -> None:
        """Close a channel for new messages, or open it again."""
        channel.is_archived = archived
        self._tell(Change("channel_archive" if archived else "channel_unarchive", channel.id))

    def person_changed(self, person: Person) -> None:
        """Say that a person's flags or profile are new."""
        self._tell(Change("user_change", person_id=person.id))

    def user(self, person: Person) -> Json:
        """The user object of `users.info`."""
        return user_json(person, self.team_id, self.clock.now())

    def permalink(self, channel_id: str, ts: str) -> str:
        """The message's address."""
        return f"https://{self.domain}.slack.com/archives/{channel_id}/p{ts.replace('.', '')}"

    def _tell(self, change: Change) -> None:
        self.changes.publish(change)
        self.changes.publish(Change("state"))
