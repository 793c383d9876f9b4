"""One source trace at a time: a conversation, a waterfall of spans, and whatever else it holds."""

from collections.abc import Sequence
from typing import TypeVar
from urllib.parse import quote, urlsplit

import streamlit as st

from runbooks.drafting.port import Evidence
from runbooks.models import RawTrace
from runbooks.trace import Found, Reading, cut, find, read
from runbooks.trace.search import MAX_PLACES, MAX_QUERY
from workbench import markup, messages, review_state, times, trace_markup
from workbench.kept import kept
from workbench.opened import Opened

T = TypeVar("T")
MESSAGES_A_PAGE = 30
SPANS_A_PAGE = 60
_MOST_SEARCHED = 8
_REGIONS = ("us3", "us5", "ap1", "ap2")
_DATADOG_HOSTS = {
    "datadoghq.com": "app.datadoghq.com",
    "datadoghq.eu": "app.datadoghq.eu",
    "ddog-gov.com": "app.ddog-gov.com",
    **{site: site for site in (f"{region}.datadoghq.com" for region in _REGIONS)},
}
"""Where people look at the traces of a Datadog site."""
_DATADOG = (
    "datadoghq.com",
    "datadoghq.eu",
    "ddog-gov.com",
)


def show(opened: Opened, evidence: Evidence) -> None:
    """Show the trace that was chosen, the canonical one first."""
    if not evidence.traces:
        return
    with st.container(key="rv_traces"):
        st.header("Source traces", anchor=False)
        trace = _chosen(opened, evidence)
        reading = _reading(opened, evidence, trace)
        _head(trace, reading)
        if _searched(opened, evidence, trace, reading):
            return
        place = review_state.key("page", opened.sid + trace.trace_id)
        _talk(reading, place)
        _waterfall(reading, place)
        _rest(reading, trace)


def _searched(opened: Opened, evidence: Evidence, trace: RawTrace, reading: Reading) -> bool:
    """Offer to search the trace; show what was found instead of the whole, if something is sought.

    The other traces are looked through too, so that nobody takes nothing here for nothing at all.
    """
    query = st.text_input(
        "Search in the traces",
        key=review_state.key("search", opened.sid),
        placeholder="Search in the traces",
        label_visibility="collapsed",
        icon=":material/search:",
        max_chars=MAX_QUERY,
    ).strip()
    if not query:
        return False
    found = find(reading, query)
    others = _elsewhere(opened, evidence, trace, query)
    st.caption(_told(found) + (f" Also in: {', '.join(others)}." if others else ""))
    if found.places:
        markup.show(trace_markup.places(found.places))
    return True


def _told(found: Found) -> str:
    if not found.hits:
        return "Nothing found in this trace."
    hits = "1 hit" if found.hits == 1 else f"{found.hits:,} hits"
    places = len(found.places)
    where = "1 place" if places == 1 else f"{places} places"
    partial = " The trace is too large to be looked through whole." if found.partial else ""
    more = " The first are listed." if places == MAX_PLACES else ""
    return f"{hits} in {where} of this trace.{more}{partial}"


def _elsewhere(opened: Opened, evidence: Evidence, trace: RawTrace, query: str) -> list[str]:
    named = []
    for other in evidence.traces[:_MOST_SEARCHED]:
        if other is not trace:
            hits = find(_reading(opened, evidence, other), query).hits
            if hits:
                named.append(f"`{messages.escape_md(other.trace_id[:12])}` ({hits:,})")
    return named


def _reading(opened: Opened, evidence: Evidence, trace: RawTrace) -> Reading:
    key = ("trace", opened.sid, trace.trace_id, evidence.hash, id(trace))
    return kept(opened.service).get(key, lambda: read(trace.payload))


def _chosen(opened: Opened, evidence: Evidence) -> RawTrace:
    stored = {trace.trace_id: trace for trace in evidence.traces}
    if len(stored) == 1:
        return evidence.traces[0]
    name = st.selectbox(
        "Trace",
        list(stored),
        format_func=lambda key: _label(stored[key], evidence),
        key=chosen_key(opened.sid),
        label_visibility="collapsed",
    )
    return stored.get(name or "", evidence.traces[0])


def chosen_key(suggestion_id: str) -> str:
    """Name the field that chooses the trace."""
    return review_state.key("trace", suggestion_id)


