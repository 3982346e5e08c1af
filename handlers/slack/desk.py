"""What every listener of the Slack door needs at hand."""

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from handlers.app import House
from handlers.desk import Desk
from handlers.pressing import Who
from handlers.slack.identity import Identities

RECORD_WITHIN = 2.5  # seconds; Slack gives up on a click after three


class SlackDesk(Desk):
    """The house, the way to Slack, and what is remembered between clicks."""

    def __init__(
        self,
        house: House,
        client: AsyncWebClient,
        session: aiohttp.ClientSession,
        identities: Identities,
    ) -> None:
        super().__init__(house, "slack")
        self.client = client
        self.session = session
        self.identities = identities

    def who(self, user_ref: str) -> Who:
        """Asks whose account it is."""
        return lambda: self.identities.of(user_ref)
