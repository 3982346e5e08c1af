from typing import Any

from localchat.slack.blocks import check_view
from localchat.slack.errors import SlackError, invalid_arguments
from localchat.slack.views import MAX_IN_STACK, View
from localchat.slack.web_api.call import Call, method
from localchat.wire import Json


@method("views.open", tier=4)
def open_(call: Call) -> Json:
    """Open a modal in exchange for a trigger."""
    content = _content(call, "modal")
    trigger = call.slack.triggers.exchange(call.args.required("trigger_id"), call.app)
    view = call.slack.views.open(call.app, trigger.person_id, content)
    return _shown(call, view)


@method("views.push", tier=4)
def push(call: Call) -> Json:
    """Open a modal above the one that the trigger comes from."""
    content = _content(call, "modal")
    trigger = call.slack.triggers.exchange(call.args.required("trigger_id"), call.app)
    below = call.slack.views.get(trigger.view_id)
    if below is None or below.kind != "modal":
        raise SlackError("not_found")
    if len(call.slack.views.stack(trigger.person_id)) >= MAX_IN_STACK:
        raise SlackError("push_limit_reached")
    return _shown(call, call.slack.views.push(call.app, trigger.person_id, content))


@method("views.update", tier=4)
def update(call: Call) -> Json:
    """Change what an open view shows; with `hash`, only if nobody else changed it before."""
    view = _named(call)
    content = _content(call, view.kind, view)
    _check_hash(call, view)
    call.slack.views.replace(view, content)
    return _shown(call, view)


@method("views.publish", tier=4)
def publish(call: Call) -> Json:
    """Show a Home tab."""
    person_id = call.args.required("user_id")
    if person_id not in call.slack.workspace.people:
        raise invalid_arguments("user_not_found [json-pointer:/user_id]")
    known = call.slack.views.homes.get((call.app.id, person_id))
    content = _content(call, "home", known)
    if known:
        _check_hash(call, known)
    return _shown(call, call.slack.views.publish(call.app, person_id, content))


def _content(call: Call, kind: str, of: View | None = None) -> Json:
    view: Any = call.args.structure("view", "invalid_arguments")
    if view is None:
        raise invalid_arguments("missing required field: view")
    content = check_view(view, kind, call.slack.files.is_shown)
    if external_id := content.get("external_id"):
        holder = call.slack.views.with_external_id(call.app, external_id)
        if holder and holder is not of:
            raise SlackError("duplicate_external_id")
    return content


def _named(call: Call) -> View:
    args = call.args
    view = call.slack.views.get(args.text("view_id"))
    if external_id := args.text("external_id"):
        view = call.slack.views.with_external_id(call.app, external_id)
    if view is None or view.app is not call.app:
        raise SlackError("not_found")
    return view


def _check_hash(call: Call, view: View) -> None:
    wanted = call.args.text("hash")
    if wanted and wanted != view.hash:
        raise SlackError("hash_conflict")


def _shown(call: Call, view: View) -> Json:
    return {"view": view.as_json(call.slack.workspace.team_id)}
