"""The REST door (CONTRACT §3): FastAPI routes over the one service that pages use too."""

from runbooks.api.app import PREFIXES, create_api
from runbooks.api.front import Front

__all__ = ["PREFIXES", "Front", "create_api"]
