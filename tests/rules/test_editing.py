"""What an edit must keep to: the producer's schema, which is applied without being trusted."""

import json
from typing import Any

import pytest

from bot.content import Action, Approval
from bot.facts import Item
from bot.rules.editing import TEXT_MAX, allows_answer, allows_edit, args_text, diff_of
from bot.schemas import fault_of_schema, faults_of
from tests.builders import a_label, a_policy, an_item

SECRET = "xoxb-" + "1234567890-abcdefghij"
EDITORS = a_policy(editors=("ann",), responders=("ann",))


def content(args: dict[str, Any] | None = None, *allow: str) -> Approval:
    return Approval(
        kind="approval",
        queue="agent-actions",
        key="k-1",
        action=Action(name="f", args=args or {"n": 1}, args_schema={"type": "object"}),
        allow=allow or ("edit", "respond"),
    )


def offers(args: dict[str, Any], item: Item | None = None) -> bool:
    given = content(args)
    return allows_edit(item or an_item(given, policy=EDITORS), given)


def test_an_edit_is_offered_where_policy_and_producer_allow_it() -> None:
    both = content()

    assert allows_edit(an_item(both, policy=EDITORS), both)
    assert allows_answer(an_item(both, policy=EDITORS), both)
    assert not allows_edit(an_item(both), both)
    assert not allows_answer(an_item(both), both)
    assert not allows_edit(an_item(both, policy=EDITORS), content(None, "respond"))
    assert not allows_answer(an_item(both, policy=EDITORS), content(None, "edit"))
    assert not allows_edit(an_item(a_label(), policy=EDITORS), a_label())


@pytest.mark.parametrize(
    "args",
    [{"text": "x" * TEXT_MAX}, {"token": SECRET}, {"text": "a" + " " * 40 + "b"}],
    ids=["too long", "a secret", "blanks"],
)
def test_what_a_window_cannot_show_letter_for_letter_is_not_edited(args: dict[str, Any]) -> None:
    assert not offers(args)


def test_hidden_characters_stand_as_escapes_that_mean_them() -> None:
    args = {"name": "invoice\u202egnp.exe", "emoji": "\U0001f600", "zero": "a\u200bb"}

    text = args_text(args)

    assert "\u202e" not in text
    assert "\\u202e" in text
    assert offers(args)
    assert json.loads(text) == args


def test_a_diff_shows_what_changed_and_hides_no_character() -> None:
    diff = diff_of('{"a": 1, "b": "x"}', {"a": 2, "b": "x\u202e"})

    assert diff.split("\n") == [
        " {",
        '-  "a": 1,',
        '-  "b": "x"',
        '+  "a": 2,',
        '+  "b": "x‹U+202E›"',
        " }",
    ]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": {}}},
        {"properties": {"a": {"pattern": "^[a-z0-9-]{1,40}$"}}},
        {"properties": {"a": {"pattern": r"^\w+@\w+$"}}},
        {"properties": {"a": {"pattern": r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$"}}},  # a Decimal's
        {"properties": {"a": {"pattern": r"^\d{4}(-\d{2}){2}$"}}},
        {"properties": {"a": {"pattern": "^(?:read|write|,)*$"}}},
        {"patternProperties": {"^x-": {"type": "string"}}},
        {"properties": {"pattern": {"type": "string"}}},
        {},
    ],
)
def test_a_schema_in_ordinary_use_is_taken(schema: dict[str, Any]) -> None:
    assert fault_of_schema(schema) is None


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "nothing"},
        {"$ref": "https://example.com/schema.json"},
        {"allOf": [{"$dynamicRef": "file:///etc/passwd"}]},
        {"pattern": "(a+)+$"},
        {"pattern": "(a|a)*$(?:.{0,5000})*"},
        {"pattern": "^(a|a)*$"},
        {"pattern": "^(?:a|aa)+$"},
        {"pattern": "^(?:|ab|b)*$"},
        {"pattern": "^(a?){50}a{50}$"},
        {"pattern": r"^(x)?(?:(?(1)a|aa))*$"},
        {"pattern": r"(\w+)\1"},
        {"pattern": "a" * 201},
        {"pattern": "("},
        {"patternProperties": {"(a*)*": {}}},
        {"description": "x" * 20_001},
    ],
)
def test_a_schema_that_could_do_harm_is_refused(schema: dict[str, Any]) -> None:
    assert fault_of_schema(schema) is not None


TOO_FAR = "cannot be checked: the schema's references or patterns lead too far"


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": {"pattern": "(x+x+x+)y"}}},
        {"properties": {"a": {"pattern": "x?" * 50 + "x" * 50}}},
        {"properties": {"a": {"allOf": [{"pattern": "^x*x*y"}] * 30}}},
        {"patternProperties": {"(x+x+x+)y": {}}},
        {"additionalProperties": False, "patternProperties": {"(x+x+x+)y": {}}},
        {"unevaluatedProperties": False, "allOf": [{"patternProperties": {"(x+x+x+)y": {}}}]},
    ],
)
def test_matching_that_would_take_long_ends_the_check_and_lets_nothing_through(
    schema: dict[str, Any],
) -> None:
    long = "x" * 3_000

    assert fault_of_schema(schema) is None
    assert faults_of({"a": long, long: 1}, schema) == [TOO_FAR]
    assert faults_of({}, schema) == []


def test_references_that_multiply_end_the_check_and_let_nothing_through() -> None:
    bomb: dict[str, Any] = {"$defs": {"d0": {}}}
    for n in range(1, 40):
        again = {"$ref": f"#/$defs/d{n - 1}"}
        bomb["$defs"][f"d{n}"] = {"allOf": [again, again]}
    bomb["$ref"] = "#/$defs/d39"

    assert fault_of_schema(bomb) is None
    assert faults_of({}, bomb) == [TOO_FAR]


def test_a_schema_that_refers_to_itself_for_ever_lets_nothing_through() -> None:
    assert faults_of({}, {"$ref": "#"}) != []
    assert faults_of({}, {"$ref": "#/nowhere"}) != []


def test_every_fault_names_its_place() -> None:
    schema = {"properties": {"a": {"type": "array", "items": {"type": "integer"}}}}

    assert faults_of({"a": [1, "x"]}, schema) == ["a[1]: 'x' is not of type 'integer'"]
    assert faults_of({}, {"required": ["b"]}) == ["the arguments: 'b' is a required property"]
