"""The versions of the suggestion that is open, read once for each state of it."""

from collections.abc import Mapping

from runbooks.generation import BESIDE
from runbooks.models import Version, VersionReason
from runbooks.store.slots import readable_text
from workbench.compare_state import versions_asked
from workbench.kept import kept
from workbench.opened import Opened

REASONS: Mapping[str, str] = {
    VersionReason.GENERATED: "drafted",
    VersionReason.EDITED: "edited",
    VersionReason.FORCED: "drafted over a person's text",
    VersionReason.RESTORED: "restored",
    VersionReason.FOUND: "found here, put by another service",
    VersionReason.PROPOSAL: "drafted too late to be put in place",
}


def read(opened: Opened) -> tuple[Version, ...]:
    """Give the newest versions; read anew when one was added or older ones are asked for."""
    limit = versions_asked(opened.sid)
    head = (opened.entry.version_number, opened.now.slot.revision)
    key = ("versions", opened.sid, limit, *head)
    service = opened.service
    return kept(service).get(key, lambda: tuple(service.versions(opened.sid, limit)))


def has_older(versions: tuple[Version, ...], opened: Opened) -> bool:
    """Say whether there are versions older than those that were read."""
    full = len(versions) >= versions_asked(opened.sid)
    return full and versions[-1].number > 1


def proposal(opened: Opened) -> Version | None:
    """Give the newest version if it was never in place: a proposal beside the text.

    The entry knows whether the newest is the text that stands here, so mostly nothing is read.
    """
    entry = opened.entry
    if not entry.version_number or entry.version_revision == opened.now.slot.revision:
        return None
    key = ("newest", opened.sid, entry.version_number)
    service = opened.service
    newest = kept(service).get(key, lambda: tuple(service.versions(opened.sid, 1)))
    return next((v for v in newest if not v.applied and v.draft is not None), None)


def why(version: Version) -> str:
    """Say why a version exists; a reason that is not known stays as it is."""
    if version.note == BESIDE and not version.applied:
        return "proposed beside the text"
    return REASONS.get(version.reason, version.reason)


def version_text(version: Version) -> str:
    """Give the text of a version, also of one in a shape that is not known."""
    if version.draft is not None:
        return version.draft.markdown_content
    return readable_text(version.snippet)
