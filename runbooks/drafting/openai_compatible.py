"""Anything that speaks OpenAI's chat API: Ollama, llama.cpp, vLLM, LM Studio, a gateway.

Servers differ in how they take a schema (`json_schema`, `json_object` with a schema beside it, or
only words in the prompt), in what they call the limit of the answer, and in whether they take a
temperature. The first call finds out, by what the server says of each, and every later one
remembers. Any other refusal is passed on as it came.
"""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

import httpx
import openai
from openai.types.chat import ChatCompletion
from openai.types.chat.chat_completion import Choice

from runbooks.drafting.model import (
    TRANSIENT_STATUS,
    Finish,
    ModelError,
    Prompt,
    Reply,
    Terms,
    retry_after_seconds,
)


class Shape(IntEnum):
    """How the schema is handed over, most exact first."""

    JSON_SCHEMA = 0
    JSON_OBJECT = 1
    PROMPT = 2


@dataclass(frozen=True)
class Way:
    """How this server wants to be asked."""

    shape: Shape = Shape.JSON_SCHEMA
    limit: str = "max_tokens"
    temperature: bool = True

    def after(self, said: str) -> "Way | None":
        """Give the next way to try after a server that said this; None when no way helps."""
        if "max_completion_tokens" in said and self.limit == "max_tokens":
            return replace(self, limit="max_completion_tokens")
        if "temperature" in said and self.temperature:
            return replace(self, temperature=False)
        if self.shape is not Shape.PROMPT and any(word in said for word in _ABOUT_THE_SCHEMA):
            return replace(self, shape=Shape(self.shape + 1))
        return None


