"""What the calls take (CONTRACT §3).

Names are camelCase; snake_case is accepted. A field that a call does not know is refused: a
misspelt `dryRun` would cost money.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from runbooks.lint import Profile

MAX_BATCH = 200

Id = Annotated[str, StringConstraints(min_length=1, max_length=1500)]
Revision = Annotated[str, StringConstraints(pattern=r"^(?:[0-9a-f]{16}|none)$")]
Words = Annotated[str, StringConstraints(max_length=4000)]


class Body(BaseModel):
    """The body of a request."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", strict=True
    )


class RunOnce(Body):
    """`POST /runbooks/run-once`; `batchSize` None is the configured one, at most 200."""

    batch_size: int | None = Field(None, ge=1, le=MAX_BATCH)
    suggestion_ids: list[Id] | None = Field(None, min_length=1, max_length=MAX_BATCH)
    dry_run: bool = False
    triggered_by: Literal["manual", "scheduled"] = "manual"


class Generate(Body):
    """`POST /runbooks/generate/{id}`; without `revision` the one read at the start counts (R4)."""

    force_overwrite: bool = False
    dry_run: bool = False
    triggered_by: Literal["manual", "scheduled"] = "manual"
    revision: Revision | None = None


class Save(Body):
    """`PUT /runbooks/{id}`: a person's text."""

    markdown_content: str
    reason: Words = ""


class Lint(Body):
    """`POST /lint`: a text to check; `generic` is for other teams' runbooks."""

    markdown: str
    profile: Profile = "evalforge"


class Approve(Body):
    """`POST /suggestions/{id}/approve`: of the revision that was seen (R17)."""

    revision: Revision
    notes: Words = ""
    override_reason: Words = ""


class Reject(Body):
    """`POST /suggestions/{id}/reject`."""

    revision: Revision
    reason: Words
    notes: Words = ""


class Reopen(Body):
    """`POST /suggestions/{id}/reopen`."""

    reason: Words


class Restore(Body):
    """`POST /runbooks/{id}/restore`: version number, over the revision that was seen."""

    version: int = Field(ge=1, le=10**9)
    revision: Revision
