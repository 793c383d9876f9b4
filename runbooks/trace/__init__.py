"""What a recorded trace says, as a person reads it: messages, spans, and whatever else there is.

Payloads are foreign and may be of any shape and size. Nothing here raises on a shape, and nothing
looks at more than a fixed number of places.
"""

from runbooks.trace.messages import Call, Message
from runbooks.trace.reading import Reading, read
from runbooks.trace.search import Found, Passage, Place, find
from runbooks.trace.spans import Span
from runbooks.trace.tree import Cut, cut

__all__ = [
    "Call",
    "Cut",
    "Found",
    "Message",
    "Passage",
    "Place",
    "Reading",
    "Span",
    "cut",
    "find",
    "read",
]
