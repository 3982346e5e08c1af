"""The house, for a command that does one thing and goes."""

from collections.abc import Iterator
from contextlib import contextmanager

from config.settings import Settings
from handlers.app import House, open_house
from handlers.cli.databases import require_current


@contextmanager
def opened_house() -> Iterator[House]:
    """The house that the environment names, closed afterwards.

    Raises:
        ConfigError: the settings or the rules are wrong.
        SignoffError: the database is not there, or not as this version expects it.
    """
    settings = Settings.read()
    require_current(settings.database_url)
    house = open_house(settings)
    try:
        yield house
    finally:
        house.close()
