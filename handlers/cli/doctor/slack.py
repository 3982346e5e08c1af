"""What only Slack can say: tokens, scopes, channels, people, and the time."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from config.policies import Person, Queue, Rulebook
from config.settings import Settings
from handlers.app import read_clock
from handlers.cli.doctor.findings import Area, Finding
from handlers.slack.api import open_client
from handlers.slack.identity import Home, identity_of, user_in
from handlers.slack.manifest import OPTIONAL_SCOPES, SCOPES

SLACK, CHANNELS, PEOPLE = map(Area, ("Slack", "Slack channels", "Slack accounts"))
SKEW_MAX = timedelta(seconds=60)  # Slack refuses, and we do, what is signed 5 minutes off
PATIENCE = 30.0  # seconds that we wait when Slack asks us to, else we stop asking
REINSTALL = (
    "In the app's settings paste the output of `signoff manifest slack` under App Manifest, "
    "save, and reinstall the app"
)
TOKEN_TODOS = {  # Slack's word -> what to do
    "invalid_auth": "Copy the token again: OAuth & Permissions, Bot User OAuth Token.",
    "not_authed": "Set SLACK_BOT_TOKEN: OAuth & Permissions, Bot User OAuth Token.",
    "token_revoked": "Reinstall the app to the workspace and copy its new token.",
    "token_expired": "Turn token rotation off in the app's settings and reinstall it.",
    "account_inactive": "The app was removed: install it again and copy its new token.",
    "not_allowed_token_type": "This is a token of another kind; see README, five minutes.",
    "missing_scope": "Basic Information, App-Level Tokens: make one with connections:write.",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call came back with; `error` is Slack's word, or ours for a call without answer."""

    body: Mapping[str, Any]
    headers: Mapping[str, str]
    error: str = ""


async def check_slack(settings: Settings, rulebook: Rulebook | None) -> AsyncIterator[Finding]:
    """Everything about Slack; stops early where nothing more can be learnt."""
    token = settings.slack_bot_token.get_secret_value()
    if not token:
        yield SLACK.fail(
            "There is no SLACK_BOT_TOKEN.",
            "Create the app (README, five minutes with real Slack) and set it.",
        )
        return
    async with aiohttp.ClientSession(trust_env=True) as session:
        client = open_client(settings, session, token)
        who = await _call(client, "auth.test")
        for finding in _token(who, settings):
            yield finding
        if not who.error:
            yield await _app_token(client, settings)
            async for finding in _rules(client, who, rulebook):
                yield finding


async def _rules(
    client: AsyncWebClient, who: Answer, rulebook: Rulebook | None
) -> AsyncIterator[Finding]:
    """Whether the channels and accounts that the rules name are there."""
    if rulebook is None:
        return
    home = Home(str(who.body.get("team_id")), str(who.body.get("enterprise_id") or ""))
    for finding in _team(home, rulebook):
        yield finding
    async for finding in _channels(client, rulebook, str(who.body.get("user") or "signoff")):
        yield finding
    async for finding in _people(client, rulebook, home):
        yield finding


def _token(who: Answer, settings: Settings) -> list[Finding]:
    if who.error:
        todo = TOKEN_TODOS.get(
            who.error,
            f"Check the network, a proxy, and SIGNOFF_SLACK_API_URL ({settings.slack_api_url}).",
        )
        return [SLACK.fail(f"The bot token does not work: {who.error}.", todo)]
    known = f"The bot token is that of @{who.body.get('user')} in {who.body.get('team')}."
    return [SLACK.ok(known), *_scopes(who.headers), *_time(who.headers, read_clock())]


def _scopes(headers: Mapping[str, str]) -> list[Finding]:
    if "x-oauth-scopes" not in headers:
        return [SLACK.warn("Slack does not say which scopes the token has.", "Compare by hand.")]
    there = {scope.strip() for scope in headers["x-oauth-scopes"].split(",") if scope.strip()}
    findings = [
        SLACK.fail(f"The scope {scope} is missing. It is for this: {why}", f"{REINSTALL}.")
        for scope, why in SCOPES.items()
        if scope not in there
    ]
    findings += [
        SLACK.warn(f"The optional scope {scope} is missing. It is for this: {why}", f"{REINSTALL}.")
        for scope, why in OPTIONAL_SCOPES.items()
        if scope not in there
    ]
    if excess := sorted(there - {*SCOPES, *OPTIONAL_SCOPES}):
        findings.append(
            SLACK.warn(
                f"The token may do more than it needs: {', '.join(excess)}.", f"{REINSTALL}."
            )
        )
    return findings or [SLACK.ok("It has the scopes that it needs, and no others.")]


def _time(headers: Mapping[str, str], now: datetime) -> list[Finding]:
    try:
        skew = now - parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError, TypeError):
        return [SLACK.warn("Slack does not say what time it is.", "Compare this machine's clock.")]
    seconds = abs(skew.total_seconds())
    if abs(skew) > SKEW_MAX:
        side = "ahead of" if skew > timedelta(0) else "behind"
        return [
            SLACK.fail(
                f"This machine's clock is {seconds:.0f} s {side} Slack's.",
                "Turn time synchronisation (NTP) on: deadlines and signatures depend on it.",
            )
        ]
    return [SLACK.ok("This machine's clock agrees with Slack's.")]


