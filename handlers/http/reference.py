"""The reference page, made from the OpenAPI document: no script, nothing loaded from elsewhere."""

import json
from collections.abc import Iterator
from html import escape
from typing import Any

from handlers.http.problems import TITLES

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:54rem;margin:2rem auto;padding:0 1rem;"
    "color:#1d1c1d;background:#fff}code,pre{font:14px/1.45 ui-monospace,monospace}"
    "pre{background:#f5f5f4;padding:.8rem;overflow:auto;border-radius:6px}"
    "h2{margin-top:2.5rem;border-top:1px solid #ddd;padding-top:1rem}"
    "td,th{text-align:left;vertical-align:top;padding:.25rem .8rem .25rem 0}"
    "@media(prefers-color-scheme:dark){body{background:#1a1d21;color:#e8e8e8}"
    "pre{background:#26292e}a{color:#8ab4f8}h2{border-color:#444}}"
)
BODY = "application/json"


def page_of(document: dict[str, Any]) -> str:
    """The whole page."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(document['info']['title'])}: HTTP</title><style>{STYLE}</style></head>"
        f"<body>{''.join(_parts(document))}</body></html>"
    )


def _parts(document: dict[str, Any]) -> Iterator[str]:
    yield f"<h1>{escape(document['info']['title'])}: HTTP</h1>"
    yield f"<p>{_prose(document['info']['description'])} "
    yield 'For programs: <a href="/openapi.json">/openapi.json</a>.</p>'
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield from _operation(f"{method.upper()} {path}", operation)
    yield "<h2>Fields</h2>"
    for name, schema in sorted(document["components"]["schemas"].items()):
        yield from _schema(name, schema)
    yield "<h2>Problems</h2><table>"
    for name, (status, title) in TITLES.items():
        yield f'<tr id="{name}"><td>{status}<td><code>/docs#{name}</code><td>{escape(title)}</tr>'
    yield "</table>"


def _operation(name: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"<h2><code>{escape(name)}</code></h2><p><b>{escape(operation['summary'])}.</b> "
    yield f"{_prose(operation.get('description', ''))}</p>"
    for parameter in operation.get("parameters", []):
        yield f"<p><code>{escape(parameter['name'])}</code> ({parameter['in']}): "
        yield f"{_prose(parameter.get('description', ''))}</p>"
    body = operation.get("requestBody", {}).get("content", {}).get(BODY, {})
    for example in body.get("examples", {}).values():
        yield _code(example["value"])
    for status, answer in operation["responses"].items():
        yield f"<p>→ <b>{status}</b> {_prose(answer['description'])}</p>"
        if example := answer.get("content", {}).get(BODY, {}).get("example"):
            yield _code(example)


def _schema(name: str, schema: dict[str, Any]) -> Iterator[str]:
    yield f'<h3 id="field-{escape(name)}">{escape(name)}</h3>'
    yield f"<p>{_prose(schema.get('description', ''))}</p>"
    if "enum" in schema:
        yield f"<p>{', '.join(f'<code>{escape(str(one))}</code>' for one in schema['enum'])}</p>"
    required = schema.get("required", [])
    yield "<table>"
    for field, about in schema.get("properties", {}).items():
        need = "required" if field in required else "optional"
        yield f"<tr><td><code>{escape(field)}</code><td>{_type(about)}<td>{need}"
        yield f"<td>{_prose(about.get('description', ''))}</tr>"
    yield "</table>"


def _type(about: dict[str, Any]) -> str:
    if reference := about.get("$ref"):
        name = escape(reference.rpartition("/")[2])
        return f'<a href="#field-{name}">{name}</a>'
    if "const" in about:
        return f"<code>{escape(json.dumps(about['const']))}</code>"
    if options := about.get("anyOf") or about.get("oneOf"):
        return " or ".join(map(_type, options))
    if "items" in about:
        return f"list of {_type(about['items'])}"
    return escape(str(about.get("type", "any")))


def _prose(text: str) -> str:
    """The text with what stands between backticks as code."""
    pieces = escape(text).split("`")
    return "".join(f"<code>{one}</code>" if at % 2 else one for at, one in enumerate(pieces))


def _code(value: Any) -> str:
    return f"<pre>{escape(json.dumps(value, indent=2, ensure_ascii=False))}</pre>"
