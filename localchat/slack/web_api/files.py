from typing import Any

from localchat.slack.errors import SlackError, invalid_arguments
from localchat.slack.files import File
from localchat.slack.messages import Message
from localchat.slack.web_api.call import Call, method
from localchat.wire import Json


@method("files.getUploadURLExternal", "files:write", tier=4)
def get_upload_url(call: Call) -> Json:
    """An address to send a file's bytes to."""
    name, length = call.args.required("filename"), call.args.number("length", 0)
    if length <= 0:
        raise invalid_arguments("must be greater than 0 [json-pointer:/length]")
    file, url = call.slack.files.promise(name, length, call.app.bot_user_id, call.app.id)
    file.alt_text = call.args.text("alt_txt")
    return {"upload_url": url, "file_id": file.id}


@method("files.completeUploadExternal", "files:write", tier=4)
def complete_upload(call: Call) -> Json:
    """Make uploaded files real, and share them when a channel is given."""
    files = [_uploaded(call, entry) for entry in _entries(call)]
    channel_id = call.args.text("channel_id")
    if channel_id:
        channel = call.channel("channel_id")
        if call.app.bot_user_id not in channel.members:
            raise SlackError("not_in_channel")
    for file in files:
        file.is_complete = True
        file.ready_at = call.slack.clock.now() + call.slack.options.file_processing_for
    if channel_id:
        _share(call, channel_id, files)
    return {"files": [file.as_json() for file in files]}


@method("files.info", "files:read", tier=4)
def info(call: Call) -> Json:
    """One file."""
    file = call.slack.files.get(call.args.required("file"))
    if file is None or not file.is_complete:
        raise SlackError("file_not_found")
    return {"file": file.as_json(), "comments": []}


def _entries(call: Call) -> list[Json]:
    entries: Any = call.args.structure("files", "invalid_arguments")
    if not isinstance(entries, list) or not entries:
        raise invalid_arguments("missing required field: files")
    if not all(isinstance(entry, dict) and "id" in entry for entry in entries):
        raise invalid_arguments("missing required field: id [json-pointer:/files]")
    return entries


def _uploaded(call: Call, entry: Json) -> File:
    file = call.slack.files.get(entry["id"])
    if file is None or not file.is_uploaded or file.app_id != call.app.id:
        raise SlackError("file_not_found")
    file.title = entry.get("title") or file.name
    return file


def _share(call: Call, channel_id: str, files: list[File]) -> None:
    call.slack.posting.post(
        Message(
            call.slack.workspace.ids.ts(),
            channel_id,
            call.app.bot_user_id,
            call.args.text("initial_comment"),
            app=call.app,
            thread_ts=call.args.text("thread_ts"),
            files=[file.as_json() for file in files],
        )
    )
