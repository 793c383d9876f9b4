"""Stored values as JSON: what JSON lacks gets a plain form, and nothing makes an answer fail."""

import base64
import json
import math
from collections.abc import Mapping
from datetime import datetime

from starlette.responses import JSONResponse

from runbooks.revision import iso
from runbooks.values import GeoPoint, Reference, Vector


class JsonAnswer(JSONResponse):
    """A JSON answer that takes any text: half a surrogate pair leaves as its escape."""

    def render(self, content: object) -> bytes:
        """Write the content as UTF-8."""
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8", "backslashreplace")


def plain(value: object) -> object:
    """Give a stored value as JSON: times as ISO text, bytes as base64, what is no number as null.

    The document's own shape stays (CONTRACT §3: documents as stored).
    """
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | bool | int):
        return value
    return _unusual(value)


def _unusual(value: object) -> object:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, Vector):
        return [plain(item) for item in value.values]
    if isinstance(value, GeoPoint):
        return {"latitude": value.latitude, "longitude": value.longitude}
    if isinstance(value, Reference):
        return value.path
    return str(value)
