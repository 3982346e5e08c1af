"""What a command would do to a folder, found out on a throwaway copy of it with the network off.

    @requires_approval(queue="agent-actions", preview=lambda folder: sandboxed(folder, ["make"]))

bubblewrap (`bwrap`, Linux) holds the command: it sees the system read-only, the copy in the place
of the folder, and no network, no other process, no variable of ours. Where it is missing or may
not be used, nothing runs: there is no weaker sandbox to fall back on.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from signoff.effects import Effects, copy_tree, effects_between
from signoff.errors import SignoffError
from signoff.questions import Diff, Evidence, Text

BWRAP = "bwrap"
COPY_MAX = 100 * 1024 * 1024  # bytes of a folder that are copied
FILES_MAX = 20_000
OUTPUT_MAX = 20_000  # bytes of what a command printed; the end of it
ENDS_WITHIN = timedelta(minutes=1)
OWN_TMP = "/tmp"  # noqa: S108  the sandbox's own, empty and in memory
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc", "/opt", "/nix")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class NoSandbox(SignoffError):
    """This machine has no sandbox that holds; nothing ran."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a command did to the copy."""

    effects: Effects
    exit_code: int | None  # None: it took too long, and was ended
    output: str

    def as_evidence(self) -> tuple[Evidence, ...]:
        """What the card shows: every change, and what the command said."""
        ended = "was ended: too slow" if self.exit_code is None else f"exit {self.exit_code}"
        said = f"{self.effects.summary}; {ended}"
        shown: list[Evidence] = [Text(said, "Tried in a sandbox")]
        if self.effects.diff:
            shown.append(Diff(self.effects.diff, "What it would change"))
        if self.output:
            shown.append(Text(self.output, "What it printed"))
        return tuple(shown)


def sandboxed(
    folder: Path | str,
    command: Sequence[str] | Callable[[Path], object],
    *,
    within: timedelta = ENDS_WITHIN,
    environment: Mapping[str, str] | None = None,
    also: Sequence[Path | str] = (),
    size_max: int = COPY_MAX,
) -> Tried:
    """What a command does to a throwaway copy of a folder.

    Args:
        folder: is copied; links in it stay links, and are not followed.
        command: runs inside the copy, which stands at the folder's own path; or a function of an
            importable module, which is told that path in a fresh Python.
        within: then it is ended.
        environment: its variables, besides PATH and HOME: no others are handed on.
        also: further paths that it may read, such as a virtual environment.
        size_max: bytes; a larger folder is refused.

    Raises:
        NoSandbox: bubblewrap is missing, or the system does not permit it.
        TooLarge: the folder is too large, or holds too many files.
    """
    require_sandbox()
    folder = Path(folder).resolve(strict=True)
    with _copied(folder, size_max) as (before, after):
        words, needed = _call(command, folder) if callable(command) else (list(command), [])
        held = _held(folder, after, [*needed, *also], environment)
        code, output = _run(held, words, within, before.with_name("printed"))
        return Tried(effects_between(before, after), code, output)


def require_sandbox() -> None:
    """Returns where a sandbox holds.

    Raises:
        NoSandbox: it does not here; says why.
    """
    if why := _why_not():
        raise NoSandbox(f"A preview needs bubblewrap, and {why}. Nothing ran.")


@cache
def _why_not() -> str:
    """Why there is no sandbox here; "" when there is one."""
    if sys.platform != "linux":
        return f"it does not exist for {sys.platform}"
    if shutil.which(BWRAP) is None:
        return "it is not installed (Debian, Ubuntu: apt-get install bubblewrap)"
    probe = [BWRAP, "--unshare-all", "--ro-bind", "/", "/", "--dev", "/dev", "true"]
    tried = subprocess.run(probe, capture_output=True, text=True, check=False, timeout=30)  # noqa: S603  our own words
    if tried.returncode != 0:
        said = tried.stderr.strip().splitlines()
        return f"it may not be used here: {said[-1] if said else tried.returncode}"
    return ""


def _held(
    folder: Path,
    copy: Path,
    also: Sequence[Path | str],
    environment: Mapping[str, str] | None,
) -> list[str]:
    """The command line of the sandbox."""
    held = [BWRAP, "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"]
    held += ["--cap-drop", "ALL"]
    for path in SYSTEM:
        held += ["--ro-bind-try", path, path]
    held += ["--dev", "/dev", "--proc", "/proc", "--tmpfs", OWN_TMP, "--tmpfs", "/run"]
    for more in also:
        real = str(Path(more).resolve(strict=True))
        held += ["--ro-bind", real, real]
    held += ["--bind", str(copy), str(folder), "--chdir", str(folder)]
    for name, value in {"PATH": PATH, "HOME": OWN_TMP, **(environment or {})}.items():
        held += ["--setenv", name, value]
    return held


def _run(
    held: list[str], command: list[str], within: timedelta, printed: Path
) -> tuple[int | None, str]:
    """How the command ended, and the end of what it printed; no file of its can grow for ever."""
    limited = ["/bin/sh", "-c", f'ulimit -f {COPY_MAX // 512}; ulimit -c 0; exec "$@"', "sh"]
    with printed.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603  the caller's own command, held
            [*held, "--", *limited, *command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        code = process.wait(within.total_seconds())
    except subprocess.TimeoutExpired:
        code = None
    finally:
        process.kill()  # and with it all that it started: they are in its process namespace
        process.wait()
    return code, _end_of(printed)


def _end_of(printed: Path) -> str:
    size = printed.stat().st_size
    with printed.open("rb") as out:
        out.seek(max(0, size - OUTPUT_MAX))
        text = out.read().decode("utf-8", "replace").replace("\0", "")
    left_out = f"({size - OUTPUT_MAX:,} bytes before this are left out)\n"
    return left_out + text if size > OUTPUT_MAX else text


def _call(function: Callable[[Path], object], folder: Path) -> tuple[list[str], list[str]]:
    """The command that calls a function in a fresh Python, and what that Python must read.

    Raises:
        NoSandbox: another process cannot find the function.
    """
    module, name = function.__module__, function.__qualname__
    if module == "__main__" or "<" in name:
        raise NoSandbox(f"{name} must stand in a module that can be imported; nothing ran.")
    code = (
        "import importlib, operator, pathlib, sys\n"
        "sys.path[:] = sys.argv[4:]\n"
        "call = operator.attrgetter(sys.argv[2])(importlib.import_module(sys.argv[1]))\n"
        "call(pathlib.Path(sys.argv[3]))\n"
    )
    paths = [path for path in sys.path if path and os.path.exists(path)]
    needed = [sys.prefix, sys.base_prefix, *paths]
    command = [sys.executable, "-I", "-B", "-c", code, module, name, str(folder), *paths]
    return command, list(dict.fromkeys(needed))


@contextmanager
def _copied(folder: Path, size_max: int) -> Iterator[tuple[Path, Path]]:
    """Two copies of a folder: one to compare with, and one to change."""
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is not a folder")
    place = Path(tempfile.mkdtemp(prefix="signoff-sandbox-"))
    try:
        before, after = place / "before", place / "after"
        copy_tree(folder, before, size_max, FILES_MAX)
        copy_tree(before, after, size_max, FILES_MAX)
        yield before, after
    finally:
        subprocess.run(  # noqa: S603  what was left may have any mode
            ["/bin/chmod", "-R", "u+rwX", str(place)], check=False, capture_output=True
        )
        shutil.rmtree(place, ignore_errors=True)
