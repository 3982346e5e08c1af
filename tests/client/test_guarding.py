"""`requires_approval`, against the real server: what was approved is what runs, once."""

import asyncio
import dataclasses
import enum
import inspect
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import signoff
from signoff import (
    Action,
    AlreadyRan,
    BoundAction,
    Changed,
    CheckFailed,
    Decision,
    Denied,
    Diff,
    Expired,
    Misconfigured,
    NotBindable,
    Outcome,
    OutcomeUnknown,
    Paused,
    Signoff,
    Undecided,
    keyed,
    requires_approval,
)
from signoff.editing import Editing
from signoff.guard import Guard
from signoff.guarding import _approved
from signoff.testing import Asked, Box, approve, approve_all, edit, reject, respond

QUEUE = "agent-actions"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def newest(box: Box) -> signoff.Item:
    """The item that was opened last."""
    return next(iter(box.client_sync().items(queue=QUEUE)))


async def test_an_approved_call_runs_once_and_is_reported(box: Box) -> None:
    ran: list[Path] = []
    box.reviewer = approve_all

    @requires_approval(queue=QUEUE, target="host-1", note=lambda count: f"{count} file")
    async def delete(path: Path) -> int:
        ran.append(path)
        return 1

    found = await delete(Path("a.log"))

    assert (found, ran) == (1, [Path("a.log")])
    item = newest(box)
    assert item.report
    assert (item.report.execution, item.report.note) == ("executed", "1 file")
    assert item.grant
    assert item.grant.status == "used"


def test_a_plain_function_waits_as_well(box: Box) -> None:
    box.reviewer = approve_all

    @requires_approval(queue=QUEUE)
    def delete(path: str) -> str:
        return f"deleted {path}"

    assert delete("a.log") == "deleted a.log"


def test_a_denied_call_does_not_run_and_the_agent_learns_why(box: Box) -> None:
    ran: list[str] = []
    box.reviewer = lambda _asked: reject("somebody still needs it")

    @requires_approval(queue=QUEUE)
    def delete(path: str) -> None:
        ran.append(path)

    with pytest.raises(Denied, match="somebody still needs it") as caught:
        delete("a.log")

    assert ran == []
    assert caught.value.decision
    assert caught.value.decision.who[0].id == "ann"


def test_every_argument_is_bound_defaults_and_keywords_included(box: Box) -> None:
    box.reviewer = approve_all

    @requires_approval(queue=QUEUE, version="3", environment="production", target="host-1")
    def move(a: int, /, b: str = "two", *rest: int, flag: bool = False, **more: Any) -> None: ...

    move(1, "x", 2, 3, other=[None])

    asked = box.asked[-1].action
    assert asked is not None
    assert asked.args == {
        "a": 1, "b": "x", "rest": [2, 3], "flag": False, "more": {"other": [None]},
    }  # fmt: skip
    assert asked.name == f"{__name__}.{move.__qualname__}"
    assert (asked.version, asked.environment, asked.target) == ("3", "production", "host-1")


def test_a_default_that_nobody_passed_is_bound_too(box: Box) -> None:
    box.reviewer = approve_all

    @requires_approval(queue=QUEUE)
    def move(a: int, b: str = "two") -> str:
        return b

    move(1)

    assert box.asked[-1].action
    assert box.asked[-1].action.args == {"a": 1, "b": "two"}


class Boat:
    """An object with a state of its own."""

    def __init__(self, name: str) -> None:
        self.name = name

    @requires_approval(queue=QUEUE)
    def sink(self) -> str:
        """A dangerous method."""
        return f"{self.name} is gone"

    def __signoff__(self) -> dict[str, str]:
        """What stands for it."""
        return {"boat": self.name}


def test_a_method_binds_the_object_it_is_called_on(box: Box) -> None:
    box.reviewer = approve_all

    assert Boat("Ida").sink() == "Ida is gone"
    assert box.asked[-1].action
    assert box.asked[-1].action.args == {"self": {"boat": "Ida"}}


def _change_list(paths: list[str], _options: dict[str, Any]) -> None:
    paths.append("/etc/passwd")


def _change_dict(_paths: list[str], options: dict[str, Any]) -> None:
    options["recursive"] = True


