"""Markdown as GitHub shows it, as HTML that is safe to put on a page.

Two steps, each sufficient for its own job: markdown-it lays the text out as GitHub does, nh3
lets only a fixed list of tags, attributes, classes and address schemes through. The reasons and
what is removed on purpose: docs/decisions/0004-markdown-rendering.md.
"""

import html
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.gfm import gfm_plugin

from runbooks.markdown.parsing import (
    TooComplexError,
    bounded,
    charge,
    clean_text,
    fresh_environment,
    parse,
    plain_text,
)

Change = Callable[[list[Token]], list[Token]]
ANCHOR_PREFIX = "user-content-"
LINK_REL = "noopener noreferrer nofollow"
# The HTML parser takes quadratic time when each tag opens another level or a tag has thousands
# of attributes.
_MAX_RAW_TAGS = 10_000
_MAX_RAW_CHARACTERS = 200_000
_MAX_INLINE_DEPTH = 200

_TAGS = (
    "a abbr b blockquote br caption cite code dd del details dfn div dl dt em figcaption figure "
    "h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p pre q rp rt ruby s samp section small "
    "span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr"
)
_ATTRIBUTES = {
    "a": {"href", "title", "id", "class"},
    "abbr": {"title"},
    "code": {"class"},
    "div": {"class"},
    "hr": {"class"},
    "img": {"src", "alt", "title"},
    "input": {"type", "checked", "disabled", "class"},
    "li": {"id", "class"},
    "ol": {"start", "class"},
    "p": {"class"},
    "section": {"class"},
    "sup": {"class"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan"},
    "time": {"datetime"},
    "ul": {"class"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
}
_CLASSES = {
    "a": {"footnote-backref"},
    "div": {
        "markdown-alert markdown-alert-" + kind
        for kind in ("note", "tip", "important", "warning", "caution")
    },
    "hr": {"footnotes-sep"},
    "input": {"task-list-item-checkbox"},
    "li": {"task-list-item", "footnote-item"},
    "ol": {"contains-task-list", "footnotes-list"},
    "p": {"markdown-alert-title"},
    "section": {"footnotes"},
    "sup": {"footnote-ref"},
    "ul": {"contains-task-list"},
}
_SCHEMES = {"http", "https", "mailto", "tel", "ftp", "irc", "ircs", "xmpp"}

_RAW_HTML = ("html_inline", "html_block")
_MAX_ADDRESS = 4_000
# What the address rules cost: they read back through the paragraph and copy what follows.
_LOOK_BACK_SHIFT = 7
_COPY_SHIFT = 6
_ADDRESS_SIGN = re.compile(r"(?<![^\s*_~(])(?:(?:https?|mailto|xmpp):|www\.)|@")
_LANGUAGE_CLASS = re.compile(r"language-\S{1,60}")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]{0,40}):", re.IGNORECASE)
_NOT_IN_SLUG = re.compile(r"[^\w\- ]")
_WEB_ADDRESS = re.compile(r"\s{0,9}(?:https?:)?//", re.IGNORECASE)
# GFM section 6.11: these tags are shown as text instead of being let through.
_DISALLOWED_TAG = re.compile(
    r"<(?=/?(?:title|textarea|style|xmp|iframe|noembed|noframes|script|plaintext)(?:[\s/>]|$))",
    re.IGNORECASE,
)
# Reads nh3's own output alone, in which attributes are always quoted and text has no "<".
_LINK_OR_IMAGE = re.compile(r'<(/?)(a|img)((?: [a-z]+="[^"]*+")*+)>')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*+)"')


def render(markdown: str) -> str:
    """Safe HTML of a Markdown text (CONTRACT §6), as GitHub lays it out.

    Never raises for any text: a document beyond the bounds of `parsing` comes back escaped in
    one `<pre>` under a line that says why. Nothing in the result loads anything by being shown.
    """
    return render_changed(markdown, _unchanged)


def render_changed(markdown: str, change: Change) -> str:
    """Safe HTML as `render` gives it; `change` may put further block tokens between those found.

    What it puts there is cleaned with the rest. It is not asked about a document that is shown
    as plain text.
    """
    text = clean_text(markdown)
    try:
        return _finish(_cleaner().clean(_layout(text, change)))
    except TooComplexError as refusal:
        return _as_plain_text(text, refusal.reason)


def balanced(piece: str) -> str:
    """Safe HTML of a piece that was cut out of safe HTML: what it left open is closed."""
    return _finish(_cleaner().clean(piece))


@lru_cache(maxsize=1)
def stylesheet() -> str:
    """CSS for a container `.runbook-preview`, for light and dark pages, from 320 px up."""
    return Path(__file__).with_name("preview.css").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").use(gfm_plugin)
    parser.inline.ruler.before("gfm_autolink_www", "no_address", _no_address)
    return bounded(parser)


def _no_address(state: StateInline, silent: bool) -> bool:
    """Pass over a ":", "w" or "@" that belongs to no bare address, before the costly rules look."""
    character = state.src[state.pos]
    if character not in ":w@" or _may_be_address(state):
        return False
    if not silent:
        state.append_pending(character)
    state.pos += 1
    return True


def _may_be_address(state: StateInline) -> bool:
    position = state.pos
    if not _ADDRESS_SIGN.search(state.src, max(0, position - 6), position + 4):
        return False
    read = len(state.pending) + ((state.posMax - position) >> _COPY_SHIFT)
    charge(state.env, read >> _LOOK_BACK_SHIFT)
    rest = state.src[position : position + _MAX_ADDRESS]
    return len(rest) < _MAX_ADDRESS or any(character.isspace() for character in rest)


