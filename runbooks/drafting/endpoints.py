"""The address of an OpenAI-compatible server: made whole, and whether it stands in the house."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from runbooks.errors import InvalidSettings

SETTING = "OPENAI_BASE_URL"
_ENDINGS = ("/chat/completions", "/completions")
_LOCAL_ENDINGS = (".localhost", ".local", ".lan", ".internal", ".home.arpa")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})")


def normal(url: str) -> str:
    """Give the base that requests are put behind; raise InvalidSettings.

    A bare host gets the path `/v1`, as Ollama, llama.cpp, vLLM and LM Studio serve it; the full
    address of the chat call is cut to its base. Any other path is left as it is.
    """
    parts = _split(url)
    path = parts.path.rstrip("/")
    for ending in _ENDINGS:
        path = path.removesuffix(ending)
    return parts._replace(path=path or "/v1", fragment="").geturl()


def is_local(url: str) -> bool:
    """Tell whether an endpoint is our own, so that its calls cost nothing (CONTRACT R14).

    Local are: this machine; addresses of private networks and link-local ones; names without a
    dot, as containers have; names that end in .localhost, .local, .lan, .internal, .home.arpa.
    """
    host = (_split(url).hostname or "").rstrip(".").casefold()
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return bool(_NAME.fullmatch(host)) or host.endswith(_LOCAL_ENDINGS)
    return address.is_loopback or address.is_private or address.is_link_local


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known:
        raise InvalidSettings(SETTING, "must be http://HOST:PORT/v1 or https://HOST/…")
    return parts
