"""A preview on a throwaway copy: its effects are shown, and nothing gets out."""

import os
import shutil
import socket
from datetime import timedelta
from pathlib import Path

import pytest
import signoff
from signoff import sandbox
from signoff.effects import TooLarge, effects_between
from signoff.sandbox import NoSandbox, require_sandbox, sandboxed
from signoff.testing import Box, approve_all


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with something in it."""
    place = tmp_path / "site"
    (place / "sub").mkdir(parents=True)
    (place / "a.txt").write_text("one\ntwo\n")
    (place / "old.txt").write_text("gone\n")
    (place / "sub" / "b.bin").write_bytes(b"\0\1")
    (place / "outside").symlink_to("/etc/hostname")
    return place


needs_sandbox = pytest.mark.skipif(
    bool(sandbox._why_not()), reason=f"no sandbox: {sandbox._why_not()}"
)
SCRIPT = (
    "sed -i s/two/2/ a.txt; rm old.txt; echo new > sub/new.txt; printf '\\0\\2' > sub/b.bin;"
    "ln -s a.txt link; chmod 755 a.txt; echo done"
)


@needs_sandbox
def test_the_effects_are_shown_and_the_folder_is_as_it_was(folder: Path) -> None:
    tried = sandboxed(folder, ["/bin/sh", "-c", SCRIPT])

    assert (tried.exit_code, tried.output) == (0, "done\n")
    assert tried.effects.added == ("link", "sub/new.txt")
    assert tried.effects.removed == ("old.txt",)
    assert tried.effects.changed == ("a.txt", "sub/b.bin")
    assert "-two\n+2\n" in tried.effects.diff
    assert "+new\n" in tried.effects.diff
    assert "sub/b.bin: a file of 2 bytes -> a file of 2 bytes (binary" in tried.effects.diff
    assert "link: nothing -> a link to 'a.txt'" in tried.effects.diff
    assert "mode of a.txt: 644 -> 755" in tried.effects.diff
    assert (folder / "a.txt").read_text() == "one\ntwo\n"
    assert (folder / "old.txt").exists()


@needs_sandbox
def test_nothing_outside_can_be_written_and_nobody_reached(folder: Path) -> None:
    outside = folder.parent / "victim"
    outside.write_text("safe")
    attack = (
        f"echo x > {outside}; echo x > outside; cat {outside};env | grep SECRET; ls /root /home"
    )
    os.environ["SECRET"] = "sesame"  # restored below
    try:
        tried = sandboxed(folder, ["/bin/sh", "-c", attack])
    finally:
        del os.environ["SECRET"]

    assert outside.read_text() == "safe"
    assert "safe" not in tried.output
    assert "sesame" not in tried.output
    assert tried.effects.summary == "no file would change"


@needs_sandbox
def test_the_network_is_off_even_to_this_machine(folder: Path) -> None:
    bash = shutil.which("bash") or pytest.skip("needs bash, which can connect")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        tried = sandboxed(folder, [bash, "-c", f"echo hi > /dev/tcp/127.0.0.1/{port} && echo in"])

    assert tried.exit_code == 1
    assert "in\n" not in tried.output


@needs_sandbox
def test_a_function_runs_in_it_as_well(folder: Path) -> None:
    with pytest.raises(NoSandbox, match="module that can be imported"):
        sandboxed(folder, lambda place: place)
    tried = sandboxed(folder, shutil.rmtree)

    assert "old.txt" in tried.effects.removed
    assert folder.is_dir()


@needs_sandbox
def test_what_takes_too_long_is_ended_and_says_so(folder: Path) -> None:
    tried = sandboxed(
        folder, ["/bin/sh", "-c", "echo begun; sleep 60"], within=timedelta(seconds=0.5)
    )

    assert tried.exit_code is None
    assert tried.output == "begun\n"
    assert "too slow" in str(tried.as_evidence()[0])


@needs_sandbox
def test_a_folder_that_is_too_large_is_refused(folder: Path) -> None:
    with pytest.raises(TooLarge, match="Nothing ran"):
        sandboxed(folder, ["true"], size_max=10)


def test_without_bubblewrap_nothing_runs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox._why_not.cache_clear()
    monkeypatch.setenv("PATH", "")
    try:
        with pytest.raises(NoSandbox, match="bubblewrap"):
            sandboxed(folder, ["/bin/sh", "-c", "echo x > a.txt"])
    finally:
        sandbox._why_not.cache_clear()

    assert (folder / "a.txt").read_text() == "one\ntwo\n"


def test_without_the_right_to_it_nothing_runs(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "bin"
    broken.mkdir()
    (broken / "bwrap").write_text("#!/bin/sh\necho 'No permissions' >&2; exit 1\n")
    (broken / "bwrap").chmod(0o755)
    sandbox._why_not.cache_clear()
    monkeypatch.setenv("PATH", f"{broken}:{os.environ['PATH']}")
    try:
        with pytest.raises(NoSandbox, match="No permissions"):
            require_sandbox()
    finally:
        sandbox._why_not.cache_clear()


def test_names_cannot_forge_lines_of_a_diff(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    after.mkdir()
    (after / "x\n-rm everything").write_text("")

    assert effects_between(before, after).diff == (
        "'x\\n-rm everything': nothing -> a file of 0 bytes\n"
    )


@needs_sandbox
def test_a_tried_command_is_evidence_on_the_card(box: Box, folder: Path) -> None:
    box.reviewer = approve_all

    @signoff.requires_approval(
        queue="agent-actions", preview=lambda folder: sandboxed(folder, ["rm", "old.txt"])
    )
    def clean(folder: Path) -> None: ...

    clean(folder)

    summary, diff = box.asked[-1].evidence
    assert summary["text"] == "0 added, 0 changed, 1 removed; exit 0"
    assert "-gone" in diff["text"]
