"""Pages of our own beside the workbench: HTML that runs and loads nothing, light and dark."""

from html import escape

from starlette.responses import HTMLResponse

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
_STYLE = (
    ":root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;"
    "margin:2rem auto;padding:0 1rem;background:light-dark(#ffffff,#11161c);"
    "color:light-dark(#18212b,#e4e9ee)}h1{font-size:1.6rem;line-height:1.25}"
    "a{color:light-dark(#1a5a86,#84c1e8)}"
    "code{font-family:ui-monospace,monospace;overflow-wrap:break-word}"
    "p code{overflow-wrap:anywhere}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.4rem .6rem;"
    "border-bottom:1px solid #8886;vertical-align:top}"
)
_MOST_SHOWN = 200


def paper(title: str, body: str, status: int = 200) -> HTMLResponse:
    """Give a page; `title` is plain text and its heading too, `body` is HTML."""
    return HTMLResponse(
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · EvalForge Runbooks</title><style>{_STYLE}</style>"
        f"<main><h1>{escape(title)}</h1>{body}</main></html>",
        status_code=status,
        headers=_HEADERS,
    )


def no_such_page(path: str, home: str) -> HTMLResponse:
    """Say that no page stands at this path, whatever is written there; `home` is the way out."""
    cut = path if len(path) <= _MOST_SHOWN else path[: _MOST_SHOWN - 1] + "…"
    asked = "".join(char if char.isprintable() else "\ufffd" for char in cut)
    return paper(
        "This page does not exist",
        f"<p>The workbench has nothing at <code>{escape(asked)}</code>. The link may be incomplete "
        f'or mistyped; nothing was changed.</p><p><a href="{escape(home)}">Go to the queue</a></p>',
        404,
    )
