"""Notices: posted once as far as Slack lets us know, their pictures sent up before."""

import logging
from datetime import timedelta

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.flows.delivering import Gone, Notice, Result, RetryAt, Sent
from bot.letters import Letter
from handlers.app import House
from handlers.calls import CallError, LimitedError, LostError, UnreachableError
from handlers.slack.api import Json
from handlers.slack.budget import Budget
from handlers.slack.failures import SlackFailures
from handlers.slack.posting import Poster
from handlers.slack.render import letter_of
from handlers.slack.uploads import Uploads

THREAD_TRIES = 20  # of a notice that waits for the message above it
PICTURE_TRIES = 4  # then the letter goes without its pictures
KEPT = 100  # letters whose pictures are up already

log = logging.getLogger(__name__)


class Mail:
    """Sends letters for Slack's sender."""

    def __init__(
        self,
        house: House,
        client: AsyncWebClient,
        session: aiohttp.ClientSession,
        budget: Budget,
        failures: SlackFailures,
        poster: Poster,
    ) -> None:
        self._house = house
        self._uploads = Uploads(client, session)
        self._budget = budget
        self._failures = failures
        self._poster = poster
        self._files: dict[str, tuple[str, ...]] = {}  # by notice: its pictures, sent up

    async def send(self, notice: Notice, letter: Letter) -> Result:
        """Posts what the notice says, and its enclosures below it."""
        now = self._house.now()
        if notice.awaits_thread and notice.tries < THREAD_TRIES:
            return RetryAt(now + timedelta(seconds=1), "the message above it is not posted yet")
        at = self._budget.post_at(notice.key, notice.channel_ref, now)
        if at > now:
            return RetryAt(at, "one post a second and channel")
        if await self._poster.is_shared(notice.channel_ref):
            return Gone("another company sees this channel")
        try:
            placed = await self._post(notice, letter)
        except CallError as problem:
            return self._failures.of_post(problem, notice.key, notice.channel_ref)
        await self._enclose(notice, letter, placed)
        return placed

    async def _post(self, notice: Notice, letter: Letter) -> Sent:
        found = await self._poster.find_notice(notice)
        if found is None:
            message = await self._message(notice, letter)
            channel_ref, found = await self._poster.post_notice(notice, message)
        else:
            channel_ref = notice.channel_ref
        self._failures.settle(notice.key)
        self._poster.forget(notice.key)
        self._files.pop(notice.key, None)
        return Sent(channel_ref, found)

    async def _message(self, notice: Notice, letter: Letter) -> Json:
        """The message with its pictures; without them when Slack will not have them."""
        if notice.tries > PICTURE_TRIES or not letter.pictures:
            return letter_of(letter, ())
        if notice.key not in self._files:
            name = notice.template
            try:
                files = [await self._uploads.send(each, name) for each in letter.pictures]
            except (LimitedError, UnreachableError):
                raise
            except CallError as problem:
                log.warning("notice %s goes without its pictures: %s", notice.key, problem)
                return letter_of(letter, ())
            if len(self._files) >= KEPT:
                del self._files[next(iter(self._files))]
            self._files[notice.key] = tuple(files)
        return letter_of(letter, self._files[notice.key])

    async def _enclose(self, notice: Notice, letter: Letter, placed: Sent) -> None:
        """What does not arrive is told in the log: the words stand, and can be asked for again."""
        thread_ref = notice.thread_ref or placed.message_ref
        for enclosure in letter.enclosures:
            try:
                await self._uploads.share(enclosure, placed.channel_ref, thread_ref)
            except LostError as problem:
                log.warning("%s may not have arrived in Slack: %s", enclosure.name, problem)
            except CallError as problem:
                log.warning("%s was not sent to Slack: %s", enclosure.name, problem)
