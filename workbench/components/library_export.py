"""Downloads of approved runbooks; nothing is made before somebody asks for it."""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import streamlit as st

from runbooks.clock import utc_now
from runbooks.library.export import ENDINGS, MEDIA_TYPES, Format, export, file_name
from runbooks.library.shelf import ShelvedRunbook
from runbooks.service import RunbookService

MOST = 1000
"""How many runbooks one archive of the page holds; the command line has no limit."""

_NAMES: Mapping[Format, str] = {
    Format.MARKDOWN: "Markdown",
    Format.HTML: "HTML page",
    Format.CONFLUENCE: "Confluence storage format",
    Format.JSON: "JSON",
    Format.YAML: "YAML",
}


def one(runbook: ShelvedRunbook, key: str) -> None:
    """Offer one runbook in each format, as it is served."""
    with st.popover("Download", icon=":material/download:", key=f"{key}_menu"):
        for kind, name in _NAMES.items():
            st.download_button(
                name,
                data=_text(runbook, kind),
                file_name=f"{file_name(runbook)}.{ENDINGS[kind]}",
                mime=MEDIA_TYPES[kind].partition(";")[0],
                key=f"{key}_{kind.value}",
                on_click="ignore",
                type="tertiary",
            )


def many(service: RunbookService, label: str, key: str, ids: Callable[[], Sequence[str]]) -> None:
    """Offer several as a zip in one format, or in all; `ids` is asked when somebody clicks."""
    with st.popover(label, icon=":material/download:", key=f"{key}_menu"):
        for name, kinds in _choices().items():
            st.download_button(
                name,
                data=_archive(service, ids, kinds),
                file_name=_archive_name(kinds, utc_now()),
                mime="application/zip",
                key=f"{key}_{'_'.join(kind.value for kind in kinds)}",
                on_click="ignore",
                type="tertiary",
            )
        st.caption("One zip. It holds the approved revisions.")


def _choices() -> dict[str, tuple[Format, ...]]:
    single = {name: (kind,) for kind, name in _NAMES.items()}
    return {**single, "All five formats": tuple(_NAMES)}


def _text(runbook: ShelvedRunbook, kind: Format) -> Callable[[], bytes]:
    return lambda: export(runbook, kind).encode()


def _archive(
    service: RunbookService, ids: Callable[[], Sequence[str]], kinds: tuple[Format, ...]
) -> Callable[[], io.BytesIO]:
    return lambda: io.BytesIO(service.library.archive(list(ids())[:MOST], kinds))


def _archive_name(kinds: tuple[Format, ...], now: datetime) -> str:
    which = kinds[0].value if len(kinds) == 1 else "all"
    return f"runbooks-{which}-{now:%Y-%m-%d}.zip"
