"""`signoff doctor`."""

import asyncio
import itertools
import sys
from collections.abc import AsyncIterator, Iterable, Iterator

import click

from config.checking import check
from config.problems import ConfigError
from config.settings import Settings
from handlers.app import read_clock
from handlers.cli.doctor import installation
from handlers.cli.doctor.chats import check_chats
from handlers.cli.doctor.findings import Area, Finding, Level, as_json, told, verdict

SETTINGS = Area("Settings")
ILL = 1  # exit status


@click.command("doctor")
@click.option("--json", "is_json", is_flag=True, help="For programs: a list of findings.")
def command(*, is_json: bool) -> None:
    """Check settings, rules, database, history, clock, keys, port, Slack and Discord.

    What to do about each fault stands under it; the exit status is 1 when something fails.
    Nothing is changed, and nothing is posted.
    """
    findings = []
    groups = itertools.groupby(_examine(), key=lambda finding: finding.area)
    for _, group in groups:
        found = list(group)
        findings += found
        if not is_json:
            click.echo(told(found))
    click.echo(as_json(findings) if is_json else f"\n{verdict(findings)}")
    if any(finding.level is Level.FAIL for finding in findings):
        sys.exit(ILL)


def _examine() -> Iterator[Finding]:
    """One area after the other, as each becomes known."""
    try:
        settings = Settings.read()
    except ConfigError as problem:
        for one in problem.problems:
            yield SETTINGS.fail(f"{one.place}: {one.key}: {one.wrong}.", f"{one.right}.")
        return
    yield SETTINGS.ok("Every variable that is set can be used.")
    checked = check(settings.config)
    yield from installation.check_rules(checked)
    database = list(installation.check_database(settings))
    yield from database
    if not any(finding.level is Level.FAIL for finding in database):
        yield from installation.check_contents(settings, read_clock())
    yield from installation.check_http(settings)
    yield from asyncio.run(_collect(check_chats(settings, checked.rulebook)))


async def _collect(findings: AsyncIterator[Finding]) -> Iterable[Finding]:
    return [finding async for finding in findings]
