"""The house stands as docs and linters say: imports, files, locks, and a quick command line."""

import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

ROOMS = {"bench", "bot", "client", "config", "docs", "handlers", "localchat", "storage", "tests"}
HIDDEN_ROOMS = {".ci"}

# What a person who asks for help must not wait for.
HEAVY = {"sklearn", "scipy", "numpy", "matplotlib", "PIL", "discord", "slack_bolt", "localchat"}

# Written in two halves, or this file would be the first to break its own rules.
UNFINISHED = re.compile(r"\b(?:TO" + "DO|FIX" + r"ME)\b")
SOMEBODYS_PATH = re.compile(r"(?<![\w.~/-])/(?:work|farm|home|root|Users)/\w")


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that git knows, or would take with `git add .`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    asked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if asked.returncode:
        pytest.skip(f"needs the repository: {asked.stderr.strip()}")
    files = (ROOT / name for name in asked.stdout.split("\0") if name)
    return tuple(path for path in files if path.is_file())


@cache
def text_of(path: Path) -> str:
    """The file's text; pictures and the like have none."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    """Where the pattern occurs in the repository, as `file:line`."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in tracked_files()
        if path.suffix != ".lock" and pattern.search(text_of(path))
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if pattern.search(line)
    ]


def test_the_top_level_has_the_rooms_of_the_plan() -> None:
    folders = {path.relative_to(ROOT).parts[0] for path in tracked_files() if path.parent != ROOT}

    assert folders <= ROOMS | HIDDEN_ROOMS


def test_nothing_is_left_unfinished() -> None:
    assert lines_with(UNFINISHED) == []


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    assert lines_with(SOMEBODYS_PATH) == []


def test_the_license_travels_with_the_code() -> None:
    assert (ROOT / "LICENSE").read_text().startswith("MIT License")


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_no_address_and_every_hash(lock: str) -> None:
    text = (ROOT / lock).read_text()
    requirements = text.replace("\\\n", "").splitlines()

    assert len(requirements) > 50
    assert "://" not in text
    assert "--find-links" not in text
    assert [line for line in requirements if "==" not in line or "--hash=sha256:" not in line] == []


def test_the_two_locks_agree() -> None:
    to_run, to_test = (
        {line for line in (ROOT / lock).read_text().splitlines() if "==" in line}
        for lock in ("requirements.lock", "requirements-dev.lock")
    )

    assert to_run <= to_test


def test_the_lock_holds_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["demo"]
    names = {re.split(r"[^\w.-]", entry)[0].lower().replace(".", "-") for entry in wanted}

    locked = set(re.findall(r"^([\w-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))

    assert names <= locked


def test_imports_keep_every_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]

    linted = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert linted.returncode == 0, linted.stdout
    assert f"{len(contracts['contracts'])} kept, 0 broken" in linted.stdout


def test_asking_for_help_loads_nothing_heavy() -> None:
    program = (
        "import sys; sys.argv = ['signoff', '--help']; from handlers.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "print('LOADED', *{name.split('.')[0] for name in sys.modules})"
    )

    asked = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True
    )

    assert asked.returncode == 0, asked.stderr
    loaded = set(asked.stdout.partition("LOADED")[2].split())
    assert loaded & HEAVY == set()


def test_the_procfile_starts_our_own_commands() -> None:
    processes = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())

    assert set(processes) == {"web", "slack", "discord", "clock"}
    assert all(command.startswith("signoff ") for command in processes.values())