@pytest.mark.parametrize("change", [_change_list, _change_dict])
def test_what_was_changed_while_people_looked_does_not_run(box: Box, change: Any) -> None:
    ran: list[object] = []
    paths, options = ["a.log"], {"recursive": False}

    def approve_and_change(_asked: Asked) -> signoff.testing.Answer:
        change(paths, options)
        return approve()

    @requires_approval(queue=QUEUE)
    def delete(paths: list[str], options: dict[str, Any]) -> None:
        ran.append(paths)

    box.reviewer = approve_and_change
    with pytest.raises(Changed, match=r"(paths|options) changed"):
        delete(paths, options)

    assert ran == []
    item = newest(box)
    assert item.report is None
    assert item.grant
    assert item.grant.status == "ready"


def test_a_mutable_default_that_changed_meanwhile_does_not_run(box: Box) -> None:
    ran: list[object] = []
    default = ["a.log"]

    @requires_approval(queue=QUEUE)
    def delete(paths: list[str] = default) -> None:
        ran.append(paths)

    def approve_and_change(_asked: Asked) -> signoff.testing.Answer:
        default.append("b.log")
        return approve()

    box.reviewer = approve_and_change
    with pytest.raises(Changed):
        delete()

    assert ran == []


def test_a_link_that_leads_elsewhere_meanwhile_is_not_followed(box: Box, tmp_path: Path) -> None:
    ran: list[Path] = []
    good, bad, link = tmp_path / "good", tmp_path / "bad", tmp_path / "link"
    good.touch()
    bad.touch()
    link.symlink_to(good)

    def approve_and_swap(_asked: Asked) -> signoff.testing.Answer:
        link.unlink()
        link.symlink_to(bad)
        return approve()

    @requires_approval(queue=QUEUE, resolve=lambda path: path.resolve())
    def delete(path: Path) -> None:
        ran.append(path)

    box.reviewer = approve_and_swap
    with pytest.raises(Changed, match="resolved"):
        delete(link)

    asked = box.asked[-1].action
    assert asked
    assert asked.args == {"path": str(link), "(resolved)": str(good)}
    assert ran == []


def test_what_changes_between_redeem_and_call_does_not_run(box: Box) -> None:
    ran: list[int] = []
    looks = iter([1, 1, 2])
    box.reviewer = approve_all

    @requires_approval(queue=QUEUE, resolve=lambda: next(looks))
    def deploy(version: str) -> None:
        ran.append(1)

    with pytest.raises(Changed):
        deploy("latest")

    assert ran == []
    item = newest(box)
    assert item.report
    assert item.report.execution == "failed"
    assert "did not run" in item.report.note


@pytest.mark.parametrize("hook", ["resolve", "target", "environment"])
def test_what_changes_while_the_last_look_is_taken_does_not_run(box: Box, hook: str) -> None:
    ran: list[list[str]] = []
    looks: list[int] = []

    def look(paths: list[str]) -> str:
        looks.append(1)
        if len(looks) == 3:  # asked for, before the redeem, and now before the call
            paths.append("/etc")
        return "host-1"

    told: dict[str, Any] = {hook: look}

    @requires_approval(queue=QUEUE, **told)
    def delete(paths: list[str]) -> None:
        ran.append(paths)

    box.reviewer = approve_all
    with pytest.raises(Changed, match="paths"):
        delete(["a.log"])

    assert ran == []
    report = newest(box).report
    assert report
    assert (report.execution, report.note[:14]) == ("failed", "It did not run")


async def test_what_another_task_changes_while_the_last_look_is_awaited_does_not_run(
    box: Box,
) -> None:
    ran: list[list[str]] = []
    looks: list[int] = []
    looking = asyncio.Event()
    changed = asyncio.Event()

    async def resolve(paths: list[str]) -> str:
        looks.append(1)
        if len(looks) == 3:
            looking.set()
            await changed.wait()
        return "the same"

    @requires_approval(queue=QUEUE, resolve=resolve)
    async def delete(paths: list[str]) -> None:
        ran.append(paths)

    box.reviewer = approve_all
    paths = ["a.log"]
    call = asyncio.create_task(delete(paths))
    await looking.wait()
    paths.append("/etc")
    changed.set()
    with pytest.raises(Changed, match="paths"):
        await call

    assert ran == []


def test_nothing_is_asked_where_it_need_not_be(box: Box) -> None:
    before = len(box.asked)

    @requires_approval(queue=QUEUE, when=lambda path: path.is_dir())
    def delete(path: Path, force: bool = False) -> str:
        return "deleted"

    assert delete(Path("/nowhere")) == "deleted"
    assert len(box.asked) == before


