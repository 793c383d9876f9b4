"""Anything that speaks OpenAI's chat API: Ollama, llama.cpp, vLLM, LM Studio, a gateway.

Servers differ in how they take a schema: `json_schema`, `json_object` with a schema beside it, or
only words in the prompt. The first call finds out and every later one remembers.
"""

import json
import threading
import time
from enum import IntEnum

import openai
from openai.types.chat import ChatCompletion

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


class SchemaRefused(ModelError):
    """The server does not take the schema in this way; nothing was generated."""


_NOT_UNDERSTOOD = {400, 415, 422, 501}
_ABOUT_THE_SCHEMA = ("response_format", "json_schema", "json_object", "grammar", "schema")


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
        self._shape = Shape.JSON_SCHEMA
        self._lock = threading.Lock()

    def complete(self, prompt: Prompt, terms: Terms) -> Reply:
        """Ask once, in the way that this server takes a schema; raise ModelError.

        A server that refuses a way is asked in the next one; each such probe costs nothing.
        """
        while True:
            shape = self._shape
            try:
                return self._ask(prompt, shape, terms.until)
            except SchemaRefused:
                if shape is Shape.PROMPT:
                    raise
                self._next(shape)

    def check(self) -> str:
        """Ask for one token; raise ModelError."""
        messages: list[dict[str, str]] = [{"role": "user", "content": "Answer with: ready"}]
        answer = self._send(messages, None, 10.0, max_tokens=8)
        return f"{answer.model or self.name} answers at {self._client.base_url}"

    def _next(self, refused: Shape) -> None:
        with self._lock:
            if self._shape is refused:
                self._shape = Shape(refused + 1)

    def _ask(self, prompt: Prompt, shape: Shape, until: float) -> Reply:
        schema = dict(prompt.schema)
        system = prompt.system
        response_format: dict[str, object] | None = None
        if shape is Shape.JSON_SCHEMA:
            named = {"name": "runbook", "schema": schema, "strict": True}
            response_format = {"type": "json_schema", "json_schema": named}
        elif shape is Shape.JSON_OBJECT:
            response_format = {"type": "json_object", "schema": schema}
        if shape is not Shape.JSON_SCHEMA:
            system = (
                f"{system}\n\nAnswer with one JSON object of this schema:\n{json.dumps(schema)}"
            )
        messages = [
            {"role": "system", "content": system},
            {"role": "user", "content": prompt.user},
        ]
        seconds = max(0.001, until - time.monotonic())
        answer = self._send(messages, response_format, seconds, self._max_output_tokens)
        return _reply(answer)

    def _send(
        self,
        messages: list[dict[str, str]],
        response_format: dict[str, object] | None,
        seconds: float,
        max_tokens: int,
    ) -> ChatCompletion:
        extra = {"response_format": response_format} if response_format else {}
        try:
            return self._client.chat.completions.create(
                model=self.name,
                messages=messages,  # type: ignore[arg-type]
                temperature=self._temperature,
                max_tokens=max_tokens,
                timeout=seconds,
                extra_body=extra,
            )
        except openai.APITimeoutError:
            raise ModelError(
                "no answer in time", transient=True, billable=True, timed_out=True
            ) from None
        except openai.APIStatusError as error:
            raise _refused(error) from None
        except openai.APIConnectionError:
            raise ModelError("no connection", transient=True) from None
        except (openai.APIError, ValueError, TypeError) as error:
            raise ModelError(f"the answer cannot be read ({type(error).__name__})") from None


def openai_compatible_model(
    *, base_url: str, api_key: str, name: str, temperature: float, max_output_tokens: int
) -> OpenAICompatibleModel:
    """Connect to an endpoint; local ones need no key."""
    client = openai.OpenAI(base_url=base_url, api_key=api_key or "none", max_retries=0)
    return OpenAICompatibleModel(client, name, temperature, max_output_tokens)


def _reply(answer: ChatCompletion) -> Reply:
    choice = answer.choices[0] if answer.choices else None
    usage = answer.usage
    refused = bool(choice and getattr(choice.message, "refusal", None))
    finish = Finish.STOP
    if choice is None or refused or choice.finish_reason == "content_filter":
        finish = Finish.BLOCKED
    elif choice.finish_reason == "length":
        finish = Finish.LENGTH
    return Reply(
        text=(choice.message.content or "") if choice and choice.message else "",
        finish=finish,
        model_version=answer.model,
        input_tokens=usage.prompt_tokens if usage else None,
        output_tokens=usage.completion_tokens if usage else None,
    )


def _refused(error: openai.APIStatusError) -> ModelError:
    said = str(error.body or "")[:4000].lower()
    about_schema = any(word in said for word in _ABOUT_THE_SCHEMA)
    if error.status_code in _NOT_UNDERSTOOD and about_schema:
        return SchemaRefused(f"{error.status_code}", status=error.status_code)
    return ModelError(
        f"{error.status_code}",
        status=error.status_code,
        retry_after=retry_after_seconds(error.response.headers.get("retry-after")),
        transient=error.status_code in TRANSIENT_STATUS,
    )
