"""What may stand in HTML that is put on a page, judged without the sanitiser's help."""

import re
from html.parser import HTMLParser

TAGS = {
    *re.findall(
        r"\w+",
        """a abbr b blockquote br caption cite code dd del details dfn div dl dt em figcaption figure
        h1 h2 h3 h4 h5 h6 hr i input ins kbd li mark ol p pre q rp rt ruby s samp section small span
        strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr""",
    )
}
ATTRIBUTES = {
    *re.findall(
        r"\w+",
        """href title id class rel target type checked disabled open align start colspan rowspan
        datetime""",
    )
}
SCHEMES = {"http", "https", "mailto", "tel", "ftp", "irc", "ircs", "xmpp"}
CLASSES = re.compile(
    r"language-\S+|markdown-alert markdown-alert-(note|tip|important|warning|caution)"
    r"|markdown-alert-title|contains-task-list|task-list-item|task-list-item-checkbox"
    r"|footnotes|footnotes-sep|footnotes-list|footnote-item|footnote-ref|footnote-backref"
)


class _Judge(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self._expect(tag in TAGS, f"<{tag}>")
        for name, value in found.items():
            self._expect(name in ATTRIBUTES, f"{tag} {name}={value!r}")
        if tag == "a" and "href" in found:
            self._expect(_is_harmless(found["href"]), f"href={found['href']!r}")
            self._expect(found.get("rel") == "noopener noreferrer nofollow", "a without rel")
        self._expect(found.get("id", "user-content-").startswith("user-content-"), str(found))
        if "class" in found:
            self._expect(bool(CLASSES.fullmatch(found["class"])), str(found))
        if tag == "input":
            self._expect(found.get("type") == "checkbox" and "disabled" in found, str(found))

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"comment {data!r}")

    def _expect(self, holds: bool, fault: str) -> None:
        if not holds:
            self.faults.append(fault)


def _is_harmless(address: str) -> bool:
    visible = "".join(c for c in address if c.isprintable() and not c.isspace())
    scheme, colon, _ = visible.partition(":")
    is_scheme = colon and re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme.lower())
    return not is_scheme or scheme.lower() in SCHEMES


def faults(html: str) -> list[str]:
    """Everything in a page that could act, call out, clobber a name or take on a class."""
    judge = _Judge()
    judge.feed(html)
    judge.close()
    return judge.faults
