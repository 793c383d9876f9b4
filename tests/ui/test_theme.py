"""Colours that can be read by everybody, and never alone."""

import tomllib

import pytest

from runbooks.models import DraftState, OutcomeStatus, RunState
from tests.ui.conftest import ROOT
from workbench import theme

PALETTE = ("red", "orange", "yellow", "green", "blue", "violet", "gray")
SCHEMES = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours as WCAG 2 computes it, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("tone", PALETTE)
def test_every_badge_can_be_read(scheme: str, tone: str) -> None:
    """WCAG AA: 4.5 between text and its background, on a badge and on the page."""
    colours = SCHEMES[scheme]
    text = colours[f"{tone}TextColor"]
    assert contrast(text, colours[f"{tone}BackgroundColor"]) >= 4.5
    assert contrast(text, colours["backgroundColor"]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_main_button_can_be_read(scheme: str) -> None:
    """Its text is white in both schemes."""
    assert contrast("#ffffff", SCHEMES[scheme]["primaryColor"]) >= 4.5


def test_every_state_has_a_tone_of_the_palette() -> None:
    """A state without a colour of its own would look like another one."""
    assert set(theme.DRAFT_TONES) == set(DraftState)
    assert set(theme.RUN_TONES) == set(RunState)
    assert set(theme.OUTCOME_TONES) == set(OutcomeStatus)
    tones = [
        *theme.DRAFT_TONES.values(),
        *theme.RUN_TONES.values(),
        *theme.OUTCOME_TONES.values(),
        *theme.SEVERITY_TONES.values(),
        *theme.STATUS_TONES.values(),
        *theme.FINDING_TONES.values(),
    ]
    assert set(tones) <= set(PALETTE)


def test_a_badge_is_words_on_a_colour() -> None:
    """Whoever sees no colours reads the same."""
    assert theme.severity_badge("critical") == ":red-badge[Critical]"
    assert theme.draft_badge(DraftState.NEEDS_INPUT) == ":yellow-badge[Needs input]"
    assert theme.status_badge("odd]") == ":gray-badge[odd\\]]"