def _label(trace: RawTrace, evidence: Evidence) -> str:
    mark = ", canonical" if trace.trace_id == evidence.canonical_trace_id else ""
    return f"{trace.trace_id[:12]} · {times.clock_time(trace.fetched_at)}{mark}"


def _head(trace: RawTrace, reading: Reading) -> None:
    found = reading.failures
    link = datadog_link(trace)
    markup.show(
        markup.facts(
            (
                ("Trace", markup.code(trace.trace_id, 80)),
                ("Service", markup.esc(trace.service_name, 80)),
                ("Recorded", markup.esc(times.exact(trace.fetched_at))),
                ("Failure", markup.esc(messages.failure_type(trace.failure_type), 80)),
                ("Status", markup.esc(trace.status_code) if trace.status_code else ""),
                ("Errors in it", markup.badge(f"{found:,} marked", "red") if found else ""),
                ("Datadog", trace_markup.outside_link(link, "Open the trace") if link else ""),
            )
        )
    )


def datadog_link(trace: RawTrace) -> str:
    """Give the address of the trace in Datadog, "" when neither it nor its site is known."""
    known = datadog_address(trace.datadog_url)
    if known or trace.datadog_site not in _DATADOG_HOSTS:
        return known
    name = quote(trace.trace_id[:200], safe="")
    return f"https://{_DATADOG_HOSTS[trace.datadog_site]}/apm/trace/{name}"


def datadog_address(url: str) -> str:
    """Give the address if it is an https one of Datadog itself, else ""."""
    if len(url) > 2000 or not url.isprintable() or "\\" in url:
        return ""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    host = (parts.hostname or "").lower()
    known = any(host == name or host.endswith("." + name) for name in _DATADOG)
    plain = parts.scheme == "https" and not parts.username and port in (None, 443)
    return url if known and plain else ""


def _talk(reading: Reading, place: str) -> None:
    if not reading.messages:
        return
    failed = [message.number for message in reading.messages if message.failed]
    shown = _page(reading.messages, MESSAGES_A_PAGE, f"{place}_m")
    drawn = [message.number for message in shown]
    told = trace_markup.failures(failed, drawn) if failed else ""
    markup.show(told + trace_markup.conversation(shown))
    _left(reading.messages_left, "messages")


def _waterfall(reading: Reading, place: str) -> None:
    if not reading.spans:
        return
    shown = _page(reading.spans, SPANS_A_PAGE, f"{place}_s")
    whole = max(span.start + span.duration for span in reading.spans)
    markup.show(trace_markup.waterfall(shown, whole))
    _left(reading.spans_left, "spans")


def _page(listed: Sequence[T], size: int, key: str) -> Sequence[T]:
    """Give the part of a long list that is to be drawn, under a control to choose it."""
    if len(listed) <= size:
        return listed
    pages = (len(listed) + size - 1) // size
    number = st.pagination(pages, key=key, max_visible_pages=5)
    start = (min(max(number, 1), pages) - 1) * size
    st.caption(f"{start + 1:,}–{min(start + size, len(listed)):,} of {len(listed):,}")
    return listed[start : start + size]


def _left(count: int, what: str) -> None:
    if count:
        st.caption(f"{count:,} further {what} are not read.")


def _rest(reading: Reading, trace: RawTrace) -> None:
    """Show what is neither message nor span; a report has nothing else to show."""
    if reading.rest is None:
        return
    alone = not reading.messages and not reading.spans
    if isinstance(reading.rest, str):
        markup.show(markup.clipped(reading.rest, 4_000))
        return
    small = cut(reading.rest)
    label = "What was recorded" if alone else "What else was recorded"
    with st.expander(label, expanded=alone, type="compact", key=f"rv_rest_{trace.trace_id[:40]}"):
        st.json(small.value, expanded=2 if alone else 1)
        if small.long:
            markup.show("".join(_long(way, text) for way, text in small.long))
        if small.partial:
            st.caption("Not all of it is shown here.")


def _long(way: str, text: str) -> str:
    """Give a long text of the tree whole, behind a click."""
    name = f"{markup.code(way or 'text', 120)} {len(text):,} characters"
    return markup.fold(name, markup.clipped(text, 8_000))
