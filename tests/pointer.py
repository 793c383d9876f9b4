"""The mouse, as a hand that does not look again before it clicks."""

from collections.abc import Callable

from playwright.sync_api import Locator


def pointer_on(button: Locator) -> Callable[[], None]:
    """Give a click on the place where a button stands now, whatever stands there by then."""
    place = button.bounding_box()
    assert place is not None
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    return lambda: button.page.mouse.click(x, y)
