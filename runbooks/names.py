"""Who acts, for those who only gave a name: a cookie holds it until there is a login.

A name proves nothing; it says whom to ask about an edit or a decision.
"""

import unicodedata
from urllib.parse import quote, unquote, urlsplit

from runbooks.errors import InvalidRequest

NAME_COOKIE = "runbooks_name"
NAME_ROUTE = "/session/name"
NAMELESS = "local:visitor-"
"""How an actor begins who gave no name; the same person is another one after a reload."""
MAX_NAME = 40
"""The longest name, in characters."""

_MAX_COOKIE = 1000


def checked_name(raw: str) -> str:
    """Give a name as it is recorded: one line of 1 to 40 printable characters.

    Raise InvalidRequest for anything else.
    """
    name = " ".join(unicodedata.normalize("NFC", raw).split())
    if not name:
        raise InvalidRequest("name", "a name is needed")
    if len(name) > MAX_NAME:
        raise InvalidRequest("name", f"at most {MAX_NAME} characters")
    if not name.isprintable():
        raise InvalidRequest("name", "only characters that can be printed")
    return name


def checked_actor(raw: str) -> str:
    """Give a person as records name them: `local:<name>`, "" for nobody; raise InvalidRequest."""
    bare = raw.strip().removeprefix("local:").strip()
    return f"local:{checked_name(bare)}" if bare else ""


def cookie_value(name: str) -> str:
    """Give a checked name as the cookie holds it."""
    return quote(name, safe="")


def actor_of(cookie: str | None, otherwise: str) -> str:
    """Give who acts by the cookie's value: `local:<name>`, or `otherwise` without a good one."""
    if not cookie or len(cookie) > _MAX_COOKIE:
        return otherwise
    try:
        return f"local:{checked_name(unquote(cookie, errors='strict'))}"
    except (InvalidRequest, UnicodeDecodeError):
        return otherwise


def checked_next(target: str) -> str:
    """Give an address of this site to go on to; raise InvalidRequest for one that leads away."""
    parts = urlsplit(target) if target.isprintable() else None
    stays = (
        parts is not None
        and not parts.scheme
        and not parts.netloc
        and target.startswith("/")
        and not target.startswith("//")
        and "\\" not in target
        and len(target) <= 4000
    )
    if not stays:
        raise InvalidRequest("next", "an address of this site that begins with one /")
    return target
