"""Messages and spans as HTML: everything in them is foreign and escaped."""

import json
from collections.abc import Iterable, Sequence

from runbooks.trace import Call, Message, Place, Span
from workbench import markup, times

_CLIP = 600
_SHORT = 70
_MOST_NAMED = 12
_ROLE_NAMES = {"tool": "tool answer", "function": "tool answer"}
_QUIET_ROLES = {"system", "developer"}
_KINDS = {"message": "Message", "span": "Span", "other": "Value"}


def conversation(messages: Iterable[Message]) -> str:
    """Give messages as a timeline; tool calls and failed answers are marked."""
    return f'<ol class="rv-talk">{"".join(_message(message) for message in messages)}</ol>'


def failures(numbers: Sequence[int], drawn: Iterable[int]) -> str:
    """Say in which messages an error is told, as links to those that are drawn."""
    here = set(drawn)
    listed = [
        f'<a href="#rv" data-rv-jump="message:{number}">{number}</a>'
        if number in here
        else f"{number}"
        for number in numbers[:_MOST_NAMED]
    ]
    left = len(numbers) - _MOST_NAMED
    more = f" and {left} more" if left > 0 else ""
    return f'<p class="rv-quiet">Errors are told in message {", ".join(listed)}{more}.</p>'


def _message(message: Message) -> str:
    kind = message.role if message.role in ("user", "assistant", "tool", "function") else "other"
    failed = " rv-failed" if message.failed else ""
    name = f' <span class="rv-name">{markup.esc(message.name, 60)}</span>' if message.name else ""
    mark = " " + markup.badge("error", "red") if message.failed else ""
    role = _ROLE_NAMES.get(message.role, message.role)
    head = (
        f'<div class="rv-who"><span class="rv-number">{message.number}</span>'
        f"<strong>{markup.esc(role, 30)}</strong>{name}{mark}"
        f'<span class="rv-at">{markup.esc(_clock(message.at))}</span></div>'
    )
    body = _body(message)
    calls = "".join(_call(call) for call in message.calls)
    place = f"rv-message-{message.number}"
    return f'<li class="rv-{kind}{failed} {place}">{head}{body}{calls}</li>'


def _body(message: Message) -> str:
    if not message.text.strip():
        return "" if message.calls else '<div class="rv-quiet">(empty)</div>'
    text = _pretty(message.text) if message.role in _ROLE_NAMES else message.text
    if message.role in _QUIET_ROLES:
        return markup.fold(f"{len(text):,} characters", markup.clipped(text, 4_000))
    return markup.clipped(text, _CLIP)


def _call(call: Call) -> str:
    told = call.arguments.strip()
    if len(told) <= _SHORT:
        shown = f" {markup.code(told)}" if told not in ("", "{}") else ""
    else:
        shown = markup.clipped(_pretty(told), _CLIP)
    return f'<div class="rv-call"><span>calls</span> {markup.code(call.name, 120)}{shown}</div>'


def _pretty(text: str) -> str:
    """Lay JSON out over lines; anything else stays as it is."""
    if len(text) > 100_000 or text.lstrip()[:1] not in ("{", "["):
        return text
    try:
        return json.dumps(json.loads(text), indent=1, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _clock(at: str) -> str:
    """Give the time of day in the reader's zone, which is enough within one trace."""
    told = times.time_of_day(at)
    return told or at


def places(found: Sequence[Place]) -> str:
    """Give what a search found: each place with its passages, the words marked."""
    return f'<ol class="rv-found">{"".join(_place(place) for place in found)}</ol>'


def _place(place: Place) -> str:
    number = f"{place.number} " if place.kind != "other" else ""
    where = f"{_KINDS[place.kind]} {number}".strip()
    more = f" · {place.hits:,} hits" if place.hits > 1 else ""
    head = (
        f'<div class="rv-who"><strong>{where}</strong>'
        f'<span class="rv-name">{markup.esc(place.title, 90)}</span>'
        f'<span class="rv-at">{more.removeprefix(" · ")}</span></div>'
    )
    shown = "".join(
        f'<div class="rv-passage">{markup.esc(passage.before)}<mark>{markup.esc(passage.hit)}'
        f"</mark>{markup.esc(passage.after)}</div>"
        for passage in place.passages
    )
    return f"<li>{head}{shown}</li>"


def waterfall(spans: Sequence[Span], whole: float) -> str:
    """Give spans as rows with a bar each; `whole` is the length of the trace in seconds."""
    rows = "".join(_span(span, whole or 1.0) for span in spans)
    marks = "".join(f"<span>{seconds(whole * part)}</span>" for part in (0.0, 0.5, 1.0))
    scale = f'<div class="rv-scale">{marks}</div>'
    return f'{scale}<div class="rv-spans" role="group" aria-label="Spans">{rows}</div>'


def _span(span: Span, whole: float) -> str:
    left = min(99.5, 100 * span.start / whole)
    width = max(0.5, min(100 - left, 100 * span.duration / whole))
    failed = " rv-failed" if span.failed else ""
    title = span.resource or span.name or "unnamed"
    kind = span.name if span.resource and span.name != span.resource else ""
    told = " · ".join(markup.esc(part, 60) for part in (kind, span.service) if part)
    problem = f'<div class="rv-problem">{markup.esc(span.problem)}</div>' if span.problem else ""
    label = (
        f'<div class="rv-label" style="padding-left:{min(span.depth, 12) * 0.7:.1f}rem">'
        f"{markup.esc(title, 160)}"
        f'<span class="rv-quiet"> {told}</span>{problem}</div>'
    )
    bar = (
        f'<div class="rv-track"><span class="rv-bar" style="left:{left:.2f}%;width:{width:.2f}%">'
        "</span></div>"
    )
    took = f'<span class="rv-took">{seconds(span.duration)}</span>'
    details = markup.facts((name, markup.esc(value, 2000)) for name, value in span.attributes)
    summary = f"{label}{took}{bar}"
    return markup.fold(summary, details, name=f"rv-span{failed}")


def seconds(value: float) -> str:
    """Give a duration with the unit that suits it."""
    if not value:
        return "0"
    if value < 0.001:
        return f"{value * 1e6:.0f} µs"
    if value < 1:
        return f"{value * 1e3:.3g} ms"
    return f"{value:.3g} s" if value < 100 else f"{value:,.0f} s"


def outside_link(address: str, label: str) -> str:
    """Give a link that leaves the workbench; the address was checked before."""
    return (
        f'<a href="{markup.esc(address)}" target="_blank" rel="noopener noreferrer">'
        f"{markup.esc(label)}</a>"
    )
