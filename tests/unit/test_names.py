"""Names that people give, the cookie that keeps them, and where the form may lead."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks.errors import InvalidRequest
from runbooks.names import actor_of, checked_name, checked_next, cookie_value


@given(st.text(max_size=60))
def test_a_name_that_is_taken_comes_back_from_its_cookie(raw: str):
    """Whatever passes the check is read back as the same actor."""
    try:
        name = checked_name(raw)
    except InvalidRequest:
        return
    value = cookie_value(name)
    assert value.isascii()
    assert not set(value) & set(' ",;\\\r\n')
    assert actor_of(value, "rest") == f"local:{name}"


@given(st.text(max_size=80))
def test_any_cookie_gives_an_actor_that_can_be_recorded(cookie: str):
    """What somebody puts into their own cookie ends as a printable name or as nobody."""
    actor = actor_of(cookie, "rest")
    assert actor == "rest" or (actor.startswith("local:") and actor.isprintable())


def test_a_name_is_one_line():
    """Blanks are one, and both ways to write an accent are the same name."""
    assert checked_name("  Ann \t  Lu\u0308 ") == "Ann Lü"


@pytest.mark.parametrize("cookie", [None, "", "%ff%fe", "%00", "x" * 2000, quote("x" * 41)])
def test_a_damaged_cookie_is_nobody(cookie: str | None):
    """A broken or foreign cookie never breaks a request."""
    assert actor_of(cookie, "rest") == "rest"


@pytest.mark.parametrize("target", ["/", "/queue", "/review?id=a%2Fb&x=1#top", "/a//b"])
def test_an_address_of_this_site_is_kept(target: str):
    """Path, query and fragment lead back to where the form stood."""
    assert checked_next(target) == target


@given(st.text(max_size=40))
def test_no_address_leads_away(target: str):
    """Whatever passes begins with exactly one slash and holds nothing a browser would trim."""
    try:
        kept = checked_next("/" + target)
    except InvalidRequest:
        return
    assert kept.startswith("/")
    assert not kept.startswith(("//", "/\\"))
    assert kept.isprintable()