@pytest.mark.parametrize("hook", ["when", "preview", "resolve", "target", "key"])
def test_a_hook_that_fails_lets_nothing_run(box: Box, hook: str) -> None:
    ran: list[str] = []
    before = len(box.asked)

    def broken(path: str) -> str:
        raise OSError("the disk is gone")

    options: dict[str, Any] = {hook: broken}

    @requires_approval(queue=QUEUE, **options)
    def delete(path: str) -> None:
        ran.append(path)

    with pytest.raises(CheckFailed, match=rf"{hook}= failed.*the disk is gone") as caught:
        delete("a.log")

    assert isinstance(caught.value.__cause__, OSError)
    assert ran == []
    assert len(box.asked) == before


async def test_a_preview_is_shown_to_the_people(box: Box) -> None:
    box.reviewer = approve_all

    async def dry_run(path: str) -> list[object]:
        await asyncio.sleep(0)
        return [Diff("-a\n+b", "settings")]

    @requires_approval(queue=QUEUE, preview=dry_run)
    async def overwrite(path: str) -> None: ...

    await overwrite("web.toml")

    (shown,) = box.asked[-1].evidence
    assert shown == {"kind": "diff", "text": "-a\n+b", "title": "settings"}


async def test_an_async_hook_of_a_plain_function_is_refused(box: Box) -> None:
    async def later(path: str) -> bool:
        return True

    @requires_approval(queue=QUEUE, when=later)
    def delete(path: str) -> None:
        pytest.fail("it ran")

    with pytest.raises(CheckFailed, match="must be awaited"):
        await asyncio.to_thread(delete, "a.log")


class Unspeakable:
    """Something without a canonical form."""


def test_an_argument_without_a_canonical_form_is_refused_by_name(box: Box) -> None:
    before = len(box.asked)

    @requires_approval(queue=QUEUE)
    def delete(path: str, options: dict[str, Any]) -> None:
        pytest.fail("it ran")

    with pytest.raises(NotBindable, match=r"options\['how'\]") as caught:
        delete("a.log", {"how": Unspeakable()})

    assert caught.value.argument == "options['how']"
    assert len(box.asked) == before


def test_a_hook_may_say_what_stands_for_an_object(box: Box) -> None:
    box.reviewer = approve_all

    @requires_approval(queue=QUEUE, encode={Unspeakable: lambda _it: "the one"})
    def delete(what: Unspeakable) -> None: ...

    delete(Unspeakable())

    assert box.asked[-1].action
    assert box.asked[-1].action.args == {"what": "the one"}


@dataclasses.dataclass
class Size:
    """Something to edit."""

    width: int
    height: int


def test_a_reviewers_edit_is_what_runs(box: Box) -> None:
    box.reviewer = lambda _asked: edit(size={"width": 2, "height": 3}, path="b.png")

    @requires_approval(queue=QUEUE, edit=True)
    def resize(path: Path, size: Size, factor: float = 1.5) -> tuple[Path, Size, float]:
        return path, size, factor

    assert resize(Path("a.png"), Size(9, 9)) == (Path("b.png"), Size(2, 3), 1.5)
    item = newest(box)
    assert item.report
    assert item.report.execution == "executed"
    assert item.action
    assert item.action.edited_by == "ann"


def test_an_edit_keeps_to_the_functions_types(box: Box) -> None:
    box.reviewer = lambda _asked: edit(count="many")

    @requires_approval(queue=QUEUE, edit=True, within=timedelta(seconds=1))
    def make(count: int) -> None:
        pytest.fail("it ran")

    with pytest.raises(signoff.NotApproved):
        make(3)
    with pytest.raises(AssertionError, match="do not fit"):
        box.check()


def test_what_json_would_turn_into_another_type_within_a_list_may_not_be_edited(box: Box) -> None:
    class Mode(enum.StrEnum):
        FAST = "fast"

    @requires_approval(queue=QUEUE, edit=True)
    def run(steps: list[Any], options: dict[str, Any], count: list[int]) -> None: ...

    box.reviewer = approve_all
    run([1, Mode.FAST], {"modes": [Mode.FAST]}, [1])

    asked = box.asked[-1].action
    assert asked
    assert asked.args_schema
    properties = asked.args_schema["properties"]
    assert properties["steps"] == {"const": [1, "fast"]}
    assert properties["options"] == {"const": {"modes": ["fast"]}}
    assert properties["count"]["type"] == "array"


