"""Whether the people of the rules can vote on Discord."""

from collections.abc import AsyncIterator, Iterable

from bot.errors import UncheckedError
from config.policies import Person, Rulebook
from handlers.app import read_clock
from handlers.cli.doctor.discord_servers import Servers
from handlers.cli.doctor.findings import Area, Finding
from handlers.discord.identity import NO_MEMBER, Account, Identities

PEOPLE = Area("Discord accounts")


async def check_people(servers: Servers, rulebook: Rulebook) -> AsyncIterator[Finding]:
    """Each person's account, as the door itself would judge it."""
    line = servers.line
    homes = [rulebook.discord_guild] if rulebook.discord_guild else list(servers.known)
    asked = [person for person in rulebook.people.values() if person.discord and person.active]
    if asked and not homes:
        yield PEOPLE.warn(
            "Nobody could be checked: no queue's channel could be read, so no server is known.",
            "See above.",
        )
        return
    one_home = (rulebook.model_copy(update={"discord_guild": home}) for home in homes)
    identities = [Identities(line.client, line.api, each, read_clock) for each in one_home]
    well = 0
    for person in asked:
        finding = await _person(person, identities)
        well += finding is None
        if finding:
            yield finding
    if asked:
        yield PEOPLE.ok(f"{well} of {len(asked)} active people have an account that can vote.")


async def _person(person: Person, identities: Iterable[Identities]) -> Finding | None:
    """What is wrong with somebody's account; None when it can vote in one of the servers."""
    bars = set()
    for each in identities:
        try:
            bars.add((await each.of(Account(str(person.discord)))).barred)
        except UncheckedError:
            return PEOPLE.warn(
                f"{person.name} could not be checked.", "Discord did not say; look later."
            )
    if "" in bars:
        return None
    if bars == {NO_MEMBER}:
        return PEOPLE.fail(
            f"{person.name}: {person.discord} is no member of the server.",
            f"Invite them, or correct people.{person.id}.discord: in Discord switch Developer Mode "
            "on (settings, Advanced), then right-click the person: Copy User ID.",
        )
    barred = min(bars - {NO_MEMBER})
    return PEOPLE.warn(
        f"{person.name} cannot vote. A click would be told: “{barred}”",
        f"Let somebody else review, or take people.{person.id}.discord out.",
    )
