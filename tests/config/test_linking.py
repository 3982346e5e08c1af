"""Linking an account changes one line of people.toml, or nothing at all."""

import shutil
from pathlib import Path

import pytest

from config.linking import link, unlink
from config.problems import ConfigError
from config.reading import read_rulebook

SHIPPED = Path(__file__).parents[2] / "config"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("queues.toml", "people.toml"):
        shutil.copy(SHIPPED / name, tmp_path / name)
    return tmp_path


def test_a_link_is_one_line_more_and_comments_stay(folder: Path) -> None:
    before = (folder / "people.toml").read_text().splitlines()

    instead_of = link(folder, "ann", "discord", "234567890123456789")

    after = (folder / "people.toml").read_text().splitlines()
    assert instead_of is None
    assert [line for line in after if line not in before] == ['discord = "234567890123456789"']
    person = read_rulebook(folder).person_at("discord", "234567890123456789")
    assert person is not None
    assert person.id == "ann"


def test_unlinking_gives_the_file_back_as_it_was(folder: Path) -> None:
    before = (folder / "people.toml").read_text()
    link(folder, "ann", "discord", "234567890123456789")

    was = unlink(folder, "ann", "discord")

    assert was == "234567890123456789"
    assert (folder / "people.toml").read_text() == before


@pytest.mark.parametrize(
    ("person", "platform", "user_ref", "told"),
    [
        ("nobody", "slack", "U0NEW", "there is no such person"),
        ("ann", "slack", "ann@example.com", "is not the id of a Slack user"),
        ("ann", "discord", "ann#1234", "is not the id of a Discord user"),
        ("ben", "slack", "U0ANNEXAMPLE", "is already the account of"),
    ],
)
def test_what_cannot_be_used_is_refused_and_the_file_stays(
    folder: Path, person: str, platform: str, user_ref: str, told: str
) -> None:
    before = (folder / "people.toml").read_text()

    with pytest.raises(ConfigError, match=told):
        link(folder, person, platform, user_ref)

    assert (folder / "people.toml").read_text() == before
    assert sorted(path.name for path in folder.iterdir()) == ["people.toml", "queues.toml"]


def test_a_file_that_is_broken_already_is_named_and_left_alone(folder: Path) -> None:
    (folder / "people.toml").write_text("[people.ann\n")

    with pytest.raises(ConfigError, match=r"people\.toml"):
        link(folder, "ann", "slack", "U0NEW")

    assert (folder / "people.toml").read_text() == "[people.ann\n"
