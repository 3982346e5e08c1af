from localchat.slack import payloads
from localchat.slack.acks import Ack
from localchat.slack.acting import Acting
from localchat.slack.blocks import check_view
from localchat.slack.errors import SlackError
from localchat.slack.files import Files
from localchat.slack.outcomes import TROUBLE, Outcome, from_ack, refusal
from localchat.slack.values import entry, find_element, missing_fields, state_of
from localchat.slack.views import MAX_IN_STACK, View
from localchat.wire import Json


class Submitting:
    """What people do with modals: submit them and close them."""

    def __init__(self, acting: Acting, files: Files) -> None:
        self._acting = acting
        self._files = files

    async def submit(self, view_id: str, values: Json | None = None) -> Outcome:
        """Fill a modal in and submit it.

        Args:
            view_id: the modal.
            values: by block_id and action_id; each a full value or just the text, option, id …;
                see `values.entry`. What is left out stays as it is.
        """
        view = self._acting.views.get(view_id)
        if view is None or view.kind != "modal":
            return refusal("view_not_found", "This form is no longer open.")
        fill_in(view, values or {})
        blocks = view.content["blocks"]
        if problems := missing_fields(blocks, state_of(blocks, view.values)):
            return Outcome(False, "incomplete", errors=problems)
        acting = self._acting
        start = acting.begin(view.app, view.person_id, "view_submission", view.id)
        payload = payloads.view_event(acting.workspace, start, view) | {"response_urls": []}
        ack = await acting.delivery.interact(view.app, "interactive", payload)
        if not ack.is_acked:
            return from_ack(ack, TROUBLE)
        return self._follow(view, ack)

    async def close(self, view_id: str) -> Outcome:
        """Close a modal without submitting it."""
        view = self._acting.views.get(view_id)
        if view is None or view.kind != "modal":
            return refusal("view_not_found", "This form is no longer open.")
        stack = self._acting.views.stack(view.person_id)
        is_cleared = bool(view.content.get("clear_on_close"))
        for each in reversed(stack[:] if is_cleared else [view]):
            self._acting.views.close(each)
            await self._say_closed(each, is_cleared=is_cleared)
        return Outcome(True)

    async def _say_closed(self, view: View, *, is_cleared: bool) -> None:
        if view.content.get("notify_on_close"):
            acting = self._acting
            start = acting.begin(view.app, view.person_id, "view_closed", view.id)
            payload = payloads.view_event(acting.workspace, start, view)
            payload["is_cleared"] = is_cleared
            await acting.delivery.interact(view.app, "interactive", payload)

    def _follow(self, view: View, ack: Ack) -> Outcome:
        """Do what the acknowledgement of a submission says."""
        body = ack.payload or {}
        views = self._acting.views
        if views.get(view.id) is None:
            return from_ack(ack)  # it was closed meanwhile
        action = body.get("response_action")
        if action == "errors" and _names_inputs(view, body.get("errors")):
            return Outcome(False, "errors", "", ack.ms, body, body["errors"])
        if action in ("update", "push") and self._show(view, action, body.get("view")):
            return from_ack(ack)
        if action == "clear" or not (body or ack.text):
            for each in reversed(views.stack(view.person_id)[:] if action else [view]):
                views.close(each)
            return from_ack(ack)
        return Outcome(False, "bad_ack", TROUBLE, ack.ms, body)

    def _show(self, view: View, change: str, content: object) -> bool:
        """Update the view or push another; False when the content is not a valid modal."""
        views = self._acting.views
        try:
            checked = check_view(content, "modal", self._files.is_shown)
        except (SlackError, TypeError):
            return False
        if change == "update":
            views.replace(view, checked)
            return True
        if len(views.stack(view.person_id)) >= MAX_IN_STACK:
            return False
        views.push(view.app, view.person_id, checked)
        return True


def fill_in(view: View, values: Json) -> None:
    """Enter values into a view's inputs."""
    for block_id, in_block in values.items():
        for action_id, given in in_block.items():
            found = find_element(view.content["blocks"], action_id, block_id)
            if found is None:
                raise KeyError(f"The view has no input {block_id!r}/{action_id!r}.")
            view.values.setdefault(block_id, {})[action_id] = entry(found[1], given)


def _names_inputs(view: View, errors: object) -> bool:
    """S31: errors are keyed by the block_ids of inputs."""
    if not isinstance(errors, dict) or not errors:
        return False
    inputs = {b["block_id"] for b in view.content["blocks"] if b["type"] == "input"}
    return inputs.issuperset(errors) and all(isinstance(e, str) for e in errors.values())
