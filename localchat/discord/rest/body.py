import json
from typing import Any

from aiohttp import web

from localchat.discord.errors import refused
from localchat.discord.files import Upload
from localchat.discord.options import Options


async def read_body(request: web.Request, options: Options) -> tuple[Any, list[Upload]]:
    """The JSON of a request and its files, which come as `files[n]` beside `payload_json`.

    Raises:
        DiscordError: 40005: it is too large. 50109: it is not JSON.
    """
    if (request.content_length or 0) > options.request_max:
        raise refused(40005)
    if not request.can_read_body:
        return None, []
    if request.content_type == "multipart/form-data":
        return await _read_parts(request, options)
    return _parse(await request.read()), []


async def _read_parts(request: web.Request, options: Options) -> tuple[Any, list[Upload]]:
    body: Any = {}
    uploads: list[Upload] = []
    for name, part in (await request.post()).items():
        if isinstance(part, web.FileField):
            content = part.file.read()
            if len(content) > options.file_max:
                raise refused(40005)
            number = name.removeprefix("files[").removesuffix("]")
            uploads.append(Upload(number, part.filename, content, part.content_type))
        elif name == "payload_json":
            body = _parse(part if isinstance(part, bytes | bytearray) else str(part).encode())
        elif isinstance(part, str):
            body.setdefault(name, part)
    return body, uploads


def _parse(raw: bytes | bytearray) -> Any:
    if not raw.strip():
        return None
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise refused(50109) from None
