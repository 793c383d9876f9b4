"""Gemini, by API key or Vertex: a translation, nothing more.

STACK: the client does not retry by itself, takes milliseconds, and gives time-outs and refused
connections as httpx errors; a truncated answer gives no error, only a finish reason.
"""

import time

import httpx
import httpx2
from google import genai
from google.auth.exceptions import GoogleAuthError
from google.genai import errors, types

from runbooks.drafting.model import (
    TRANSIENT_STATUS,
    Finish,
    ModelError,
    Prompt,
    Reply,
    Terms,
    retry_after_seconds,
)

_BLOCKED = {
    types.FinishReason.SAFETY,
    types.FinishReason.RECITATION,
    types.FinishReason.BLOCKLIST,
    types.FinishReason.PROHIBITED_CONTENT,
    types.FinishReason.SPII,
    types.FinishReason.MODEL_ARMOR,
}
_TIMEOUTS = (httpx.TimeoutException, httpx2.TimeoutException)
_CONNECTION = (httpx.TransportError, httpx2.TransportError)
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
)
_MOST_DETAILS = 10


class GeminiModel:
    """One Gemini model; `temperature` 0–2, `max_output_tokens` counts thoughts too."""

    provider = "gemini"

    def __init__(
        self, client: genai.Client, name: str, temperature: float, max_output_tokens: int
    ) -> None:
        self.name = name
        self._client = client
        self._temperature = temperature
        self._max_output_tokens = max_output_tokens

    def complete(self, prompt: Prompt, terms: Terms) -> Reply:
        """Ask once; raise ModelError."""
        config = types.GenerateContentConfig(
            system_instruction=prompt.system,
            temperature=self._temperature,
            max_output_tokens=self._max_output_tokens,
            response_mime_type="application/json",
            response_json_schema=dict(prompt.schema),
            http_options=types.HttpOptions(timeout=_milliseconds(terms.until)),
        )
        return _reply(self._ask(prompt.user, config), self._temperature)

    def check(self) -> str:
        """Ask for one token; raise ModelError."""
        config = types.GenerateContentConfig(
            max_output_tokens=16, http_options=types.HttpOptions(timeout=10_000)
        )
        answer = self._ask("Answer with the word: ready", config)
        return f"Gemini answers as {answer.model_version or self.name}"

    def _ask(
        self, contents: str, config: types.GenerateContentConfig
    ) -> types.GenerateContentResponse:
        try:
            return self._client.models.generate_content(
                model=self.name, contents=contents, config=config
            )
        except errors.APIError as error:
            raise _refused(error) from None
        except _TIMEOUTS as error:
            raise ModelError(
                "no answer in time", transient=True, billable=_was_sent(error), timed_out=True
            ) from None
        except _CONNECTION as error:
            problem = f"no connection ({type(error).__name__})"
            raise ModelError(problem, transient=True, billable=_was_sent(error)) from None
        except GoogleAuthError:
            raise ModelError("the Google credentials are missing or not accepted") from None
        except (ValueError, TypeError) as error:
            # An answer that is no JSON or of another shape breaks inside the client.
            problem = f"the answer cannot be read ({type(error).__name__})"
            raise ModelError(problem, billable=True) from None


def gemini_model(
    *,
    api_key: str,
    vertex: bool,
    project: str,
    location: str,
    base_url: str,
    name: str,
    temperature: float,
    max_output_tokens: int,
) -> GeminiModel:
    """Connect to the Gemini API, or to Vertex with project and location given explicitly.

    `base_url` lets a gateway or a test server stand in; "" is Google's own.
    """
    options = types.HttpOptions(
        base_url=base_url or None,
        client_args={"limits": httpx.Limits(max_connections=None)},
    )
    if vertex:
        client = genai.Client(
            vertexai=True, project=project, location=location, http_options=options
        )
    else:
        client = genai.Client(vertexai=False, api_key=api_key, http_options=options)
    return GeminiModel(client, name, temperature, max_output_tokens)


def _reply(answer: types.GenerateContentResponse, temperature: float) -> Reply:
    candidate = answer.candidates[0] if answer.candidates else None
    usage = answer.usage_metadata
    parts = candidate.content.parts if candidate and candidate.content else None
    text = "".join(part.text or "" for part in parts or () if not part.thought)
    return Reply(
        text=text,
        finish=_finish(answer, candidate),
        model_version=answer.model_version,
        input_tokens=usage.prompt_token_count if usage else None,
        output_tokens=_output_tokens(usage),
        temperature=temperature,
    )


def _finish(answer: types.GenerateContentResponse, candidate: types.Candidate | None) -> Finish:
    feedback = answer.prompt_feedback
    if candidate is None or (feedback and feedback.block_reason):
        return Finish.BLOCKED
    if candidate.finish_reason in _BLOCKED:
        return Finish.BLOCKED
    if candidate.finish_reason is types.FinishReason.MAX_TOKENS:
        return Finish.LENGTH
    return Finish.STOP


def _output_tokens(usage: types.GenerateContentResponseUsageMetadata | None) -> int | None:
    """Count what is billed as output: candidates and thoughts."""
    if usage is None or usage.prompt_token_count is None:
        return None
    return (usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0)


def _refused(error: errors.APIError) -> ModelError:
    headers = getattr(error.response, "headers", None) or {}
    asked = retry_after_seconds(headers.get("retry-after"))
    return ModelError(
        f"{error.code} {error.status or ''}".strip(),
        status=error.code,
        retry_after=asked if asked is not None else _retry_delay(error.details),
        transient=error.code in TRANSIENT_STATUS,
    )


def _retry_delay(body: object) -> float | None:
    """Find Google's RetryInfo, which stands in the body instead of a Retry-After header."""
    problem = body.get("error") if isinstance(body, dict) else None
    details = problem.get("details") if isinstance(problem, dict) else None
    for detail in details[:_MOST_DETAILS] if isinstance(details, list) else ():
        delay = detail.get("retryDelay") if isinstance(detail, dict) else None
        if isinstance(delay, str):
            return retry_after_seconds(delay.removesuffix("s"))
    return None


def _was_sent(error: Exception) -> bool:
    """Tell whether the provider may have begun to work."""
    return not isinstance(error, _NEVER_SENT)


def _milliseconds(until: float) -> int:
    return max(1, int((until - time.monotonic()) * 1000))
