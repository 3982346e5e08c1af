"""The rulebook, read from a folder with `queues.toml` and `people.toml`."""

from pathlib import Path

from config.checking import check
from config.policies import Rulebook
from config.problems import ConfigError


def read_rulebook(folder: Path) -> Rulebook:
    """Every queue, person and group that the folder's files state.

    Raises:
        ConfigError: with every problem of both files at once.
    """
    checked = check(folder)
    if checked.rulebook is None:
        raise ConfigError(checked.problems)
    return checked.rulebook
