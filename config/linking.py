"""Tying a person to a platform's account, in people.toml, without touching the rest of the file."""

import os
import tempfile
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from config.checking import check
from config.people import FILE
from config.problems import ConfigError, Problem

PLATFORMS = ("slack", "discord")


def link(folder: Path, person_id: str, platform: str, user_ref: str) -> str | None:
    """Writes the account into the person's table; the account that stood there before, or None.

    The file is replaced only if it can be used afterwards: nothing is written in halves, and one
    account never belongs to two people.

    Raises:
        ConfigError: there is no such person, or the file could not be used with this account.
    """
    return _change(folder, person_id, platform, user_ref)


def unlink(folder: Path, person_id: str, platform: str) -> str | None:
    """Takes the account out; what stood there, or None when nothing did.

    Raises:
        ConfigError: there is no such person, or the file could not be used without it.
    """
    return _change(folder, person_id, platform, None)


def _change(folder: Path, person_id: str, platform: str, user_ref: str | None) -> str | None:
    path = folder / FILE
    try:
        text = path.read_text(encoding="utf-8")
        document = tomlkit.parse(text)
    except (OSError, ValueError, TOMLKitError):
        raise ConfigError(check(folder).problems) from None
    table = document.get("people", {}).get(person_id)
    if not isinstance(table, Table):
        right = f"Add a table [people.{person_id}] with a name, then link the account"
        raise ConfigError([Problem(FILE, f"people.{person_id}", "there is no such person", right)])
    before = table.pop(platform, None)
    if user_ref is not None:
        table[platform] = user_ref
    _replace(folder, path, tomlkit.dumps(document))
    return None if before is None else str(before)


def _replace(folder: Path, path: Path, text: str) -> None:
    """Puts the text in the file's place if the folder can be used with it."""
    with tempfile.TemporaryDirectory() as trial:
        for each in folder.glob("*.toml"):
            changed = text if each.name == path.name else each.read_text(encoding="utf-8")
            (Path(trial) / each.name).write_text(changed, encoding="utf-8")
        checked = check(Path(trial))
    if not checked.is_usable:
        raise ConfigError(checked.problems)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.chmod(path.stat().st_mode)
    os.replace(fresh, path)
