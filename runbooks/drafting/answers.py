"""A model's answer: untrusted text that has to become a runbook of our template, or be refused."""

import json
import re
from collections.abc import Iterator, Mapping

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from runbooks.drafting.model import JsonSchema

MAX_ANSWER_CHARS = 200_000
_NOTHING = object()
_ESCAPE = re.compile(r'\\(["\\/bfnrt]|u[0-9a-fA-F]{4})|\\')
_FENCE = re.compile(r"\A\s{0,1000}```[a-zA-Z]{0,10}[ \t]{0,5}\n")


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True)


class StepAnswer(_Part):
    """One step as the model gives it."""

    title: str = Field("", max_length=2_000)
    command: str = Field("", max_length=4_000)
    language: str = Field("sh", max_length=20)
    expect: str = Field("", max_length=2_000)
    otherwise: str = Field("", max_length=2_000)


class RunbookAnswer(_Part):
    """A runbook as the model gives it; the template, ids and escalation are ours."""

    title: str = Field(min_length=1, max_length=300)
    rationale: str = Field("", max_length=4_000)
    summary: str = Field(min_length=1, max_length=4_000)
    symptoms: tuple[str, ...] = Field(max_length=20)
    diagnosis: tuple[StepAnswer, ...] = Field(max_length=20)
    mitigation: tuple[StepAnswer, ...] = Field(max_length=20)
    root_cause_fix: tuple[str, ...] = Field(max_length=20)


class WholeAnswer(_Part):
    """A runbook as finished Markdown, as some models and gateways give it."""

    title: str = Field("", max_length=300)
    rationale: str = Field("", max_length=4_000)
    markdown_content: str = Field(min_length=1, max_length=100_000)


class Unusable(Exception):
    """The answer is no runbook; `kind` is `invalid_json` or `schema_validation`."""

    def __init__(self, kind: str, problem: str) -> None:
        super().__init__(problem)
        self.kind = kind
        self.problem = problem


def _schema() -> JsonSchema:
    """Give the schema in the plain form that every server understands, without references."""
    text = {"type": "string"}
    lines = {"type": "array", "items": text}
    keys = ("title", "command", "language", "expect", "otherwise")
    step = {
        "type": "object",
        "properties": dict.fromkeys(keys, text),
        "required": list(keys),
        "additionalProperties": False,
    }
    steps = {"type": "array", "items": step}
    fields: dict[str, object] = {
        "title": text,
        "rationale": text,
        "summary": text,
        "symptoms": lines,
        "diagnosis": steps,
        "mitigation": steps,
        "root_cause_fix": lines,
    }
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


SCHEMA: JsonSchema = _schema()


def read_answer(text: str, *, mend: bool = False) -> RunbookAnswer | WholeAnswer:
    """Read an answer: fenced, with words around it, or with raw line breaks in strings.

    With `mend` an object that broke off is closed where its last whole value ends. Raise Unusable
    and nothing else, in a time that grows with the length of the text.
    """
    found = _json(text[:MAX_ANSWER_CHARS], mend)
    if not isinstance(found, Mapping):
        raise Unusable("schema_validation", "the answer is no JSON object")
    kind = WholeAnswer if "markdown_content" in found else RunbookAnswer
    try:
        return kind.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Unusable("schema_validation", f"{where}: {first['msg']}") from None


def _json(text: str, mend: bool) -> object:
    if not text.strip():
        raise Unusable("invalid_json", "the answer is empty")
    said = text.rpartition("</think>")[2]
    for candidate in _candidates(said):
        found = _loaded(candidate)
        if found is not _NOTHING:
            return found
    if mend and "{" in said:
        mended = _loaded(close_truncated(said[said.index("{") :]))
        if mended not in (_NOTHING, {}):
            return mended
    raise Unusable("invalid_json", "the answer is not JSON")


def _loaded(text: str) -> object:
    """Read JSON, with single backslashes (as in `\\d`) taken for what they mean; else _NOTHING."""
    for form in (text, _ESCAPE.sub(lambda found: found[0] if found[1] else r"\\", text)):
        try:
            return _clean(json.loads(form, strict=False))
        except (ValueError, RecursionError):
            continue
    return _NOTHING


def _clean(value: object) -> object:
    """Give the value with halves of surrogate pairs replaced: no store or wire takes them."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode() if not value.isascii() else value
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {str(_clean(key)): _clean(item) for key, item in value.items()}
    return value


def _candidates(text: str) -> Iterator[str]:
    """Give the answer as it is, without a fence, and from its first to its last brace."""
    yield text
    unfenced = _FENCE.sub("", text)
    if unfenced != text:
        yield unfenced.rpartition("```")[0] or unfenced
    start, end = text.find("{"), text.rfind("}")
    if 0 <= start < end:
        yield text[start : end + 1]


def close_truncated(text: str) -> str:
    """Close a JSON text that broke off: cut after its last whole value, then close what is open.

    A value that is a string is kept as far as it goes; half a key, number or escape is dropped.
    What follows the first whole value is dropped too. One pass.
    """
    scan = _Scan()
    for place, sign in enumerate(text):
        scan.take(place, sign)
        if scan.done:
            break
    return scan.closed(text)


class _Scan:
    """Where a JSON text stands: what is open, and up to where it can be kept.

    Whatever opens or closes is itself a place up to which the text can be kept, so what is open
    there and what is open now never differ.
    """

    def __init__(self) -> None:
        self.done = False
        self._open: list[str] = []
        self._keep = 0
        self._in_string = False
        self._is_value = False
        self._escape_from = 0
        self._escape_left = 0

    def take(self, place: int, sign: str) -> None:
        """Read the next sign."""
        if self._in_string:
            self._take_in_string(place, sign)
        elif sign == '"':
            self._in_string = True
            self._is_value = self._is_value or self._open[-1:] == ["]"]
        elif sign in "{[":
            self._open.append("}" if sign == "{" else "]")
            self._whole(place + 1)
        elif sign in "}]":
            del self._open[-1:]
            self._whole(place + 1)
            self.done = not self._open
        elif sign == ":":
            self._is_value = True
        elif sign == ",":
            self._whole(place)

    def closed(self, text: str) -> str:
        """Give the text, closed."""
        end = "".join(reversed(self._open))
        if self._in_string and self._is_value:
            return (text[: self._escape_from] if self._escape_left else text) + '"' + end
        return text[: self._keep] + end

    def _take_in_string(self, place: int, sign: str) -> None:
        if self._escape_left:
            first = self._escape_from == place - 1
            self._escape_left = 4 if first and sign == "u" else self._escape_left - 1
        elif sign == "\\":
            self._escape_from, self._escape_left = place, 1
        elif sign == '"':
            self._in_string = False
            if self._is_value:
                self._whole(place + 1)

    def _whole(self, end: int) -> None:
        """Note that every value before this place is whole."""
        self._keep = end
        self._is_value = False
