"""Every page says what writes the drafts, and why it does."""

import pytest

from runbooks.bootstrap import close_shared_service
from tests.ui.conftest import App


@pytest.mark.parametrize("page", ["queue", "runs", "library"])
def test_the_offline_drafter_never_poses_as_a_model(app: App, page: str) -> None:
    """It is named as what it is, with the reason why no model is asked."""
    shown = app.open(page).text()
    assert "**Offline drafter.** No model is asked" in shown
    assert "Reason: RUNBOOK_DRAFTER=offline." in shown.replace("\\", "").replace("\u2060", "")


def test_a_model_is_named_with_its_provider_and_the_reason(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person sees whether texts leave the house before pressing Generate."""
    close_shared_service()
    monkeypatch.setenv("RUNBOOK_DRAFTER", "auto")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_MODEL", "a *local* model")
    shown = app.open("runs").text().replace("\\", "").replace("\u2060", "")
    assert "Drafts are written by the model **a *local* model (openai)**." in shown
    assert "Reason: OPENAI_BASE_URL is set." in shown