@lru_cache(maxsize=1)
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_TAGS.split()),
        attributes=_ATTRIBUTES,
        attribute_filter=_filtered,
        clean_content_tags={"script", "style"},
        link_rel=LINK_REL,
        url_schemes=_SCHEMES,
        # A checkbox is never live, and nothing is folded away from the reviewer's eyes.
        set_tag_attribute_values={
            "input": {"type": "checkbox", "disabled": ""},
            "details": {"open": ""},
        },
    )


def _unchanged(tokens: list[Token]) -> list[Token]:
    return tokens


def _layout(text: str, change: Change = _unchanged) -> str:
    """The unsanitised HTML of a clean text; raises TooComplexError."""
    parser, environment = _parser(), fresh_environment(text)
    tokens = parse(parser, text, environment)
    _check_bounds(tokens)
    _as_github_shows_it(tokens)
    return str(parser.renderer.render(change(tokens), parser.options, environment))


def _leaves(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from token.children or ()


def _check_bounds(tokens: list[Token]) -> None:
    if any(leaf.level > _MAX_INLINE_DEPTH for leaf in _leaves(tokens)):
        raise TooComplexError("nests too deeply")
    raw = "".join(leaf.content for leaf in _leaves(tokens) if leaf.type in _RAW_HTML)
    if raw.count("<") > _MAX_RAW_TAGS:
        raise TooComplexError(f"holds more than {_MAX_RAW_TAGS:,} HTML tags")
    if len(raw) > _MAX_RAW_CHARACTERS:
        raise TooComplexError(f"holds more than {_MAX_RAW_CHARACTERS:,} characters of HTML")


def _as_github_shows_it(tokens: list[Token]) -> None:
    """Change the tokens where GitHub's HTML differs from markdown-it's."""
    slugs: dict[str, int] = {}
    for heading, content in pairwise(tokens):
        if heading.type == "heading_open":
            slug = _unused_slug(plain_text(content.children or []), slugs)
            heading.attrSet("id", ANCHOR_PREFIX + slug)
    for leaf in _leaves(tokens):
        if leaf.type in _RAW_HTML:
            leaf.content = _DISALLOWED_TAG.sub("&lt;", leaf.content)
        elif leaf.type in ("s_open", "s_close"):
            leaf.tag = "del"
        elif leaf.type in ("th_open", "td_open") and "style" in leaf.attrs:
            leaf.attrSet("align", str(leaf.attrs.pop("style")).removeprefix("text-align:"))


def _unused_slug(text: str, used: dict[str, int]) -> str:
    """GitHub's anchor for a heading: lower case, dashes for spaces, `-1`, `-2` for repetitions."""
    slug = base = _NOT_IN_SLUG.sub("", text.strip().lower()).replace(" ", "-")
    while slug in used:
        used[base] += 1
        slug = f"{base}-{used[base]}"
    used[slug] = 0
    return slug


def _filtered(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "class":
        is_language = tag == "code" and _LANGUAGE_CLASS.fullmatch(value)
        return value if is_language or value in _CLASSES.get(tag, ()) else None
    if attribute == "id":
        return ANCHOR_PREFIX + value.removeprefix(ANCHOR_PREFIX)
    return _address(value) if attribute in ("href", "src") else value


def _address(value: str) -> str | None:
    """The address with a fragment led to our anchors; None for a scheme that is not listed.

    nh3 judges addresses as browsers read them; here also characters that nobody sees may not
    stand before a scheme.
    """
    if value.startswith("#") and len(value) > 1:
        return "#" + ANCHOR_PREFIX + value[1:].removeprefix(ANCHOR_PREFIX)
    visible = "".join(c for c in value[:_MAX_ADDRESS] if c.isprintable() and not c.isspace())
    scheme = _SCHEME.match(visible)
    return None if scheme and scheme[1].lower() not in _SCHEMES else value


def _finish(clean: str) -> str:
    """Sanitised HTML with images as links and web links opening beside the page."""
    inside_link = False

    def replace(match: re.Match[str]) -> str:
        nonlocal inside_link
        closing, tag, attributes = match.groups()
        if tag == "img":
            return _image_as_link(dict(_ATTRIBUTE.findall(attributes)), inside_link)
        inside_link = not closing
        return match[0] if closing else f"<a{attributes}{_target(attributes)}>"

    return _LINK_OR_IMAGE.sub(replace, clean)


def _image_as_link(image: dict[str, str], inside_link: bool) -> str:
    """A link with the image's alternative text: viewing a runbook never calls out."""
    label = html.escape(html.unescape(image.get("alt", "")).strip(), quote=False) or "image"
    address = image.get("src")
    if inside_link or not address:
        return label
    title = f' title="{image["title"]}"' if "title" in image else ""
    attributes = f' href="{address}"{title} rel="{LINK_REL}"'
    return f"<a{attributes}{_target(attributes)}>{label}</a>"


def _target(attributes: str) -> str:
    address = dict(_ATTRIBUTE.findall(attributes)).get("href", "")
    return ' target="_blank"' if _WEB_ADDRESS.match(address) else ""


def _as_plain_text(text: str, reason: str) -> str:
    return (
        f"<p><strong>Shown as plain text:</strong> this document {reason}.</p>\n"
        f"<pre>{html.escape(text)}</pre>\n"
    )
