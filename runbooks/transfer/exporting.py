"""Everything in the store as JSONL, for a backup or a move: raw, and it says so (CONTRACT R10)."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Final, TextIO

from runbooks import __version__
from runbooks.clock import utc_now
from runbooks.revision import iso
from runbooks.service import RunbookService
from runbooks.store.codec import encode
from runbooks.store.port import Collection
from runbooks.transfer.kinds import LEFT_OUT

EXPORTED: Final = tuple(name for name in Collection if name not in LEFT_OUT)
_ONE_LINE: Final = {code: f"\\u{code:04x}" for code in (0x85, 0x2028, 0x2029)}
"""Characters that some programs take for the end of a line."""

NOTICE: Final = "raw documents: nothing in here is redacted"


def export_documents(
    service: RunbookService,
    out: TextIO,
    progress: Callable[[Collection, int], None] = lambda _collection, _number: None,
) -> Counter[Collection]:
    """Write a head, then `{"collection", "id", "document"}` a line; give how many of each.

    What JSON lacks is tagged (see `runbooks.store.codec`), so an import restores the same
    revisions. Each collection is read as it is at its own moment.
    """
    head = {"format": 1, "version": __version__, "at": iso(utc_now()), "notice": NOTICE}
    out.write(json.dumps({"export": head}) + "\n")
    counts: Counter[Collection] = Counter()
    for collection in EXPORTED:
        for stored in service.store.scan(collection):
            key = json.dumps(stored.key, ensure_ascii=False)
            document = encode(stored.document)
            line = f'{{"collection":"{collection}","id":{key},"document":{document}}}'
            out.write(line.translate(_ONE_LINE) + "\n")
            counts[collection] += 1
            progress(collection, counts[collection])
    return counts
