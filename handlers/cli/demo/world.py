"""Who and what there is in the demo's simulated Slack workspace and Discord server."""

from localchat.discord import permissions
from localchat.discord import world as discord
from localchat.world import App, Channel, Command, Person, World

TEAM = "T0DEMO0001"
COMMAND = Command("/review", "Your next item, one item, or help", "next | show ID | help")
BOT = App(
    id="A0SIGNOFF1",
    name="Signoff",
    bot_user_id="U0SIGNOFF1",
    bot_id="B0SIGNOFF1",
    bot_token="xoxb-demo-bot",  # noqa: S106  opens nothing but this workspace on loopback
    app_token="xapp-1-A0SIGNOFF1-demo",  # noqa: S106  as above
    signing_secret="demo-signing-secret",  # noqa: S106  as above
    commands=[COMMAND],
)
PEOPLE = (
    Person("U0ANN00001", "ann", "Ann Berg", "Operations engineer", "ann@example.com",
           "Europe/Berlin", "7b4fd6"),
    Person("U0BEN00001", "ben", "Ben Okafor", "Reliability engineer", "ben@example.com",
           "Africa/Lagos", "2f8f5b"),
    Person("U0CARLA001", "carla", "Carla Ruiz", "Platform engineer", "carla@example.com",
           "America/Mexico_City", "c2544f"),
    Person("U0DEV00001", "dev", "Dev Patel", "Data labelling", "dev@example.com",
           "Asia/Kolkata", "2d7f9e"),
    Person("U0ELIN0001", "elin", "Elin Sand", "Trust and safety lead (senior)",
           "elin@example.com", "Europe/Stockholm", "a8742a"),
    Person("U0FARID001", "farid", "Farid Haddad", "Head of operations (senior)",
           "farid@example.com", "Asia/Dubai", "8a4a7d", is_admin=True, is_owner=True),
    Person("U0HUGO0001", "hugo", "Hugo Martin", "Contractor (guest: may not vote)",
           "hugo@contractor.example", "Europe/Paris", "5d6b7a", is_restricted=True),
    Person("U0IRIS0001", "iris", "Iris Novak", "Finance (no reviewer)", "iris@example.com",
           "America/New_York", "4d7a3a"),
)  # fmt: skip
STAFF = [person.id for person in PEOPLE if not person.is_guest]
CHANNELS = (
    ("C0ACTIONS1", "agent-actions", "May this program run that?", ()),
    ("C0DIGITS01", "digits", "Which digit is this?", ("U0HUGO0001",)),
    ("C0MODERATE", "moderation", "Spam, phishing or fine?", ("U0HUGO0001",)),
)


GUILD = "1300000000000000001"
BOT_ROLE = "1300000000000000002"
DISCORD_BOT = discord.Application(
    id="1300000000000000003",
    name="Signoff",
    bot_user_id="1300000000000000003",
    bot_token="demo-discord-bot-token",  # noqa: S106  opens nothing but this server on loopback
    may_read_content=False,
    may_list_members=False,
)
DISCORD_IDS = {  # the same people, by the ids that config/demo/people.toml links them with
    person.name: f"13000000000000001{number:02}" for number, person in enumerate(PEOPLE, 1)
}
DISCORD_CHANNELS = (("1300000000000000201", "agent-actions", "May this program run that?"),
                    ("1300000000000000202", "digits", "Which digit is this?"))  # fmt: skip


def _demo_discord() -> discord.DiscordWorld:
    people = [
        discord.Person(DISCORD_IDS[person.name], person.name, person.real_name, person.title,
                       person.tz, person.color)
        for person in PEOPLE
    ]  # fmt: skip
    bot_role = discord.Role(BOT_ROLE, DISCORD_BOT.name, permissions.BOT, is_managed=True)
    members: dict[str, list[str]] = {person.id: [] for person in people}
    members[DISCORD_BOT.bot_user_id] = [BOT_ROLE]
    channels = [discord.Channel(*channel) for channel in DISCORD_CHANNELS]
    guild = discord.Guild(GUILD, "Signoff demo", people[0].id, [bot_role], members, channels)
    return discord.DiscordWorld(people, [guild], DISCORD_BOT)


def demo_world() -> World:
    """The workspace and the server before anything was asked."""
    return World(
        discord=_demo_discord(),
        name="Signoff demo",
        team_id=TEAM,
        domain="signoff-demo",
        people=list(PEOPLE),
        apps=[BOT],
        channels=[
            Channel(channel_id, name, "channel", topic, [*STAFF, *guests, BOT.bot_user_id])
            for channel_id, name, topic, guests in CHANNELS
        ],
    )
