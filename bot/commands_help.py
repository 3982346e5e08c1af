"""What the slash command says about itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from bot.card_parts import Line, Reply, Strong
from bot.headlines import brief
from bot.safe_text import SafeText, join, say, shown
from config.policies import Role


@dataclass(frozen=True, slots=True)
class Command:
    """One subcommand, as help shows it."""

    usage: SafeText
    does: SafeText
    role: Role = "reviewer"
    parts: tuple["Command", ...] = ()  # what can be typed behind it
    beside: str = ""  # the command on whose line of help it stands; that one's words fit both

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
    Command(say("next [queue]"), say("gives you the most urgent request that waits for you")),
    Command(say("inbox"), say("lists what you hold, what waits, your votes and your settings")),
    Command(say("mine"), say("lists the requests that you hold"), beside="inbox"),
    Command(say("show ID"), say("shows a request in full, or why it stands where it stands")),
    Command(say("why ID"), say("tells a request's story, and who is asked next"), beside="show"),
    Command(say("skip [ID]"), say("passes a request on for good, or gives it back for now")),
    Command(say("release [ID]"), say("gives back a request that you hold"), beside="skip"),
    Command(say("approve ID [reason]"), say("votes on an action, or hands it to the seniors")),
    Command(say("reject ID [reason]"), say("votes against an action"), beside="approve"),
    Command(say("unsure ID [reason]"), say("hands a request to the seniors"), beside="approve"),
    Command(say("label ID CHOICE"), say("votes for a class, or takes your vote back")),
    Command(say("undo ID"), say("takes your vote back while that counts"), beside="label"),
    Command(say("break [LENGTH]"), say("lets nothing be asked of you for 15m, say, or ends that")),
    Command(say("back"), say("ends your break"), beside="break"),
    Command(say("stats [queue]"), say("says how a queue stands, or how you do: stats me")),
    Command(
        say("digest [queue] [7d]"),
        say("tells the figures of the last days: accuracy, agreement, cost"),
        beside="stats",
    ),
    Command(
        say("oncall"), say("says who is on call; “oncall help” says how to change it"), parts=ONCALL
    ),
    Command(
        say("pause [reason]"), say("holds back all approved actions, or lets them run"), "admin"
    ),
    Command(say("resume"), say("lets approved actions run again"), "admin", beside="pause"),
)


def help_for(
    roles: frozenset[Role], command: str = "/signoff", commands: Iterable[Command] = COMMANDS
) -> Reply:
    """What this person can type, in at most twelve lines."""
    allowed = [
        each
        for each in commands
        if each.role == "reviewer" or each.role in roles or "admin" in roles
    ]
    beside: dict[str, list[SafeText]] = {}
    for each in allowed:
        beside.setdefault(each.beside or each.name, []).append(_typed(command, each.usage))
    lines = [
        (Strong(join(beside[each.name], " · ")), say(": {does}", does=each.does))
        for each in allowed
        if not each.beside
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


def switched(*, is_paused: bool, is_new: bool) -> Reply:
    """The answer to an admin who pauses or resumes."""
    if not is_new:
        stands = say("paused already") if is_paused else say("not paused")
        return Reply(((say("Nothing changed: Signoff is {stands}.", stands=stands),),))
    if is_paused:
        told = say("Signoff is paused. No approved action may run until an admin resumes it;")
        return Reply(((told, say(" votes still count, and cards say so.")),))
    return Reply(((say("Signoff goes on: approved actions may run again."),),))


def _typed(command: str, usage: SafeText) -> SafeText:
    return say("{command} {usage}", command=command, usage=usage)
