"""The services file: whom to call, where to look and which limits hold for a service.

Drafts take contacts, links, namespaces and thresholds from here alone (CONTRACT §4). Names that
end up in commands are held to a narrow alphabet, so that a row cannot carry shell syntax.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    StringConstraints,
    ValidationError,
)

from runbooks.errors import InvalidSettings
from runbooks.yaml_lines import Located, YamlLineError, locate, read_yaml

SETTING = "RUNBOOK_SERVICES_FILE"


def _pattern(regex: str, longest: int) -> StringConstraints:
    return StringConstraints(
        strip_whitespace=True, min_length=1, max_length=longest, pattern=f"^{regex}$"
    )


Line = Annotated[str, _pattern(r"[^\x00-\x1f\x7f]+", 200)]
Url = Annotated[str, _pattern(r"https?://[^\s<>()\"']+", 500)]
KubernetesName = Annotated[str, _pattern(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", 63)]
HostName = Annotated[str, _pattern(r"[a-z0-9][-a-z0-9.]*", 253)]
ResourceName = Annotated[str, _pattern(r"[A-Za-z0-9][A-Za-z0-9_.:/-]*", 200)]
Threshold = int | FiniteFloat | Line


class _Fields(BaseModel):
    """What may stand in one row; every field is optional, a default fills the gaps."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    owner: Line | None = None
    escalation_channel: Line = "#team-llm-ops"
    escalate_after_minutes: int = Field(15, ge=1, le=1440)
    impact_users: int = Field(100, ge=1)
    downtime_minutes: int = Field(30, ge=1, le=10_080)
    dashboard: Url | None = None
    namespace: KubernetesName | None = None
    env: ResourceName | None = None
    datadog_site: HostName | None = None
    ml_app: ResourceName | None = None
    deployment: KubernetesName | None = None
    database: ResourceName | None = None
    queue: ResourceName | None = None
    thresholds: Mapping[Line, Threshold] = Field(default_factory=dict)


class ServiceRow(_Fields):
    """What is known of one service; minutes are whole minutes, `impact_users` counts people.

    `known` is false when the file has no row for `service`: the fields then hold the default row,
    and a draft that uses them deserves a finding (CONTRACT §4). Thresholds map a name to a number
    or to a text with its unit, such as `20 connections`.
    """

    service: str
    known: bool


class _File(BaseModel):
    """The services file as a whole."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    default: _Fields = _Fields()
    services: Mapping[Line, _Fields] = Field(default_factory=dict)
    tools: tuple[ResourceName, ...] = Field((), strict=False)
    tags: tuple[ResourceName, ...] = Field((), strict=False)


@dataclass(frozen=True)
class House:
    """What a company has of its own: programs that its runbooks call, tags of its Datadog."""

    tools: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


NO_HOUSE = House()


class ServiceDirectory:
    """All rows of the services file, looked up by the exact name of a service."""

    def __init__(
        self, default: _Fields, rows: Mapping[str, _Fields], house: House = NO_HOUSE
    ) -> None:
        self._default = default
        self._rows = dict(rows)
        self.house = house

    @classmethod
    def load(cls, path: Path | None) -> Self:
        """Read the services file, or take the built-in default row when `path` is None.

        A row inherits from the file's `default` row what it leaves out, and that inherits the
        specification's values: #team-llm-ops, 15 minutes, 100 users, 30 minutes. Raises
        `InvalidSettings` naming the key and the line of the first thing that is wrong.
        """
        if path is None:
            return cls(_Fields(), {})
        parsed = _parse(path)
        house = House(tuple(parsed.tools), tuple(parsed.tags))
        return cls(parsed.default, parsed.services, house)

    def row(self, service_name: str) -> ServiceRow:
        """The row of this service, or the default row marked as unknown."""
        own = self._rows.get(service_name)
        given = _given(self._default) | (_given(own) if own else {})
        return ServiceRow.model_validate(
            given | {"service": service_name, "known": own is not None}
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The services that have a row, in the order of the file."""
        return tuple(self._rows)


def load(path: Path | None) -> ServiceDirectory:
    """Read a services file; see `ServiceDirectory.load`."""
    return ServiceDirectory.load(path)


def _given(row: _Fields) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.model_fields_set}


def _parse(path: Path) -> _File:
    try:
        document = read_yaml(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise _wrong(path, problem.strerror or "cannot be read") from problem
    except UnicodeDecodeError as problem:
        raise _wrong(path, "is not UTF-8 text") from problem
    except YamlLineError as problem:
        raise _wrong(path, f"line {problem.line}: {problem.what}") from problem
    try:
        return _File.model_validate({} if document.value is None else document.value)
    except ValidationError as problem:
        raise _wrong(path, _first_problem(document, problem)) from problem


def _wrong(path: Path, problem: str) -> InvalidSettings:
    return InvalidSettings(SETTING, f"{path}: {problem}")


_PLAIN = {
    "extra_forbidden": "is not a known key",
    "int_type": "must be a whole number",
    "model_type": "must hold keys and values",
    "dict_type": "must hold keys and values",
    "mapping_type": "must hold keys and values",
    "string_pattern_mismatch": "does not have the form that is allowed here",
    "string_too_short": "must not be empty",
}


def _first_problem(document: Located, error: ValidationError) -> str:
    found = error.errors(include_url=False)[0]
    keys = _keys(document, found["loc"])
    line, name = locate(document, keys), ".".join(keys) or "the file"
    if keys[-2:-1] == ("thresholds",):
        return f"line {line}: {name} must be a number or a short text such as '20 connections'"
    return f"line {line}: {name} {_explain(found['type'], found['input'], found['msg'])}"


def _keys(document: Located, loc: tuple[int | str, ...]) -> tuple[str, ...]:
    """The part of pydantic's path that names keys of the file, without its own markers."""
    known: tuple[str, ...] = ()
    for step in loc:
        if (*known, str(step)) in document.lines:
            known = (*known, str(step))
    return known


def _explain(kind: str, value: object, message: str) -> str:
    if value is None:
        return "is empty (a value that begins with # needs quotes)"
    if kind == "string_type":
        return f"must be text, not {value!r} (quotes make it text)"
    return _PLAIN.get(kind, message[:1].lower() + message[1:])
