"""What the slash command says about itself, and when there is nothing to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from bot.card_parts import Line, Reply, Strong
from bot.headlines import brief
from bot.safe_text import SafeText, say, shown
from config.policies import Role


@dataclass(frozen=True, slots=True)
class Command:
    """One subcommand, as help shows it."""

    usage: SafeText
    does: SafeText
    role: Role = "reviewer"
    parts: tuple["Command", ...] = ()  # what can be typed behind it

    @property
    def name(self) -> str:
        """The word that is typed."""
        return self.usage.split(" ", 1)[0]


ONCALL = (
    Command(say("show [SCHEDULE]"), say("says who is on call, until when, and who is next")),
    Command(
        say("override PERSON WHEN [SCHEDULE]"),
        say("puts somebody, or nobody, on call for a time, as in: @ann fri 18:00 to mon 09:00"),
    ),
    Command(say("swap PERSON [SCHEDULE]"), say("swaps your next shift with theirs")),
    Command(say("cancel NUMBER"), say("takes an override or a swap back")),
    Command(say("away WHEN [PERSON]"), say("passes you over for a time, in every schedule")),
    Command(say("back [PERSON]"), say("ends that before its time")),
    Command(say("help"), say("says what can be typed here")),
)
COMMANDS = (
    Command(say("next"), say("gives you one request that waits for your vote")),
    Command(say("inbox"), say("lists what waits for you")),
    Command(say("show ID"), say("shows a request in full")),
    Command(say("approve ID [reason]"), say("votes for an action")),
    Command(say("reject ID [reason]"), say("votes against an action")),
    Command(say("label ID CHOICE"), say("votes for a class")),
    Command(say("unsure ID"), say("hands a request to the seniors")),
    Command(say("undo ID"), say("withdraws your vote while the request is open")),
    Command(
        say("oncall"), say("says who is on call; “oncall help” says how to change it"), parts=ONCALL
    ),
    Command(say("digest"), say("shows this week's numbers"), "senior"),
    Command(say("pause"), say("holds back all approved actions"), "admin"),
    Command(say("resume"), say("lets approved actions run again"), "admin"),
)


def help_for(
    roles: frozenset[Role], command: str = "/signoff", commands: Iterable[Command] = COMMANDS
) -> Reply:
    """What this person can type, in at most twelve lines."""
    lines = [
        (Strong(_typed(command, each.usage)), say(": {does}", does=each.does))
        for each in commands
        if each.role == "reviewer" or each.role in roles or "admin" in roles
    ]
    return Reply(tuple(lines))


def unknown_command(
    word: str, command: str = "/signoff", commands: Iterable[Command] = COMMANDS
) -> Reply:
    """The answer to a subcommand that does not exist, with the nearest that does."""
    known = [each.name for each in commands] + ["help"]
    near = get_close_matches(word.lower(), known, n=1)
    told = say("There is no command “{word}”. Nothing was recorded.", word=brief(shown(word), 40))
    every: Line = (say(" All commands: "), Strong(_typed(command, say("help"))), say("."))
    if not near:
        return Reply(((told, *every),))
    meant: Line = (say(" Did you mean "), Strong(_typed(command, shown(near[0]))), say("?"))
    return Reply(((told, *meant, *every),))


def nothing_to_do(*, queue_count: int, voted_count: int, queue: str | None = None) -> Reply:
    """The answer to `next` when no request waits for this person, and why none does.

    Args:
        queue_count: queues that list them; of the one that they named, if they did.
        queue: the queue that they named.
        voted_count: open requests in these that they have voted on.
    """
    if not queue_count and queue:
        told = say(
            "Nothing waits for you: there is no queue “{queue}” that lists you.",
            queue=brief(shown(queue), 40),
        )
    elif not queue_count:
        told = say(
            "Nothing waits for you: you are not listed in any queue. Ask an admin to add you."
        )
    elif voted_count == 1:
        told = say("Nothing waits for you: you have voted on the one open request.")
    elif voted_count:
        told = say("Nothing waits for you: you have voted on all {n} open ones.", n=voted_count)
    else:
        told = say("Nothing waits for you: no request is open in your queues.")
    return Reply(((told,),))


def _typed(command: str, usage: SafeText) -> SafeText:
    return say("{command} {usage}", command=command, usage=usage)
