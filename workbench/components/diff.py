"""What differs between two texts: side by side where there is room, below each other on a phone."""

from collections.abc import Mapping, Sequence

import streamlit as st

from runbooks.comparison import Comparison, Row, compare, folded
from runbooks.markdown.changes import rendered_changes
from runbooks.models import SlotKind, Version
from workbench import diff_markup, markup, messages, review_state, times
from workbench.compare_state import AS_READ, LINES, SCREEN, TYPED, WAYS, side_key
from workbench.components import parts
from workbench.kept import kept
from workbench.opened import Opened, short
from workbench.versions import read, version_text, why

MOST_ROWS = 1_500
_MOST_READ = 100_000


def show(opened: Opened) -> None:
    """Show the changes between two versions: at first the last generated one and this text."""
    versions = read(opened)
    choices = _choices(opened, versions)
    if len(choices) < 2:
        st.caption(
            "There is only one text so far. Changes show here after the first edit."
            if opened.slot.kind is not SlotKind.EMPTY
            else "There is no text yet."
        )
        return
    names = list(choices)
    first, second, third = st.columns([40, 40, 20], vertical_alignment="bottom")
    with first:
        left = _side(opened, choices, "from", names.index(_first_choice(opened, versions)))
    with second:
        right = _side(opened, choices, "to", 0)
    way = third.segmented_control(
        "As", WAYS, default=LINES, required=True, key=review_state.key("way", opened.sid)
    )
    listed = {str(version.number): version for version in versions}
    texts = _text(opened, listed, left), _text(opened, listed, right)
    if way == AS_READ:
        as_read(opened, *texts)
    else:
        pair(opened, *texts, key="changes")
    if right in listed and left in (SCREEN, TYPED):
        parts.show(opened, listed[right], texts[0])


def _side(opened: Opened, choices: Mapping[str, str], name: str, index: int) -> str:
    chosen = st.selectbox(
        name.capitalize(),
        list(choices),
        index=index,
        format_func=lambda one: choices[one],
        key=side_key(name, opened.sid, opened.slot.revision),
    )
    return chosen or SCREEN


def as_read(opened: Opened, left: str, right: str) -> None:
    """Show two texts as they are read, block beside block, with the words that differ marked."""
    texts = left[:_MOST_READ], right[:_MOST_READ]
    found = kept(opened.service).get(("as read", *texts), lambda: rendered_changes(*texts))
    if all(change.kind == "same" for change in found):
        st.caption("The two texts read the same.")
        return
    markup.show(diff_markup.blocks(found))
    if max(len(left), len(right)) > _MOST_READ:
        st.caption(f"Only the first {_MOST_READ:,} characters are laid out.")


def pair(opened: Opened, left: str, right: str, key: str) -> None:
    """Show two texts against each other."""
    found = kept(opened.service).get(("diff", left, right), lambda: compare(left, right))
    if found.same:
        st.caption("The two texts are the same.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":red-badge[−{found.removed:,}] :green-badge[+{found.added:,}] lines", width="stretch"
        )
        whole = st.toggle("All lines", key=review_state.key(f"whole_{key}", opened.sid))
    rows: Sequence[Row | int] = list(found.rows if whole else folded(found.rows))
    markup.show(diff_markup.lines(rows[:MOST_ROWS]))
    _limits(found, len(rows))


def _limits(found: Comparison, rows: int) -> None:
    if found.coarse:
        st.caption("The texts differ so much that some parts are shown as replaced as a whole.")
    if rows > MOST_ROWS:
        st.caption(f"{rows - MOST_ROWS:,} further lines are not drawn.")


def _choices(opened: Opened, versions: Sequence[Version]) -> dict[str, str]:
    found = {}
    if opened.slot.kind is not SlotKind.EMPTY:
        found[SCREEN] = f"On the screen ({short(opened.slot.revision)})"
    if opened.desk.typed is not None:
        found[TYPED] = "What you typed, not saved"
    for version in versions:
        if version.revision != opened.slot.revision:
            found[str(version.number)] = label(version)
    return found


def label(version: Version) -> str:
    """Name a version in a list: number, reason, who, when."""
    who = messages.who(version.actor)
    return f"Version {version.number} · {why(version)} · {who} · {times.since(version.at)}"


def _first_choice(opened: Opened, versions: Sequence[Version]) -> str:
    """Choose what to compare with: the last text that no person wrote, else the one before."""
    others = [v for v in versions if v.revision != opened.slot.revision and v.applied]
    made = [v for v in others if v.draft is not None and v.draft.edit_source == "generated"]
    chosen = (made or others)[:1]
    if chosen:
        return str(chosen[0].number)
    return next(name for name in _choices(opened, versions) if name != SCREEN)


def _text(opened: Opened, versions: dict[str, Version], name: str) -> str:
    if name == TYPED and opened.desk.typed is not None:
        return opened.desk.typed.text
    version = versions.get(name)
    return opened.text if version is None else version_text(version)