@pytest.mark.parametrize(
    ("after", "why"),
    [
        ({"path": "b.log"}, "other names"),
        ({"path": "b.log", "count": 1, "force": True}, "other names"),
        ({"path": "/etc//passwd", "count": 1}, "would not arrive as it was approved"),
        ({"path": "b.log", "count": "2"}, "would not arrive as it was approved"),
        ({"path": "b.log", "count": "two"}, "does not fit the function"),
        ({"path": 7, "count": 1}, "does not fit the function"),
    ],
)
def test_whatever_a_server_lets_through_an_edit_keeps_to_the_function(
    after: dict[str, Any], why: str
) -> None:
    def delete(path: Path, count: int) -> None: ...

    bound = inspect.signature(delete).bind(Path("a.log"), 1)

    with pytest.raises(Changed, match=why):
        Editing(delete, None).apply(bound, {"path": "a.log", "count": 1}, after)


def test_a_call_that_may_not_be_edited_does_not_run_edited() -> None:
    guard = Guard(function=print, name="print", queue=QUEUE)
    action = Action("print", {"text": "a"})
    stated = BoundAction("print", {"text": "b"}, edited_by="ann")
    outcome = Outcome("approve", "unanimous", 1, NOON)
    item = signoff.Item("AAAAAAAA", "settled", QUEUE, "approval", "k", NOON, NOON, "0", "1", stated)

    with pytest.raises(Changed, match="was edited, and may not be"):
        _approved(guard, inspect.signature(print).bind("a"), action, Decision(item, outcome))


def test_a_person_may_answer_in_place_of_the_tool(box: Box) -> None:
    box.reviewer = lambda _asked: respond("it is 42")

    @requires_approval(queue=QUEUE, respond=str.upper)
    def search(words: str) -> str:
        pytest.fail("it ran")

    assert search("the answer") == "IT IS 42"


async def test_several_calls_at_once_get_a_decision_each(box: Box) -> None:
    ran: list[int] = []

    def only_even(asked: Asked) -> signoff.testing.Answer:
        assert asked.action
        return approve() if asked.action.args["number"] % 2 == 0 else reject()

    @requires_approval(queue=QUEUE)
    async def act(number: int) -> int:
        ran.append(number)
        return number

    box.reviewer = only_even
    ends = await asyncio.gather(*(act(number) for number in range(6)), return_exceptions=True)

    assert [end if isinstance(end, int) else type(end) for end in ends] == [
        0, Denied, 2, Denied, 4, Denied,
    ]  # fmt: skip
    assert sorted(ran) == [0, 2, 4]


def test_what_has_run_under_a_key_does_not_run_again(box: Box) -> None:
    ran: list[int] = []
    box.reviewer = approve_all

    @requires_approval(queue=QUEUE, preview=lambda: f"look {len(ran)}")
    def act() -> None:
        ran.append(1)

    with keyed("run-1:call-1"):
        act()
        with pytest.raises(AlreadyRan) as caught:
            act()  # even though its preview has changed by now

    assert ran == [1]
    assert caught.value.execution == "executed"


def test_a_key_that_names_another_action_is_refused(box: Box) -> None:
    box.reviewer = approve_all

    @requires_approval(queue=QUEUE)
    def act(number: int) -> None: ...

    with keyed("run-1:call-2"):
        act(1)
        with pytest.raises(signoff.KeyTaken):
            act(2)


def test_a_run_that_starts_again_finds_the_answers_to_each_of_its_calls(box: Box) -> None:
    ran: list[int] = []
    box.reviewer = approve_all

    @requires_approval(queue=QUEUE)
    def act(number: int) -> None:
        ran.append(number)

    with signoff.run("run-2"):
        act(1)
        act(1)
    with signoff.run("run-2"):
        for _ in range(2):
            with pytest.raises(AlreadyRan):
                act(1)
        act(1)

    assert ran == [1, 1, 1]


def test_a_function_that_fails_says_so_and_is_reported(box: Box) -> None:
    box.reviewer = approve_all

    @requires_approval(queue=QUEUE)
    def act() -> None:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        act()

    report = newest(box).report
    assert report
    assert (report.execution, report.note) == ("failed", "OSError: no space left")


async def test_a_call_that_is_stopped_while_it_runs_is_unknown(box: Box) -> None:
    begun = asyncio.Event()
    box.reviewer = approve_all

    @requires_approval(queue=QUEUE)
    async def act() -> None:
        begun.set()
        await asyncio.sleep(60)

    call = asyncio.create_task(act())
    await begun.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    report = newest(box).report
    assert report
    assert report.execution == "unknown"


