"""What changed between two folders, as a diff for people. Links are never followed."""

import difflib
import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from signoff.errors import SignoffError

DIFF_MAX = 150_000  # characters of all diffs together; a text on a card takes 200,000
TEXT_MAX = 200_000  # bytes of one file that is compared line by line
LINES_MAX = 4_000  # likewise; comparing takes the square of it


class TooLarge(SignoffError):
    """The folder cannot be copied for a preview; nothing ran."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What is there now and was not, is gone, or is another."""

    added: tuple[str, ...]  # paths within the folder
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    diff: str

    @property
    def summary(self) -> str:
        """How many, in a few words."""
        if not (self.added or self.removed or self.changed):
            return "no file would change"
        return f"{len(self.added)} added, {len(self.changed)} changed, {len(self.removed)} removed"


@dataclass(frozen=True, slots=True)
class _Entry:
    """One file, link or folder."""

    kind: str  # "file", "link", "folder" or "other"
    mode: int  # permission bits; 0 of a link
    path: Path
    size: int = 0
    leads_to: str = ""  # a link

    def same_as(self, other: "_Entry") -> bool:
        """Whether nothing that can be seen differs."""
        if (self.kind, self.mode, self.leads_to) != (other.kind, other.mode, other.leads_to):
            return False
        return self.kind != "file" or (self.size == other.size and _same(self.path, other.path))


def effects_between(before: Path, after: Path) -> Effects:
    """What differs, by path."""
    old, new = dict(_entries(before)), dict(_entries(after))
    changed = [name for name in old.keys() & new.keys() if not old[name].same_as(new[name])]
    names = sorted({*changed, *(old.keys() ^ new.keys())})
    return Effects(
        added=tuple(sorted(new.keys() - old.keys())),
        removed=tuple(sorted(old.keys() - new.keys())),
        changed=tuple(sorted(changed)),
        diff=_joined([_told(name, old.get(name), new.get(name)) for name in names]),
    )


def copy_tree(source: Path, target: Path, size_max: int, count_max: int) -> None:
    """Copies files, folders and links as they are; sockets, pipes and devices are left out.

    Raises:
        TooLarge: there is more than that.
    """
    target.mkdir()
    size = 0
    for count, (name, entry) in enumerate(_entries(source), start=1):
        size += entry.size
        if size > size_max or count > count_max:
            raise TooLarge(
                f"{source} holds more than {size_max:,} bytes or {count_max:,} files: too much "
                "to copy for a preview. Nothing ran."
            )
        place = target / name
        if entry.kind == "folder":
            place.mkdir()
            place.chmod(entry.mode | stat.S_IRWXU)
        elif entry.kind == "link":
            place.symlink_to(entry.leads_to)
        elif entry.kind == "file":
            shutil.copyfile(entry.path, place, follow_symlinks=False)
            place.chmod(entry.mode)


def _entries(root: Path) -> Iterator[tuple[str, _Entry]]:
    """Everything below, each folder before what is in it."""
    waiting = [root]
    while waiting:
        for found in sorted(os.scandir(waiting.pop()), key=lambda one: one.name):
            entry = _entry(Path(found.path))
            yield str(entry.path.relative_to(root)), entry
            if entry.kind == "folder":
                waiting.append(entry.path)


def _entry(path: Path) -> _Entry:
    status = path.lstat()
    mode = stat.S_IMODE(status.st_mode)
    if stat.S_ISLNK(status.st_mode):
        return _Entry("link", 0, path, leads_to=os.readlink(path))
    if stat.S_ISDIR(status.st_mode):
        return _Entry("folder", mode | stat.S_IRWXU, path)
    if stat.S_ISREG(status.st_mode):
        return _Entry("file", mode, path, status.st_size)
    return _Entry("other", mode, path)


def _same(one: Path, other: Path) -> bool:
    with one.open("rb") as first, other.open("rb") as second:
        while block := first.read(65_536):
            if block != second.read(65_536):
                return False
    return True


def _told(name: str, old: _Entry | None, new: _Entry | None) -> str:
    """What became of one path."""
    shown = name if name.isprintable() else ascii(name)
    before, after = _about(old), _about(new)
    if (old or new) and all(one is None or one.kind == "file" for one in (old, new)):
        return _mode(shown, old, new) + _compared(shown, old, new)
    return f"{shown}: {before} -> {after}\n"


def _mode(shown: str, old: _Entry | None, new: _Entry | None) -> str:
    if old is None or new is None or old.mode == new.mode:
        return ""
    return f"mode of {shown}: {old.mode:o} -> {new.mode:o}\n"


def _about(entry: _Entry | None) -> str:
    if entry is None:
        return "nothing"
    if entry.kind == "link":
        return f"a link to {entry.leads_to!a}"
    return {"file": f"a file of {entry.size:,} bytes", "folder": f"a folder ({entry.mode:o})"}.get(
        entry.kind, "something that is no file"
    )


def _compared(shown: str, old: _Entry | None, new: _Entry | None) -> str:
    """Two states of one file, line by line where both are texts of a reasonable size."""
    before, after = _lines(old), _lines(new)
    plain = f"{shown}: {_about(old)} -> {_about(new)}"
    if old and new and old.size == new.size and _same(old.path, new.path):
        return ""
    if before is None or after is None:
        return f"{plain} (binary, or too large to show)\n"
    names = (f"a/{shown}" if old else "/dev/null", f"b/{shown}" if new else "/dev/null")
    found = "\n".join(difflib.unified_diff(before, after, *names, lineterm=""))
    return f"{found or plain}\n"  # an empty file, or one that differs in its line ends, has no diff


def _lines(entry: _Entry | None) -> list[str] | None:
    if entry is None:
        return []
    if entry.size > TEXT_MAX:
        return None
    content = entry.path.read_bytes()
    if b"\0" in content:
        return None
    try:
        lines = content.decode().splitlines()
    except UnicodeDecodeError:
        return None
    return lines if len(lines) <= LINES_MAX else None


def _joined(parts: list[str]) -> str:
    """All of it, or as much as a card takes, with a word about the rest."""
    text = ""
    for place, part in enumerate(parts):
        if len(text) + len(part) > DIFF_MAX:
            left = [one.splitlines()[0] for one in parts[place:] if one]
            listed = "\n".join(left)[:20_000]
            return f"{text}\nNOT SHOWN, too much for a card: {len(left)} more paths\n{listed}\n"
        text += part
    return text
