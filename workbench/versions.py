"""The versions of the suggestion that is open, read once for each state of it."""

from collections.abc import Mapping

from runbooks.models import Version, VersionReason
from runbooks.store.slots import readable_text
from workbench.kept import kept
from workbench.opened import Opened

A_PAGE = 50
REASONS: Mapping[str, str] = {
    VersionReason.GENERATED: "drafted",
    VersionReason.EDITED: "edited",
    VersionReason.FORCED: "drafted over a person's text",
    VersionReason.RESTORED: "restored",
    VersionReason.FOUND: "found here, put by another service",
    VersionReason.PROPOSAL: "drafted too late to be put in place",
}


def read(opened: Opened) -> tuple[Version, ...]:
    """Give the newest versions; read anew when one was added."""
    key = ("versions", opened.sid, opened.entry.version_number, opened.now.slot.revision)
    service = opened.service
    return kept(service).get(key, lambda: tuple(service.versions(opened.sid, A_PAGE)))


def why(version: Version) -> str:
    """Say why a version exists; a reason that is not known stays as it is."""
    return REASONS.get(version.reason, version.reason)


def version_text(version: Version) -> str:
    """Give the text of a version, also of one in a shape that is not known."""
    if version.draft is not None:
        return version.draft.markdown_content
    return readable_text(version.snippet)
