"""HTML as a list of events, so that two pages that show the same compare equal."""

import re
from html.parser import HTMLParser

BLOCKS = {
    *re.findall(
        r"\w+",
        """blockquote br dd details div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre section summary
        table tbody td tfoot th thead tr ul""",
    )
}
# What GitHub itself adds to the specification's HTML, and this product too.
ADDED_CLASSES = {"contains-task-list", "task-list-item", "task-list-item-checkbox"}
ADDED_ATTRIBUTES = {"id", "rel", "target"}


class _Events(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.events: list[object] = []
        self._inside_pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside_pre += tag == "pre"
        kept = [
            (name, value or "")
            for name, value in attrs
            if name not in ADDED_ATTRIBUTES and not (name == "class" and value in ADDED_CLASSES)
        ]
        self.events.append((tag, tuple(sorted(kept))))

    def handle_endtag(self, tag: str) -> None:
        self._inside_pre -= tag == "pre"
        if tag not in ("br", "hr", "img", "input"):
            self.events.append("/" + tag)

    def handle_data(self, data: str) -> None:
        text = data if self._inside_pre else re.sub(r"\s+", " ", data)
        if self.events and isinstance(self.events[-1], list):
            self.events[-1][0] += text
        else:
            self.events.append([text])

    def handle_comment(self, data: str) -> None:
        self.events.append(("comment", data))


def _is_block(event: object) -> bool:
    name = event[0] if isinstance(event, tuple) else event
    return isinstance(name, str) and name.lstrip("/") in BLOCKS


def canonical(html: str) -> list[object]:
    """The events of a page: attributes sorted, space beside block tags dropped.

    Heading ids, link rel and target, and task-list classes are left out: GitHub adds them to
    what the specification prints, and so does the product.
    """
    parser = _Events()
    parser.feed(html)
    parser.close()
    events: list[object] = [None, *parser.events, None]
    result: list[object] = []
    pre = 0
    for before, event, after in zip(events, events[1:], events[2:], strict=False):
        pre += isinstance(event, tuple) and event[0] == "pre"
        pre -= event == "/pre"
        if isinstance(event, list) and not pre:
            text = event[0]
            text = text.lstrip() if before is None or _is_block(before) else text
            text = text.rstrip() if after is None or _is_block(after) else text
            if text:
                result.append(text)
        else:
            result.append(event[0] if isinstance(event, list) else event)
    return result
