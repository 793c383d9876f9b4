"""Confluence's storage format, made from the same safe HTML that the preview shows.

Storage format is XHTML with macros. Ours differs from the preview in code blocks, check boxes and
warnings, which become macros; everything else is carried over. See docs/decisions/0008-exports.md.
"""

from collections.abc import Iterator
from html.parser import HTMLParser
from xml.etree import ElementTree as Tree
from xml.sax.saxutils import escape, quoteattr

from runbooks.markdown.html import render

_VOID = {"br", "hr", "input", "img", "wbr", "col"}
_KEPT = {
    "href": {"a"},
    "colspan": {"td", "th"},
    "rowspan": {"td", "th"},
    "start": {"ol"},
}
_LANGUAGES = {
    "sh": "bash",
    "bash": "bash",
    "shell": "bash",
    "console": "bash",
    "sql": "sql",
    "json": "javascript",
    "yaml": "yaml",
    "python": "py",
    "xml": "xml",
}
_ALERTS = {
    "note": "info",
    "tip": "tip",
    "important": "note",
    "warning": "warning",
    "caution": "warning",
}
_PLAIN = {"section", "input", "div"}


def to_confluence(markdown: str) -> str:
    """Give a runbook in storage format: well-formed once wrapped in a root with `ac:` declared."""
    return "".join(_write(child) for child in _parsed(render(markdown)))


class _Builder(HTMLParser):
    """Builds a tree of what the sanitiser left; unclosed elements are closed with their parent."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Tree.Element("root")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Tree.SubElement(self._open[-1], tag, {k: v or "" for k, v in attrs})
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        names = [element.tag for element in self._open]
        if tag in names[1:]:
            del self._open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        parent = self._open[-1]
        if len(parent):
            parent[-1].tail = (parent[-1].tail or "") + data
        else:
            parent.text = (parent.text or "") + data


def _parsed(html: str) -> Iterator[Tree.Element]:
    builder = _Builder()
    builder.feed(html)
    builder.close()
    lead = Tree.Element("text")
    lead.text = builder.root.text
    yield lead
    yield from builder.root


def _write(element: Tree.Element) -> str:
    return _element(element) + _text(element.tail)


def _element(element: Tree.Element) -> str:
    tag = element.tag
    if tag == "text":
        return _text(element.text)
    if tag == "pre":
        return _code(element)
    if "markdown-alert" in element.get("class", "").split():
        return _alert(element)
    if tag == "input":
        return "☑ " if "checked" in element.attrib else "☐ "
    inner = _text(element.text) + "".join(_write(child) for child in element)
    if tag in _PLAIN:
        return inner
    attributes = "".join(
        f" {name}={quoteattr(_clean(value))}"
        for name, value in element.attrib.items()
        if tag in _KEPT.get(name, ())
    )
    return f"<{tag}{attributes}/>" if tag in _VOID else f"<{tag}{attributes}>{inner}</{tag}>"


def _code(element: Tree.Element) -> str:
    code = element.find("code")
    found = code if code is not None else element
    language = found.get("class", "").removeprefix("language-").lower()
    named = _LANGUAGES.get(language, "none")
    body = _clean("".join(found.itertext())).rstrip("\n").replace("]]>", "]]]]><![CDATA[>")
    return (
        '<ac:structured-macro ac:name="code"><ac:parameter ac:name="language">'
        f"{named}</ac:parameter><ac:plain-text-body><![CDATA[{body}]]></ac:plain-text-body>"
        "</ac:structured-macro>"
    )


def _alert(element: Tree.Element) -> str:
    kinds = [name.removeprefix("markdown-alert-") for name in element.get("class", "").split()]
    macro = next((_ALERTS[kind] for kind in kinds if kind in _ALERTS), "info")
    inner = _text(element.text) + "".join(_write(child) for child in element)
    return (
        f'<ac:structured-macro ac:name="{macro}"><ac:rich-text-body>{inner}'
        "</ac:rich-text-body></ac:structured-macro>"
    )


def _text(text: str | None) -> str:
    return escape(_clean(text or ""))


def _clean(text: str) -> str:
    """Leave out what XML cannot hold."""
    return "".join(
        c
        for c in text
        if c in "\t\n\r"
        or 0x20 <= ord(c) <= 0xD7FF
        or (ord(c) >= 0xE000 and ord(c) not in (0xFFFE, 0xFFFF))
    )
