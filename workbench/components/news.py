"""What others do to the suggestion that is open reaches who only reads it, without a click."""

import time

import streamlit as st

from runbooks.service import RunbookService
from workbench import notices
from workbench.opened import Opened

LOOK_EVERY_S = 15.0

Standing = tuple[str, str, str]


def watch(opened: Opened) -> None:
    """Look every quarter of a minute whether text, status or holder are others, and say so."""
    standing = (opened.now.slot.revision, opened.now.status, opened.entry.hold_by)
    _look(opened.service, opened.sid, standing, time.monotonic())


@st.fragment(run_every=LOOK_EVERY_S)
@notices.told
def _look(service: RunbookService, sid: str, standing: Standing, since: float) -> None:
    if time.monotonic() - since < LOOK_EVERY_S / 2:  # the page has only just been drawn
        return
    glance = service.peek(sid)
    now = glance.suggestion
    if (now.slot.revision, now.status, glance.entry.hold_by) != standing:
        notices.stand()
        st.rerun()
