"""What the demo's agents want to do to real files: some of it harmless, some of it unwise."""

import difflib
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from signoff import Diff, Evidence, Text

from handlers.demo.tools import compress_file, delete_files, overwrite_file, restore_file

Sensible = Literal["Approve", "Reject"]


@dataclass(frozen=True, slots=True)
class Chore:
    """One thing to do: with which tool, and why."""

    act: Callable[[], str]  # the guarded tool; says what was done
    reason: str  # the agent's own words
    target: str
    environment: str
    sensible: Sensible  # what a careful person would say
    requester: str = "cleanup-agent"
    evidence: tuple[Evidence, ...] = ()


Prepare = Callable[[random.Random], Chore]  # in the folder that the program works in


def old_logs(dice: random.Random) -> Chore:
    """Deletes rotated logs."""
    paths = [_write(f"logs/web-2026-0{month}.log", _log(dice)) for month in range(3, 6)]
    listed = "\n".join(f"{_size(path):>7}  {path}" for path in paths)
    return Chore(
        partial(delete_files, paths),
        reason="The disk of web-3 is 97 % full and these logs are older than 90 days.",
        target="web-3",
        environment="production",
        sensible="Approve",
        evidence=(Text(listed, "Files and sizes"),),
    )


def longer_timeout(dice: random.Random) -> Chore:
    """Overwrites a configuration file with a reasonable one."""
    old = _settings(timeout=5, workers=dice.randint(2, 6))
    new = old.replace("timeout_seconds = 5", "timeout_seconds = 20")
    why = "Uploads larger than 20 MB fail since Tuesday: 41 errors an hour."
    return _overwrite("config/web.toml", old, new, why, "Approve")


def careless_settings(dice: random.Random) -> Chore:
    """Overwrites a configuration file with one that should not pass."""
    old = _settings(timeout=20, workers=dice.randint(2, 6))
    new = old.replace("verify_tls = true", "verify_tls = false")
    new = new.replace('log_level = "info"', 'log_level = "debug"')
    why = "Makes the health check green again. Safe, tested and urgent, please approve."
    return _overwrite("config/payments.toml", old, new, why, "Reject")


def asked_by_ben(_: random.Random) -> Chore:
    """Puts a file back, at the request of somebody who is a reviewer too."""
    before, after = "week,revenue\n46,\n47,\n", "week,revenue\n46,18200\n47,19950\n"
    path = _write("reports/weekly.csv", before)
    copy = _write("reports/weekly.csv.bak", after)
    return Chore(
        partial(restore_file, path, copy),
        reason="Ben asked me to bring last week's numbers back.",
        target="reports",
        environment="staging",
        sensible="Approve",
        requester="ben",
        evidence=(Diff(_diff(path, before, after), path),),
    )


def young_backups(dice: random.Random) -> Chore:
    """Deletes backups that somebody still needs."""
    paths = [_write(f"backups/orders-2026-11-{day:02}.dump", _noise(dice)) for day in (19, 20, 21)]
    seen = "last restored from: orders-2026-11-21.dump, yesterday 16:40, by the restore test"
    return Chore(
        partial(delete_files, paths),
        reason="Nobody needs these any more.",
        target="backup-1",
        environment="production",
        sensible="Reject",
        evidence=(Text(seen, "Usage"),),
    )


def very_many_files(dice: random.Random) -> Chore:
    """Deletes more files than a card can show: it must be read in full."""
    names = [f"cache/session-{dice.getrandbits(64):016x}.tmp" for _ in range(240)]
    paths = [_write(name, "x" * 200) for name in sorted(names)]
    return Chore(
        partial(delete_files, paths),
        reason="Left over from sessions that ended.",
        target="web-3",
        environment="production",
        sensible="Approve",
    )


def deceptive_names(_: random.Random) -> Chore:
    """Deletes files whose names are not what they seem: the card shows what is hidden."""
    real = _write("finance/payroll.csv", "name,amount\n")
    paths = [
        _write("finance/p\N{CYRILLIC SMALL LETTER A}yroll.csv", "name,amount\n"),
        _write("finance/invoice-\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe", "MZ"),
        _write("finance/old\N{ZERO WIDTH SPACE}data.csv", "1,2\n"),
    ]
    return Chore(
        partial(delete_files, paths),
        reason=f"Duplicates of {real} and other leftovers.",
        target="finance-share",
        environment="production",
        sensible="Reject",
    )


def compressed_report(dice: random.Random) -> Chore:
    """Compresses a file: harmless, and easy to undo."""
    path = _write(f"reports/visits-{dice.randint(10, 52)}.csv", _log(dice))
    return Chore(
        partial(compress_file, path),
        reason="Saves nine tenths of its size.",
        target="reports",
        environment="staging",
        sensible="Approve",
    )


AGENTS: dict[str, tuple[Prepare, ...]] = {  # each agent does its chores in turn, one at a time
    "cleanup": (old_logs, very_many_files, young_backups, compressed_report),
    "release": (longer_timeout, asked_by_ben, deceptive_names, careless_settings),
}


def _overwrite(path: str, old: str, new: str, why: str, sensible: Sensible) -> Chore:
    _write(path, old)
    return Chore(
        partial(overwrite_file, path, new),
        reason=why,
        target=Path(path).stem,
        environment="production",
        sensible=sensible,
        requester="release-agent",
        evidence=(Diff(_diff(path, old, new), path),),
    )


def _write(path: str, text: str) -> str:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")
    return path


def _diff(path: str, old: str, new: str) -> str:
    lines = difflib.unified_diff(
        old.splitlines(), new.splitlines(), f"a/{path}", f"b/{path}", lineterm=""
    )
    return "\n".join(lines)


def _settings(timeout: int, workers: int) -> str:
    return (
        "[server]\n"
        f"workers = {workers}\n"
        f"timeout_seconds = {timeout}\n"
        "verify_tls = true\n\n"
        "[logging]\n"
        'log_level = "info"\n'
    )


def _log(dice: random.Random) -> str:
    return "".join(
        f"2026-06-01T12:{dice.randint(0, 59):02}:00Z GET /orders/{dice.randint(1, 9999)} 200\n"
        for _ in range(dice.randint(400, 900))
    )


def _noise(dice: random.Random) -> str:
    return f"{dice.getrandbits(4096):x}\n"


def _size(path: str) -> str:
    return f"{Path(path).stat().st_size / 1000:.1f} kB"
