"""The page `/docs`: the operations of the interface, rendered here from its OpenAPI description.

FastAPI's own page loads its script from a content network; this one needs nothing but itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

_HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'", "X-Content-Type-Options": "nosniff"}
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}"
    "code,pre{font:14px/1.4 ui-monospace,monospace;background:#f3f3f0;border-radius:4px}code{padding:.1em .3em}"
    "pre{padding:.8rem;overflow:auto}h2{margin-top:2.5rem;border-top:1px solid #ccc;padding-top:1rem}"
    "table{border-collapse:collapse}td{padding:.2rem 1rem .2rem 0;vertical-align:top}"
)


def router() -> APIRouter:
    """The route of `/docs`; the description itself is FastAPI's `/openapi.json`."""
    routes = APIRouter()

    @routes.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> HTMLResponse:
        """The page."""
        return HTMLResponse(render(request.app.openapi()), headers=_HEADERS)

    return routes


def render(schema: Mapping[str, Any]) -> str:
    """The page for an OpenAPI description."""
    title = escape(schema["info"]["title"])
    parts = [
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
        f"<title>{title} API</title><style>{_STYLE}</style><h1>{title} API</h1>",
        f"<p>{escape(schema['info'].get('description', ''))}</p>",
        '<p>The description for machines: <a href="openapi.json">openapi.json</a> (OpenAPI).</p>',
    ]
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            parts.extend(_operation(f"{method.upper()} {path}", operation, schema))
    return "\n".join(parts)


def _operation(name: str, operation: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    yield f"<h2><code>{escape(name)}</code></h2><p><b>{escape(operation.get('summary', ''))}.</b> "
    yield f"{escape(operation.get('description', ''))}</p>"
    parameters = operation.get("parameters", ())
    if parameters:
        rows = (
            f"<tr><td><code>{escape(entry['name'])}</code><td>{escape(entry.get('description', ''))}" for entry in parameters
        )
        yield f"<table>{''.join(rows)}</table>"
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        for example in _examples(content, schema):
            yield f"<p>{escape(kind)}</p><pre>{escape(json.dumps(example, indent=2, ensure_ascii=False))}</pre>"
    rows = (
        f"<tr><td>{escape(status)}<td>{escape(entry['description'])}" for status, entry in operation["responses"].items()
    )
    yield f"<table>{''.join(rows)}</table>"


def _examples(content: Mapping[str, Any], schema: Mapping[str, Any]) -> list[Any]:
    if "examples" in content:
        return [entry["value"] for entry in content["examples"].values()]
    ref = content.get("schema", {}).get("$ref", "")
    body = schema.get("components", {}).get("schemas", {}).get(ref.rpartition("/")[2], {})
    if "examples" in body:
        return list(body["examples"])
    fields = body.get("properties", {})
    return [{name: entry["examples"][0] for name, entry in fields.items() if entry.get("examples")}] if fields else []
