"""A page that lists the calls; made here, because the usual one loads scripts from elsewhere."""

from collections.abc import Mapping
from html import escape

from fastapi import APIRouter, FastAPI
from starlette.responses import HTMLResponse

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = (
    ":root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;"
    "margin:2rem auto;padding:0 1rem}code{font-family:ui-monospace,monospace}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.4rem .6rem;"
    "border-bottom:1px solid #8886;vertical-align:top}"
)


def reference_routes(api: FastAPI) -> APIRouter:
    """Give the route `/api-docs`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/api-docs")
    async def page() -> HTMLResponse:
        return HTMLResponse(_page(api.openapi()), headers={"Content-Security-Policy": _POLICY})

    return routes


def _page(schema: Mapping[str, object]) -> str:
    paths = schema.get("paths")
    rows = [
        _row(method.upper(), path, call)
        for path, calls in (paths.items() if isinstance(paths, dict) else ())
        for method, call in calls.items()
    ]
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>REST calls</title>'
        f"<style>{_STYLE}</style><h1>REST calls</h1>"
        '<p>In full, for programs: <a href="/openapi.json">openapi.json</a>.</p>'
        f"<table><tr><th>Call</th><th>Body</th><th>What it does</th></tr>{''.join(rows)}</table>"
    )


def _row(method: str, path: str, call: Mapping[str, object]) -> str:
    does = escape(str(call.get("description", "")))
    body = escape(_body_name(call))
    return f"<tr><td><code>{method} {escape(path)}</code></td><td>{body}</td><td>{does}</td></tr>"


def _body_name(call: Mapping[str, object]) -> str:
    """Name the schema of the body, wherever it stands in the description."""
    text = str(call.get("requestBody", ""))
    return text.partition("#/components/schemas/")[2].partition("'")[0]
