"""The browser's half of the editor, spoken by a test: AppTest runs no JavaScript.

It holds text, base and answers as `text_editor.js` does and says what that would say. What the
browser itself does with keys, clicks and reloads is shown in tests/browser.
"""

from typing import Any

from tests.ui.conftest import App
from workbench import review_state

COMPONENT = "runbooks.text_editor"


def unix(text: str) -> str:
    """Give a text with the line ends that a browser knows."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class Typist:
    """Somebody at the editor of one suggestion in one tab."""

    def __init__(self, app: App, sid: str) -> None:
        self.app = app
        self.sid = sid
        self.text: str | None = None
        self.clean: str | None = None
        self.base = ""
        self.saving: dict[str, Any] | None = None
        self.obeyed = ""
        self.sequence = 0

    @property
    def data(self) -> dict[str, Any]:
        """What the server told the editor last."""
        return self.app.table(COMPONENT)

    @property
    def shown(self) -> bool:
        """Whether there is an editor on the page."""
        return any(
            e.type == "bidi_component" and e.proto.component_name == COMPONENT
            for e in self.app._elements()
        )

    def look(self) -> str:
        """Take in what the server told, and give the text that stands in the editor."""
        data, start = self.data, unix(self.data["start"])
        if self.text is None:
            self.text, self.clean, self.base = start, start, data["base"]
        if self.saving and data["answered"] >= self.saving["sequence"]:
            if data["saved"]:
                self.base, self.clean = data["revision"], self.saving["text"]
            self.saving = None
        put = data["put"]
        if put and put["name"] != self.obeyed:
            self.obeyed, self.text, self.base = put["name"], unix(put["text"]), put["base"]
            self.clean = start if put["base"] == data["base"] else None
        if data["base"] != self.base and self.text in (self.clean, start) and not self.saving:
            self.text, self.clean, self.base = start, start, data["base"]
        return self.text

    def type(self, text: str) -> None:
        """Replace the text; it is said with the next run of the page."""
        self.look()
        self.text = text
        self._say()

    def save(self, why: str = "") -> None:
        """Press the editor's own button; it is said with the next run of the page."""
        self.look()
        self.saving = {**self._worded(), "kind": self.data["act"], "why": why}
        self._say()

    def _worded(self) -> dict[str, Any]:
        self.sequence += 1
        return {"sequence": self.sequence, "base": self.base, "text": self.text}

    def _say(self) -> None:
        typed = None if self.saving else self._worded()
        said = {"item": self.sid, "place": self.data["place"], "act": self.saving, "typed": typed}
        self.app.at.session_state[review_state.editor_key(self.sid)] = {"said": said}
