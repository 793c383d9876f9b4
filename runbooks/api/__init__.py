"""The REST door (CONTRACT §3): FastAPI routes over the one service that pages use too."""

from runbooks.api.app import PREFIXES, create_api

__all__ = ["PREFIXES", "create_api"]
