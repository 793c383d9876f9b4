"""Whether a command in the text is one to run, or one that the sentence warns against."""

from __future__ import annotations

import re

from runbooks.lint.document import CodeBlock, Document, Prose
from runbooks.lint.inline import CodeSpan

_BEFORE, _AFTER = 240, 80

_CLAUSE_END = re.compile(
    r"[.;:!?]\s|\n\s{0,20}\n|\bbut\b|\bthen\b|\binstead[,:]?\s+(?=run|use)"
    r"|,\s+(?=(?:please\s+|you\s+(?:can|may|should|must)\s+)?(?:run|use|execute|issue|type|apply|try"
    r"|delete|remove|restart|scale|roll|force|drop|kill|clean|drain)\b)",
    re.IGNORECASE,
)
_AGAINST = re.compile(
    r"\b(?:never|avoid|there\s+is\s+no|without\s+\w{1,30}ing|instead\s+of|rather\s+than|refrain|forbidden|prohibited)\b"
    r"|\b(?:do|must|should|shall|may)(?:\s+not|n['’]t)\b",
    re.IGNORECASE,
)
_NARRATED = re.compile(
    r"\b(?:ran|executed|issued|caused\s+by|accidental(?:ly)?|mistaken(?:ly)?|equivalent\s+(?:to|of)"
    r"|similar\s+to|same\s+as|such\s+as|like|unlike|what|how|runs|had\s+run|was\s+run|were\s+run"
    r"|output\s+of|result\s+of|after\s+the)\s{0,9}$",
    re.IGNORECASE,
)
_AGAINST_AFTER = re.compile(
    r"\s{0,3},?\s{0,3}(?:(?:must|should|can)(?:\s+not|n['’]t|not)|(?:must|should)\s+never"
    r"|is\s+(?:never|not|forbidden|dangerous)|(?:would|will|does|did|failed|fails|was|has|had)\b)",
    re.IGNORECASE,
)
_TELLS = frozenset({"summary", "symptoms", "story"})


def is_advised_span(document: Document, prose: Prose, span: CodeSpan) -> bool:
    """Whether inline code is something the reader is asked to run."""
    if document.role_at(prose.line) in _TELLS:
        return False
    before = _last_clause(prose.plain[max(0, span.start - _BEFORE) : span.start])
    if _AGAINST.search(before) or _NARRATED.search(before):
        return False
    return not _AGAINST_AFTER.match(prose.plain, span.end, span.end + _AFTER)


def is_advised_block(document: Document, block: CodeBlock) -> bool:
    """Whether a code block is to be run: not where its lead-in says never to."""
    lead = document.prose_in(block.line - 6, block.line)
    if not lead or lead[-1].end < block.line - 1:
        return True
    sentence = _last_clause(lead[-1].plain[-_BEFORE:].rstrip().rstrip(":."))
    forbids = re.search(r"\b(?:never|(?:do|must|should)\s+not|don['’]t|avoid)\b", sentence, re.I)
    return not (forbids and re.search(r"\b(?:run|execut\w*|us(?:e|ing)|issu\w+)\b", sentence, re.I))


def _last_clause(text: str) -> str:
    ends = [match.end() for match in _CLAUSE_END.finditer(text)]
    return text[ends[-1] :] if ends else text
