"""The rulebook, read from a folder with `queues.toml` and `people.toml`."""

from pathlib import Path

from config.policies import Rulebook


def read_rulebook(folder: Path) -> Rulebook:
    """Every queue, person and group that the folder's files state.

    Raises:
        ConfigError: with every problem of both files at once.
    """
    raise NotImplementedError