async def _app_token(client: AsyncWebClient, settings: Settings) -> Finding:
    token = settings.slack_app_token.get_secret_value()
    if not token and settings.slack_signing_secret.get_secret_value():
        return SLACK.ok("Slack calls by HTTP: there is a signing secret and no app token.")
    if not token:
        return SLACK.fail(
            "There is neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (HTTP).",
            TOKEN_TODOS["missing_scope"],
        )
    opened = await _call(client, "apps.connections.open", token=token)
    if opened.error:
        return SLACK.fail(
            f"The app token opens no socket: {opened.error}.", TOKEN_TODOS["missing_scope"]
        )
    return SLACK.ok("The app token opens sockets.")


def _team(home: Home, rulebook: Rulebook) -> list[Finding]:
    if rulebook.slack_team in (None, home.team_ref, home.enterprise_ref):
        return []
    return [
        SLACK.fail(
            f"people.toml says slack_team = {rulebook.slack_team}, and the token is that of "
            f"{home.team_ref}: nobody could vote.",
            f'Write slack_team = "{home.team_ref}", or take the line out.',
        )
    ]


async def _channels(client: AsyncWebClient, rulebook: Rulebook, bot: str) -> AsyncIterator[Finding]:
    for queue in rulebook.queues.values():
        if queue.slack is None:
            continue
        there = await _call(client, "conversations.info", channel=queue.slack)
        yield _channel(queue, there, bot)


def _channel(queue: Queue, there: Answer, bot: str) -> Finding:
    channel = there.body.get("channel") or {}
    name = f"#{channel.get('name') or queue.slack} of the queue {queue.name}"
    if there.error == "channel_not_found":
        return CHANNELS.fail(
            f"{name} does not exist, or is private and the bot is not in it.",
            f"Check slack in queues.toml; in the channel write: /invite @{bot}",
        )
    if there.error:
        return CHANNELS.warn(f"{name} could not be checked: {there.error}.", "See above, or later.")
    if channel.get("is_archived"):
        return CHANNELS.fail(f"{name} is archived.", "Unarchive it, or name another channel.")
    if not channel.get("is_member"):
        return CHANNELS.fail(f"The bot is not in {name}.", f"In the channel write: /invite @{bot}")
    if channel.get("is_ext_shared"):
        return CHANNELS.fail(
            f"{name} is shared with another company, who would see every card.",
            "Name a channel that is not shared.",
        )
    return CHANNELS.ok(f"{name}: the bot is in it.")


async def _people(client: AsyncWebClient, rulebook: Rulebook, home: Home) -> AsyncIterator[Finding]:
    asked = [person for person in rulebook.people.values() if person.slack and person.active]
    well = 0
    for person in asked:
        there = await _call(client, "users.info", user=person.slack)
        finding = _person(person, there, home, rulebook)
        well += finding is None
        if finding:
            yield finding
    if asked:
        yield PEOPLE.ok(f"{well} of {len(asked)} active people have an account that can vote.")


def _person(person: Person, there: Answer, home: Home, rulebook: Rulebook) -> Finding | None:
    """What is wrong with somebody's account; None when they can vote."""
    if there.error in ("user_not_found", "user_not_visible"):
        return PEOPLE.fail(
            f"{person.name}: there is no account {person.slack} here.",
            f"Correct people.{person.id}.slack: profile, then ⋮, then Copy member ID.",
        )
    if there.error:
        return PEOPLE.warn(f"{person.name} could not be checked: {there.error}.", "See above.")
    user = user_in(dict(there.body), str(person.slack))
    if user is None:
        return PEOPLE.warn(
            f"{person.name} could not be checked: Slack's answer is not about {person.slack}.",
            "Nobody can vote while Slack does not say who they are; look at SIGNOFF_SLACK_API_URL.",
        )
    barred = identity_of(str(person.slack), user, home, rulebook.slack_team).barred
    if not barred:
        return None
    return PEOPLE.warn(
        f"{person.name} cannot vote. A click would be told: “{barred}”",
        f"Let somebody else review, or take people.{person.id} out.",
    )


async def _call(client: AsyncWebClient, method: str, **arguments: Any) -> Answer:
    """One call, once more after the pause that Slack asks for."""
    for is_last in (False, True):
        try:
            response = await client.api_call(method, data=arguments)
        except SlackApiError as problem:
            answer = problem.response
            headers = _lower(getattr(answer, "headers", {}))
            body = answer.data if isinstance(getattr(answer, "data", None), dict) else {}
            error = str(body.get("error") or f"HTTP {getattr(answer, 'status_code', '')}".strip())
            wait = float(headers.get("retry-after") or 1)
            if error == "ratelimited" and wait <= PATIENCE and not is_last:
                await asyncio.sleep(wait)
                continue
            return Answer(body, headers, error)
        except (aiohttp.ClientError, TimeoutError, OSError, SlackRequestError, ValueError) as lost:
            return Answer({}, {}, f"no answer ({type(lost).__name__})")
        body = response.data if isinstance(response.data, dict) else {}
        return Answer(body, _lower(response.headers))
    raise AssertionError("unreachable: the second try returns")


def _lower(headers: Mapping[str, Any]) -> dict[str, str]:
    return {
        name.lower(): str(value[0] if isinstance(value, list) else value)
        for name, value in headers.items()
    }
