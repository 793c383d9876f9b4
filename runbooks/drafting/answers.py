"""A model's answer: untrusted text that has to become a runbook of our template, or be refused."""

import json
import re
from collections.abc import Iterator, Mapping

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from runbooks.drafting.model import JsonSchema

MAX_ANSWER_CHARS = 200_000
_FENCE = re.compile(r"\A\s*```[a-zA-Z]{0,10}[ \t]{0,5}\n")


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True)


class StepAnswer(_Part):
    """One step as the model gives it."""

    title: str = Field(max_length=2_000)
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

    With `mend` a truncated object is closed where it broke off. Raise Unusable.
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
    for candidate in _candidates(text):
        try:
            return json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
    if mend:
        closed = close_truncated(text[text.find("{") :]) if "{" in text else ""
        try:
            return json.loads(closed, strict=False)
        except (ValueError, RecursionError):
            pass
    raise Unusable("invalid_json", "the answer is not JSON")


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
    """Close what is open at the end of a JSON text that broke off; one pass, bounded depth."""
    open_: list[str] = []
    in_string = escaped = False
    for sign in text:
        if in_string:
            in_string = escaped or sign != '"'
            escaped = sign == "\\" and not escaped
        elif sign == '"':
            in_string = True
        elif sign in "{[" and len(open_) < 100:
            open_.append("}" if sign == "{" else "]")
        elif sign in "}]" and open_:
            open_.pop()
    end = text[:-1] if escaped else text
    end = end + '"' if in_string else end.rstrip().rstrip(",")
    if re.search(r'[{,]\s*"[^"]*"\s*:?\s*$', end) and open_ and open_[-1] == "}":
        # A key without its value: give it an empty one.
        end = end.rstrip().rstrip(":") + ':""'
    return end + "".join(reversed(open_))
