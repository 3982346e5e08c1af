"""Who and what there is in the demo's simulated Slack workspace."""

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


def demo_world() -> World:
    """The workspace before anything was asked."""
    return World(
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