class WayRefused(ModelError):
    """The server does not want to be asked in this way; nothing was generated."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"{status}", status=status, transient=status in TRANSIENT_STATUS)
        self.said = said


_NOT_UNDERSTOOD = {400, 415, 422, 500, 501}
_ABOUT_THE_SCHEMA = (
    "response_format",
    "response format",
    "json_schema",
    "json_object",
    "json schema",
    "structured output",
    "grammar",
)
_TELLING = ("message", "msg", "param", "code", "type", "loc", "detail", "error")
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class OpenAICompatibleModel:
    """One model behind an OpenAI-compatible endpoint."""

    provider = "openai"

    def __init__(
        self, client: openai.OpenAI, name: str, temperature: float, max_output_tokens: int
    ) -> None:
        self.name = name
        self._client = client
        self._temperature = temperature
        self._max_output_tokens = max_output_tokens
        self._way = Way()
        self._lock = threading.Lock()

    def complete(self, prompt: Prompt, terms: Terms) -> Reply:
        """Ask once, in the way that this server wants to be asked; raise ModelError.

        A server that refuses a way is asked in the next one; each such probe costs nothing.
        """
        while True:
            way = self._way
            try:
                return self._ask(prompt, way, terms.until)
            except WayRefused as refused:
                following = way.after(refused.said)
                if following is None:
                    raise
                self._go_on(way, following)
            terms.go_on()

    def check(self) -> str:
        """Ask for one token; raise ModelError."""
        asked = Prompt("You answer with one word.", "Answer with: ready", {})
        while True:
            way = self._way
            try:
                answer = self._send(self._body(asked, replace(way, shape=Shape.PROMPT), 16), 60.0)
            except WayRefused as refused:
                following = way.after(refused.said)
                if following is None or following.shape is not way.shape:
                    raise
                self._go_on(way, following)
            else:
                _reply(answer)
                return f"{answer.model or self.name} answers at {self._client.base_url}"

    def _go_on(self, refused: Way, following: Way) -> None:
        with self._lock:
            if self._way == refused:
                self._way = following

    def _ask(self, prompt: Prompt, way: Way, until: float) -> Reply:
        body = self._body(prompt, way, self._max_output_tokens)
        answer = self._send(body, max(0.001, until - time.monotonic()))
        return _reply(answer, self._temperature if way.temperature else None)

    def _body(self, prompt: Prompt, way: Way, max_tokens: int) -> dict[str, object]:
        schema = dict(prompt.schema)
        system = prompt.system
        if way.shape is not Shape.JSON_SCHEMA and schema:
            told = json.dumps(schema)
            system = f"{system}\n\nAnswer with one JSON object of this schema:\n{told}"
        body: dict[str, object] = {
            "model": self.name,
            "messages": [
                {"role": "system", "content": system},
                {"role": "user", "content": prompt.user},
            ],
            way.limit: max_tokens,
        }
        if way.temperature:
            body["temperature"] = self._temperature
        if way.shape is Shape.JSON_SCHEMA:
            named = {"name": "runbook", "schema": schema, "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": named}
        elif way.shape is Shape.JSON_OBJECT:
            body["response_format"] = {"type": "json_object", "schema": schema}
        return body

    def _send(self, body: dict[str, object], seconds: float) -> ChatCompletion:
        try:
            return self._client.post(
                "/chat/completions",
                cast_to=ChatCompletion,
                body=body,
                options={"timeout": seconds},
            )
        except openai.APITimeoutError as error:
            raise ModelError(
                "no answer in time", transient=True, billable=_was_sent(error), timed_out=True
            ) from None
        except openai.APIStatusError as error:
            raise _refused(error) from None
        except openai.APIConnectionError as error:
            raise ModelError("no connection", transient=True, billable=_was_sent(error)) from None
        except (openai.APIError, ValueError, TypeError) as error:
            raise _unreadable(type(error).__name__) from None


def openai_compatible_model(
    *, base_url: str, api_key: str, name: str, temperature: float, max_output_tokens: int
) -> OpenAICompatibleModel:
    """Connect to an endpoint; local ones need no key."""
    client = openai.OpenAI(base_url=base_url, api_key=api_key or "none", max_retries=0)
    return OpenAICompatibleModel(client, name, temperature, max_output_tokens)


def _reply(answer: ChatCompletion, temperature: float | None = None) -> Reply:
    """Translate an answer; the client checks no shape, so what is not as agreed shows here."""
    try:
        choice = answer.choices[0] if answer.choices else None
        usage = answer.usage
        return Reply(
            text=str(choice.message.content or "") if choice else "",
            finish=_finish(choice),
            model_version=answer.model,
            input_tokens=_count(usage.prompt_tokens) if usage else None,
            output_tokens=_count(usage.completion_tokens) if usage else None,
            temperature=temperature,
        )
    except (AttributeError, TypeError, KeyError, IndexError) as error:
        raise _unreadable(type(error).__name__) from None


def _finish(choice: Choice | None) -> Finish:
    if choice is None or choice.message.refusal or choice.finish_reason == "content_filter":
        return Finish.BLOCKED
    return Finish.LENGTH if choice.finish_reason == "length" else Finish.STOP


def _count(tokens: object) -> int | None:
    return tokens if isinstance(tokens, int) and tokens >= 0 else None


def _unreadable(name: str) -> ModelError:
    """The server worked and sent something else than agreed."""
    return ModelError(f"the answer cannot be read ({name})", billable=True)


def _was_sent(error: openai.APIConnectionError) -> bool:
    """Tell whether the server may have begun to work."""
    return not isinstance(error.__cause__, _NEVER_SENT)


def _refused(error: openai.APIStatusError) -> ModelError:
    status = error.status_code
    if status in _NOT_UNDERSTOOD:
        return WayRefused(status, " ".join(_told(error.body, 4))[:4_000].casefold())
    return ModelError(
        f"{status}",
        status=status,
        retry_after=retry_after_seconds(error.response.headers.get("retry-after")),
        transient=status in TRANSIENT_STATUS,
    )


def _told(body: object, depth: int) -> Iterator[str]:
    """Give what an error says itself; many servers repeat the request beside it."""
    if isinstance(body, str):
        yield body[:1_000]
    elif depth and isinstance(body, Mapping):
        for name in _TELLING:
            yield from _told(body.get(name), depth - 1)
    elif depth and isinstance(body, list):
        for item in body[:10]:
            yield from _told(item, depth - 1)
