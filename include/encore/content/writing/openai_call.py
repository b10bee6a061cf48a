"""One call of an OpenAI-compatible chat endpoint, with a structured answer; its failures as Encore's errors.

No error or log line holds the key, the prompt or the server's own words, which may repeat either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field, ValidationError

from encore.errors import ConfigurationError, WriterUnavailableError

if TYPE_CHECKING:
    import openai

LONGEST_WAIT = timedelta(hours=1)
OWN_ADDRESS = "https://api.openai.com/"
"""Of OpenAI itself, which calls the most that an answer may hold by another name than all who speak like it."""


class WhyNot(StrEnum):
    """Why an answer cannot be used."""

    NO_CHAT = "no_chat"
    """It is not one of a chat endpoint: a web page, an error in its place, no choices, a body that was cut."""
    CUT_OFF = "cut_off"
    NO_JSON = "no_json"
    """What the model wrote is not JSON of the schema."""
    REFUSED = "refused"
    OVER_BUDGET = "over_budget"
    """It was not asked at all."""


@dataclass(frozen=True)
class ModelAnswer:
    """`content` is the JSON as it came, "" if there is none to use; `why_not` (`WhyNot`) says then why. `tokens`: those
    `sent` and `received`, empty where the server does not count."""

    content: str
    tokens: dict[str, int]
    why_not: str = ""


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Usage(BaseModel):
    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(ge=0)


class _Completion(BaseModel):
    """What of an answer is read. https://platform.openai.com/docs/api-reference/chat/object"""

    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage | None = None


@dataclass(frozen=True)
class ModelEndpoint:
    """Where to ask and as whom. The key is not shown."""

    base_url: str
    key: str
    model: str
    call_seconds: float
    retries: int = 0
    max_tokens: int = 16_000
    """Of one answer, what a model thinks before it included."""

    def __repr__(self) -> str:
        return f"ModelEndpoint({self.model!r})"

    @cached_property
    def _client(self) -> Any:
        import openai

        return openai.OpenAI(
            api_key=self.key, base_url=self.base_url or None, timeout=self.call_seconds, max_retries=self.retries
        )

    def ask(self, messages: list[dict[str, str]], shape: type[BaseModel]) -> ModelAnswer:
        """Raises `WriterUnavailableError` where another try later helps, `ConfigurationError` where it does not."""
        import openai

        try:
            body = self._client.chat.completions.with_raw_response.create(
                model=self.model, messages=messages, response_format=_answer_format(shape), **self._limit()
            ).text
        except openai.APITimeoutError:
            raise WriterUnavailableError("writer.timed_out", may_cost=True) from None
        except openai.APIConnectionError as err:
            sent = type(err.__cause__).__name__ != "ConnectError"  # of httpx or httpx2, whichever the client has
            raise WriterUnavailableError("writer.unreachable", may_cost=sent) from None
        except openai.APIStatusError as err:
            raise _of_status(err) from None
        except (openai.OpenAIError, ValueError) as err:
            raise WriterUnavailableError("writer.failed", reason=type(err).__name__, may_cost=True) from None
        return _read(body, shape)

    def _limit(self) -> dict[str, int]:
        own = not self.base_url or self.base_url.startswith(OWN_ADDRESS)
        return {"max_completion_tokens" if own else "max_tokens": self.max_tokens}


def _answer_format(shape: type[BaseModel]) -> dict[str, Any]:
    schema = {"name": shape.__name__, "schema": shape.model_json_schema(), "strict": True}
    return {"type": "json_schema", "json_schema": schema}


def _read(body: str, shape: type[BaseModel]) -> ModelAnswer:
    try:
        done = _Completion.model_validate_json(body)
    except ValidationError:
        return ModelAnswer("", {}, WhyNot.NO_CHAT)
    usage, choice = done.usage, done.choices[0]
    tokens = {"sent": usage.prompt_tokens, "received": usage.completion_tokens} if usage else {}
    if choice.finish_reason == "length":
        return ModelAnswer("", tokens, WhyNot.CUT_OFF)
    if choice.message.refusal or not choice.message.content or choice.finish_reason == "content_filter":
        return ModelAnswer("", tokens, WhyNot.REFUSED)
    # Servers that do not keep to a schema put a code fence or a greeting around the JSON.
    text = choice.message.content
    content = text[text.find("{") : text.rfind("}") + 1]
    try:
        shape.model_validate_json(content)
    except ValidationError:
        return ModelAnswer("", tokens, WhyNot.NO_JSON)
    return ModelAnswer(content, tokens)


def _of_status(err: openai.APIStatusError) -> Exception:
    status = err.status_code
    if status == 429 and getattr(err, "code", None) != "insufficient_quota":
        return WriterUnavailableError("writer.asks_to_wait", retry_after=_wait(err.response.headers))
    if status in (408, 409) or status >= 500:
        wait = _wait(err.response.headers)
        return WriterUnavailableError("writer.failed", reason=f"HTTP {status}", retry_after=wait)
    to_check = {401: "key", 403: "key", 404: "address", 429: "credit"}.get(status, "settings")
    return ConfigurationError("writer.refuses", status=status, to_check=to_check)


def _wait(headers: Mapping[str, str]) -> timedelta | None:
    """What Retry-After asks for: seconds, or a date, which is on the clock of who wrote it and beside it."""
    given = headers.get("retry-after", "")
    try:
        wait = timedelta(seconds=float(given))
    except (ValueError, OverflowError):
        try:
            wait = parsedate_to_datetime(given) - parsedate_to_datetime(headers.get("date", ""))
        except (ValueError, TypeError):
            return None
    return min(max(wait, timedelta(0)), LONGEST_WAIT)
