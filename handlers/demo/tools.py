"""The tools of the demo's agents: what they can do to files, each time only after people said yes.

Paths are below the folder that the program works in. What differs from errand to errand (why,
where, for whom) is told by `doing`; the arguments themselves say what is done.
"""

import gzip
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from signoff import Evidence, Item, requires_approval

QUEUE = "agent-actions"


@dataclass(frozen=True, slots=True)
class Errand:
    """Why a tool is used, where, and for whom."""

    reason: str  # the agent's own words
    target: str
    environment: str
    requester: str
    evidence: tuple[Evidence, ...]
    asked: Callable[[Item], None]  # told the item as soon as people are asked


_errand: ContextVar[Errand] = ContextVar("errand")

guarded = partial(
    requires_approval,
    queue=QUEUE,
    reason=lambda: _errand.get().reason,
    target=lambda: _errand.get().target,
    environment=lambda: _errand.get().environment,
    requester=lambda: _errand.get().requester,
    preview=lambda: _errand.get().evidence,
    asked=lambda item: _errand.get().asked(item),
    note=str,
)


@contextmanager
def doing(errand: Errand) -> Iterator[None]:
    """What is done inside belongs to this errand."""
    token = _errand.set(errand)
    try:
        yield
    finally:
        _errand.reset(token)


@guarded(name="delete_files", reversible=False, within=timedelta(minutes=5))
def delete_files(paths: list[str]) -> str:
    """Deletes files for good."""
    freed = sum(Path(path).stat().st_size for path in paths)
    for path in paths:
        Path(path).unlink()
    return f"{len(paths)} files deleted, {freed:,} bytes freed"


@guarded(name="overwrite_file", reversible=True, within=timedelta(minutes=5))
def overwrite_file(path: str, content: str) -> str:
    """Gives a file new content, and keeps the old one beside it."""
    shutil.copyfile(path, f"{path}.bak")
    Path(path).write_text(content, encoding="utf-8")
    return f"{path} is new; the one before is {path}.bak"


@guarded(name="restore_file", reversible=True, within=timedelta(minutes=3))
def restore_file(path: str, copy: str) -> str:
    """Puts a file back from its copy."""
    shutil.copyfile(copy, path)
    return f"put {path} back from its copy"


@guarded(name="compress_file", reversible=True, within=timedelta(minutes=2))
def compress_file(path: str, format: str = "gzip") -> str:
    """Compresses a file: harmless, and easy to undo."""
    if format != "gzip":
        raise ValueError(f"there is no {format} here")
    packed = Path(f"{path}.gz")
    packed.write_bytes(gzip.compress(Path(path).read_bytes()))
    Path(path).unlink()
    return f"{path} is now {packed}, {packed.stat().st_size / 1000:.1f} kB"
