"""What a person has entered into the inputs of a message or view: `state.values`."""

from collections.abc import Iterator

from localchat.wire import Json

# The field that carries what was entered, and the property that presets it, by element type.
FIELDS = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", ""),
}
REQUIRED = "Please complete this required field."


def elements_of(block: Json) -> Iterator[Json]:
    """The interactive elements of a block."""
    yield from block.get("elements", ()) if block.get("type") != "rich_text" else ()
    for name in ("accessory", "element"):
        if element := block.get(name):
            yield element
    yield from block.get("actions", ())  # of a card
    for child in block.get("child_blocks", ()):  # of a container
        yield from elements_of(child)


def find_element(
    blocks: list[Json], action_id: str, block_id: str | None = None
) -> tuple[Json, Json] | None:
    """The block and the element with this action id; None when there is none."""
    for block in blocks:
        if block_id in (None, block.get("block_id")):
            for element in elements_of(block):
                if element.get("action_id") == action_id:
                    return block, element
    return None


def state_of(blocks: list[Json], entered: Json) -> Json:
    """What every input holds: what was entered, otherwise its initial value."""
    state: Json = {}
    for block in blocks:
        for element in elements_of(block):
            if element.get("type") in FIELDS:
                block_id, action_id = block["block_id"], element["action_id"]
                known = entered.get(block_id, {}).get(action_id)
                state.setdefault(block_id, {})[action_id] = known or initial(element)
    return state


def initial(element: Json) -> Json:
    """An untouched input's value."""
    field, preset = FIELDS[element["type"]]
    nothing: object = [] if field.endswith("options") else None
    return {"type": element["type"], field: element.get(preset, nothing)}


def entry(element: Json, given: object) -> Json:
    """What choosing or typing `given` puts into an input.

    Args:
        element: the input.
        given: a full value such as `{"type": "static_select", "selected_option": {…}}`, or just
            what matters: the text, the option's value, a list of them, an id, a date.
    """
    kind = element["type"]
    if isinstance(given, dict) and ("type" in given or FIELDS[kind][0] in given):
        return {"type": kind, **given}
    field = FIELDS[kind][0]
    if field == "selected_option" and isinstance(given, str):
        return {"type": kind, field: option(element, given)}
    if field == "selected_options" and isinstance(given, list | tuple):
        return {"type": kind, field: [option(element, value) for value in given]}
    return {"type": kind, field: given}


def option(element: Json, value: str) -> Json:
    """The option of a menu by its value, without what only the menu needs.

    Raises:
        ValueError: there is none.
    """
    groups = element.get("option_groups", ())
    choices = [*element.get("options", ()), *(o for g in groups for o in g["options"])]
    for choice in choices:
        if choice.get("value") == value:
            return dict(choice)
    known = ", ".join(repr(choice.get("value")) for choice in choices)
    raise ValueError(f"There is no option {value!r}, only {known}.")


def missing_fields(blocks: list[Json], state: Json) -> dict[str, str]:
    """What the client itself would complain about before it submits, by block id."""
    problems = {}
    for block in blocks:
        if block.get("type") != "input":
            continue
        element = block["element"]
        entered = state[block["block_id"]][element["action_id"]].get(FIELDS[element["type"]][0])
        if problem := _problem(block, element, entered):
            problems[block["block_id"]] = problem
    return problems


def _problem(block: Json, element: Json, entered: object) -> str:
    if not entered:
        return "" if block.get("optional") else REQUIRED
    if element["type"] == "plain_text_input" and isinstance(entered, str):
        if len(entered) < element.get("min_length", 0):
            return f"Please enter at least {element['min_length']} characters."
        if len(entered) > element.get("max_length", 3000):
            return f"Please enter at most {element.get('max_length', 3000)} characters."
    return ""
