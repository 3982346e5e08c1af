"""What every listener of the Discord door needs at hand."""

from handlers.app import House
from handlers.desk import Desk
from handlers.discord.api import Api
from handlers.discord.identity import Identities


class DiscordDesk(Desk):
    """The house, the way to Discord, and what is remembered between clicks."""

    def __init__(self, house: House, api: Api, identities: Identities) -> None:
        super().__init__(house, "discord")
        self.api = api
        self.identities = identities
