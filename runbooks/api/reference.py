"""A page that lists the calls; made here, because the usual one loads scripts from elsewhere."""

from collections.abc import Mapping
from html import escape

from fastapi import APIRouter, FastAPI
from starlette.responses import HTMLResponse

from runbooks.api.paper import paper


def reference_routes(api: FastAPI) -> APIRouter:
    """Give the route `/api-docs`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/api-docs")
    async def page() -> HTMLResponse:
        return paper("REST calls", _calls(api.openapi()))

    return routes


def _calls(schema: Mapping[str, object]) -> str:
    paths = schema.get("paths")
    rows = [
        _row(method.upper(), path, call)
        for path, calls in (paths.items() if isinstance(paths, dict) else ())
        for method, call in calls.items()
    ]
    return (
        '<p>In full, for programs: <a href="/openapi.json">openapi.json</a>.</p>'
        "<table><tr><th>Call</th><th>Parameters</th><th>Body</th><th>What it does</th></tr>"
        f"{''.join(rows)}</table>"
    )


def _row(method: str, path: str, call: Mapping[str, object]) -> str:
    cells = (_parameters(call), _body_name(call), str(call.get("description", "")))
    told = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f"<tr><td><code>{method} {escape(path)}</code></td>{told}</tr>"


def _parameters(call: Mapping[str, object]) -> str:
    """Name what may stand in the query and the headers; the path says the rest itself."""
    listed = call.get("parameters")
    described = listed if isinstance(listed, list) else []
    return ", ".join(given["name"] for given in described if given["in"] != "path")


def _body_name(call: Mapping[str, object]) -> str:
    """Name the schema of the body, wherever it stands in the description."""
    text = str(call.get("requestBody", ""))
    return text.partition("#/components/schemas/")[2].partition("'")[0]
