"""The story of an item: everything for the operator, no vote for those who have not voted."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.card_parts import plain
from bot.errors import SignoffError
from bot.flows import explaining
from bot.story import SENTENCES, Story, story_lines
from tests.flows.scene import Scene, a_policy, who

Build = Callable[..., Scene]


def told(scene: Scene, story: Story) -> str:
    return "\n".join(str(plain(line)) for line in story_lines(story, scene.rulebook.people))


def whole(scene: Scene, item_id: str) -> str:
    return told(scene, scene.do(explaining.whole_story, scene.rulebook, item_id))


def test_the_operator_reads_everything(set_scene: Build) -> None:
    scene = set_scene(approvals=a_policy(escalate_after=timedelta(minutes=10)))
    item_id = scene.approval()
    scene.vote("ann", "unsure", item_id, reason="which host?")
    scene.wait(minutes=1)
    during = whole(scene, item_id)
    scene.vote("sue", "reject", item_id)

    after = whole(scene, item_id)

    assert "Ann voted “unsure”, because “which host?”" in during
    assert "Sue was asked: a senior of this queue" in during
    assert "It is with the seniors. May vote now: Sue." in during
    assert "the deadline: time alone decides" in during
    assert "Sue voted “reject” as a senior" in after
    assert "decided: reject, by the rule senior (Sue)" in after
    assert "What comes next" not in after


def test_timers_are_told_in_order(set_scene: Build) -> None:
    scene = set_scene(approvals=a_policy(escalate_after=timedelta(minutes=10)))

    story = scene.do(explaining.whole_story, scene.rulebook, scene.approval())
    lines = told(scene, story).splitlines()

    coming = lines[lines.index("What comes next") + 1 :]
    assert [line.split(": ", 1)[1] for line in coming] == [
        "those who have not voted are reminded",
        "it goes to the seniors",
        "the deadline: time alone decides",
    ]


def test_votes_stay_blind_for_whoever_has_not_voted(set_scene: Build) -> None:
    scene = set_scene(labels=a_policy(votes_needed=3))
    item_id = scene.label()
    scene.vote("ann", "spam", item_id, reason="a prize")

    unvoted = told(scene, scene.do(explaining.story_for, scene.rulebook, item_id, who("ben")))
    voted = told(scene, scene.do(explaining.story_for, scene.rulebook, item_id, who("ann")))

    assert "Votes were cast" in unvoted
    assert "spam" not in unvoted.split("What happened")[1]
    assert "a prize" not in unvoted
    assert "Ann voted “spam”" in voted


def test_nobody_else_is_told_anything(scene: Scene) -> None:
    with pytest.raises(SignoffError):
        scene.do(explaining.story_for, scene.rulebook, scene.label(), who("stranger"))


def test_every_event_of_the_house_has_a_sentence_that_holds_any_body() -> None:
    for name, sentence in SENTENCES.items():
        assert str(sentence(plain(()), {}, {})), name