async def test_a_call_that_is_stopped_while_people_look_never_runs(box: Box) -> None:
    opened = asyncio.Event()
    loop = asyncio.get_running_loop()

    def look(_asked: Asked) -> None:
        loop.call_soon_threadsafe(opened.set)

    box.reviewer = look

    @requires_approval(queue=QUEUE)
    async def act() -> None:
        pytest.fail("it ran")

    call = asyncio.create_task(act())
    await opened.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


def test_nothing_runs_while_signoff_is_paused(box: Box) -> None:
    ran: list[int] = []
    box.reviewer = approve_all

    @requires_approval(queue=QUEUE)
    def act() -> None:
        ran.append(1)

    with keyed("paused:1"):
        box.pause("an incident")
        try:
            with pytest.raises(Paused):
                act()
        finally:
            box.resume()
        assert ran == []
        act()

    assert ran == [1]


def test_silence_is_no(box: Box) -> None:
    @requires_approval(queue=QUEUE, within=timedelta(seconds=0.3))
    def act() -> None:
        pytest.fail("it ran")

    with pytest.raises(Expired) as caught:
        act()

    assert caught.value.decision
    assert caught.value.decision.rule == "timeout"


def test_an_approval_that_was_not_used_in_time_is_no(box: Box) -> None:
    box.reviewer = approve_all
    with keyed("late:1"):
        item = box.client_sync().submit(
            QUEUE, action=signoff.Action(f"{__name__}.act"), key="late:1"
        )
        box.client_sync().wait(item)
        box.forward(timedelta(minutes=16))

        with pytest.raises(Expired, match="not used in time"):
            requires_approval(queue=QUEUE, name=f"{__name__}.act")(lambda: pytest.fail("it ran"))()


def test_an_answer_that_is_not_allowed_runs_nothing(box: Box) -> None:
    box.reviewer = lambda _asked: respond("no need")
    item = box.client_sync().submit(
        QUEUE, action=signoff.Action("act"), allow=["respond"], key="spoken:1"
    )
    box.client_sync().wait(item)

    with keyed("spoken:1"), pytest.raises(Undecided):
        requires_approval(queue=QUEUE, name="act")(lambda: pytest.fail("it ran"))()


def test_a_begun_call_of_an_earlier_process_is_unknown(box: Box) -> None:
    box.reviewer = approve_all
    client = box.client_sync()
    decision = client.ask(QUEUE, action=signoff.Action("act"), key="begun:1")
    client.redeem(decision)

    with keyed("begun:1"), pytest.raises(OutcomeUnknown):
        requires_approval(queue=QUEUE, name="act")(lambda: pytest.fail("it ran"))()


def test_generators_are_refused() -> None:
    def one_by_one() -> Iterator[int]:
        yield 1

    async def later() -> AsyncIterator[int]:
        yield 1

    for generator in (one_by_one, later):
        with pytest.raises(TypeError, match="generator"):
            requires_approval(queue=QUEUE)(generator)


def test_decorators_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(TypeError, match="below @staticmethod"):
        requires_approval(queue=QUEUE)(staticmethod(lambda: None))


def test_a_function_that_only_returns_a_coroutine_did_not_run(box: Box) -> None:
    async def really() -> None:
        pytest.fail("it ran")

    @requires_approval(queue=QUEUE)
    def act() -> object:
        return really()

    box.reviewer = approve_all
    with pytest.raises(TypeError, match="not async"):
        act()

    report = newest(box).report
    assert report
    assert report.execution == "failed"


def test_without_an_address_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIGNOFF_URL", raising=False)

    with pytest.raises(Misconfigured, match="SIGNOFF_URL"):
        requires_approval(queue=QUEUE, name="act")(lambda: pytest.fail("it ran"))()


async def test_either_client_serves_either_kind_of_function(box: Box) -> None:
    box.reviewer = approve_all
    async with Signoff() as client:
        plain = requires_approval(queue=QUEUE, client=client, name="act")(lambda: 1)
        assert await asyncio.to_thread(plain) == 1

    @requires_approval(queue=QUEUE, client=box.client_sync())
    async def act() -> int:
        return 2

    assert await act() == 2


def test_the_program_is_told_the_item_while_people_are_asked(box: Box) -> None:
    told: list[signoff.Item] = []
    box.reviewer = approve_all

    @requires_approval(queue=QUEUE, asked=told.append, requester=lambda who: f"for {who}")
    def act(who: str) -> None: ...

    act("sam")

    assert [item.id for item in told] == [box.asked[-1].item_id]
    assert box.asked[-1].requester == "for sam"
