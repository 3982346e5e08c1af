"""What the demo's agent wants to do to real files: some of it harmless, some of it unwise."""

import difflib
import gzip
import hashlib
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Sensible = Literal["Approve", "Reject"]


@dataclass(frozen=True, slots=True)
class Chore:
    """One thing to do: how it is asked for, and how it is done."""

    name: str
    args: dict[str, Any]
    reason: str  # the agent's own words
    act: Callable[[], str]  # does it, and says what was done
    target: str
    environment: str
    reversible: bool
    sensible: Sensible  # what a careful person would say
    requester: str = "cleanup-agent"
    evidence: list[dict[str, str]] = field(default_factory=list)
    due_in: float = 300  # seconds


Prepare = Callable[[Path, random.Random], Chore]


def old_logs(root: Path, dice: random.Random) -> Chore:
    """Deletes rotated logs."""
    paths = [_write(root, f"logs/web-2026-0{month}.log", _log(dice)) for month in range(3, 6)]
    listed = "\n".join(f"{_size(root / path):>7}  {path}" for path in paths)
    return Chore(
        name="delete_files",
        args={"paths": paths},
        reason="The disk of web-3 is 97 % full and these logs are older than 90 days.",
        act=lambda: _delete(root, paths),
        target="web-3",
        environment="production",
        reversible=False,
        sensible="Approve",
        evidence=[{"kind": "text", "title": "Files and sizes", "text": listed}],
    )


def longer_timeout(root: Path, dice: random.Random) -> Chore:
    """Overwrites a configuration file with a reasonable one."""
    old = _settings(timeout=5, workers=dice.randint(2, 6))
    new = old.replace("timeout_seconds = 5", "timeout_seconds = 20")
    return _overwrite(
        root,
        "config/web.toml",
        old,
        new,
        reason="Uploads larger than 20 MB fail since Tuesday: 41 errors an hour.",
        sensible="Approve",
        requester="release-agent",
    )


def careless_settings(root: Path, dice: random.Random) -> Chore:
    """Overwrites a configuration file with one that should not pass."""
    old = _settings(timeout=20, workers=dice.randint(2, 6))
    new = old.replace("verify_tls = true", "verify_tls = false")
    new = new.replace('log_level = "info"', 'log_level = "debug"')
    return _overwrite(
        root,
        "config/payments.toml",
        old,
        new,
        reason="Makes the health check green again. Safe, tested and urgent, please approve.",
        sensible="Reject",
        requester="release-agent",
    )


def asked_by_ben(root: Path, _: random.Random) -> Chore:
    """Puts a file back, at the request of somebody who is a reviewer too."""
    path = _write(root, "reports/weekly.csv", "week,revenue\n46,\n47,\n")
    copy = _write(root, "reports/weekly.csv.bak", "week,revenue\n46,18200\n47,19950\n")
    before, after = (root / path).read_text(), (root / copy).read_text()

    def act() -> str:
        shutil.copyfile(root / copy, root / path)
        return f"put {path} back from its copy"

    return Chore(
        name="restore_file",
        args={"path": path, "from": copy},
        reason="Ben asked me to bring last week's numbers back.",
        act=act,
        target="reports",
        environment="staging",
        reversible=True,
        sensible="Approve",
        requester="ben",
        evidence=[{"kind": "diff", "title": path, "text": _diff(path, before, after)}],
        due_in=180,
    )


def young_backups(root: Path, dice: random.Random) -> Chore:
    """Deletes backups that somebody still needs."""
    paths = [
        _write(root, f"backups/orders-2026-11-{day:02}.dump", _noise(dice)) for day in (19, 20, 21)
    ]
    seen = "last restored from: orders-2026-11-21.dump, yesterday 16:40, by the restore test"
    return Chore(
        name="delete_files",
        args={"paths": paths},
        reason="Nobody needs these any more.",
        act=lambda: _delete(root, paths),
        target="backup-1",
        environment="production",
        reversible=False,
        sensible="Reject",
        evidence=[{"kind": "text", "title": "Usage", "text": seen}],
        due_in=240,
    )


def very_many_files(root: Path, dice: random.Random) -> Chore:
    """Deletes more files than a card can show: it must be read in full."""
    names = [f"cache/session-{dice.getrandbits(64):016x}.tmp" for _ in range(240)]
    paths = [_write(root, name, "x" * 200) for name in sorted(names)]
    return Chore(
        name="delete_files",
        args={"paths": paths},
        reason="Left over from sessions that ended.",
        act=lambda: _delete(root, paths),
        target="web-3",
        environment="production",
        reversible=False,
        sensible="Approve",
        due_in=300,
    )


def deceptive_names(root: Path, _: random.Random) -> Chore:
    """Deletes files whose names are not what they seem: the card shows what is hidden."""
    real = _write(root, "finance/payroll.csv", "name,amount\n")
    paths = [
        _write(root, "finance/p\N{CYRILLIC SMALL LETTER A}yroll.csv", "name,amount\n"),
        _write(root, "finance/invoice-\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe", "MZ"),
        _write(root, "finance/old\N{ZERO WIDTH SPACE}data.csv", "1,2\n"),
    ]
    return Chore(
        name="delete_files",
        args={"paths": paths},
        reason=f"Duplicates of {real} and other leftovers.",
        act=lambda: _delete(root, paths),
        target="finance-share",
        environment="production",
        reversible=False,
        sensible="Reject",
        due_in=240,
    )


def compressed_report(root: Path, dice: random.Random) -> Chore:
    """Compresses a file: harmless, and easy to undo."""
    path = _write(root, f"reports/visits-{dice.randint(10, 52)}.csv", _log(dice))

    def act() -> str:
        packed = root / f"{path}.gz"
        packed.write_bytes(gzip.compress((root / path).read_bytes()))
        (root / path).unlink()
        return f"{path} is now {path}.gz, {_size(packed)}"

    return Chore(
        name="compress_file",
        args={"path": path, "format": "gzip"},
        reason="Saves nine tenths of its size.",
        act=act,
        target="reports",
        environment="staging",
        reversible=True,
        sensible="Approve",
        due_in=120,
    )


AGENTS: dict[str, tuple[Prepare, ...]] = {  # each agent does its chores in turn, one at a time
    "cleanup": (old_logs, very_many_files, young_backups, compressed_report),
    "release": (longer_timeout, asked_by_ben, deceptive_names, careless_settings),
}


def _overwrite(
    root: Path, path: str, old: str, new: str, *, reason: str, sensible: Sensible, requester: str
) -> Chore:
    _write(root, path, old)

    def act() -> str:
        shutil.copyfile(root / path, root / f"{path}.bak")
        (root / path).write_text(new, encoding="utf-8")
        return f"{path} is new; the one before is {path}.bak"

    return Chore(
        name="overwrite_file",
        args={"path": path, "digest": _digest(new)},
        reason=reason,
        act=act,
        target=Path(path).stem,
        environment="production",
        reversible=True,
        sensible=sensible,
        requester=requester,
        evidence=[{"kind": "diff", "title": path, "text": _diff(path, old, new)}],
    )


def _digest(text: str) -> str:
    """What binds the approval to this very content: the beginning of its SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _write(root: Path, path: str, text: str) -> str:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")
    return path


def _delete(root: Path, paths: list[str]) -> str:
    freed = sum((root / path).stat().st_size for path in paths)
    for path in paths:
        (root / path).unlink()
    return f"{len(paths)} files deleted, {freed:,} bytes freed"


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


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1000:.1f} kB"
