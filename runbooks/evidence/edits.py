"""What a person changed in a text since it was generated."""

from dataclasses import dataclass

from runbooks.comparison import compare, lines_of
from runbooks.evidence.report import MAX_PASSAGE, Claim, Support
from runbooks.evidence.words import lowered, shown


@dataclass(frozen=True)
class Edits:
    """Changed and added lines, from 1, each with what stood there in the generated text."""

    before: dict[int, str]
    removed: str = ""

    @classmethod
    def between(cls, base: str | None, text: str) -> "Edits":
        """Compare a text with the one that was generated; without one nothing is an edit."""
        if base is None or base == text:
            return cls({})
        old = lines_of(base)
        before: dict[int, str] = {}
        gone: list[str] = []
        for row in compare(base, text).rows:
            if row.kind == "same":
                continue
            line = old[row.left - 1] if row.left else ""
            gone.append(line)
            if row.right:
                before[row.right] = line
        return cls(before, lowered(shown("\n".join(gone))))

    def is_new(self, claim: Claim) -> bool:
        """Tell whether a person wrote a claim: on a changed line, and not in the lines before."""
        lines = range(claim.line, claim.end_line + 1)
        if not any(line in self.before for line in lines):
            return False
        return lowered(shown(claim.text)) not in self.removed

    def support(self, claim: Claim, found: Support | None) -> Support:
        """Give a person as the source; what else says it is told besides."""
        before = next(
            (self.before[n] for n in range(claim.line, claim.end_line + 1) if n in self.before), ""
        )
        passage = f"generated was: {before.strip()}" if before.strip() else "added by a person"
        source = "edited after generation"
        if found is not None:
            return Support("person", f"{source}; also {found.source}", found.passage, found.score)
        return Support("person", source, passage[:MAX_PASSAGE])
