"""The app as a person has it: the real `app.py` over a store of its own, without a browser."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from runbooks.bootstrap import close_shared_service, shared_service
from runbooks.clock import utc_now
from tests.world import BusyDrafter, World
from workbench import jobs

ROOT = Path(__file__).resolve().parents[2]
_SETTINGS = ("GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI", "OPENAI_BASE_URL")


class App:
    """One browser tab; pages are called as their files are."""

    def __init__(self) -> None:
        self.at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
        self._came = False

    def open(self, file: str = "queue", /, **parameters: str | Sequence[str]) -> "App":
        """Go to a page, by the name of its file, with these URL parameters."""
        if not self._came:
            self.run()
        self.at.query_params = {
            name: [value] if isinstance(value, str) else list(value)
            for name, value in parameters.items()
        }
        self.at.switch_page(f"pages/{file}.py")
        return self.run()

    def run(self) -> "App":
        """Run the page again; an exception that reaches Streamlit fails the test."""
        self.at.run()
        self._came = True
        assert not self.at.exception, [e.message for e in self.at.exception]
        return self

    def click(self, key: str) -> "App":
        """Press the button of this key."""
        self.at.button(key=key).click()
        return self.run()

    def table(self, name: str) -> dict[str, Any]:
        """Give what a table was given to show; `name` as its component is registered."""
        for element in self._elements():
            if element.type == "bidi_component" and element.proto.component_name == name:
                return json.loads(element.proto.json)
        raise AssertionError(f"there is no {name} on this page")

    def rows(self) -> list[dict[str, Any]]:
        """Give the rows of the queue."""
        return self.table("runbooks.queue_table")["rows"]

    def ids(self) -> list[str]:
        """Give the ids of the rows of the queue, in order."""
        return [row["id"] for row in self.rows()]

    def text(self) -> str:
        """Give every text on the page that Streamlit itself shows."""
        kinds = ("title", "header", "markdown", "caption", "error", "warning", "info", "toast")
        listed = [e for kind in kinds for e in getattr(self.at, kind)]
        return "\n".join(str(e.value) for e in listed)

    def _elements(self) -> Iterator[Any]:
        waiting = [self.at.main]
        while waiting:
            block = waiting.pop()
            for child in block.children.values():
                yield child
                if hasattr(child, "children"):
                    waiting.append(child)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[World]:
    """The process's one service over a new file: what `app.py` finds."""
    for name in _SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RUNBOOK_STORE", f"sqlite:///{tmp_path / 'ui.db'}")
    monkeypatch.setenv("RUNBOOK_DRAFTER", "offline")
    monkeypatch.chdir(tmp_path)
    close_shared_service()
    service = shared_service()
    yield World(service, service.store, utc_now, BusyDrafter())
    jobs.close_jobs()
    close_shared_service()


@pytest.fixture
def app(world: World) -> App:
    """A browser tab at this service."""
    return App()
