"""One call of an OpenAI-compatible chat endpoint, with a structured answer; its failures as Encore's errors.

No error or log line holds the key, the prompt or the server's own words, which may repeat either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from encore.errors import ConfigurationError, WriterUnavailableError

if TYPE_CHECKING:
    import openai
    from openai.types import CompletionUsage
    from pydantic import BaseModel

LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True)
class ModelAnswer:
    """`content` is the JSON as it came, "" if there is none to use; `why_not` says then why."""

    content: str
    tokens: dict[str, int]
    why_not: str = ""


@dataclass(frozen=True)
class ModelEndpoint:
    """Where to ask and as whom. The key is not shown."""

    base_url: str
    key: str
    model: str
    call_seconds: float
    retries: int = 0

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
        from pydantic import ValidationError

        try:
            done = self._client.chat.completions.parse(model=self.model, messages=messages, response_format=shape)
        except (openai.LengthFinishReasonError, openai.ContentFilterFinishReasonError) as err:
            usage = getattr(getattr(err, "completion", None), "usage", None)
            return ModelAnswer("", _tokens(usage), "The answer was cut off; it must be complete JSON.")
        except (ValidationError, ValueError):
            return ModelAnswer("", {}, "The answer was not JSON of the schema.")
        except openai.APITimeoutError:
            raise WriterUnavailableError("writer.timed_out") from None
        except openai.APIConnectionError:
            raise WriterUnavailableError("writer.unreachable") from None
        except openai.APIStatusError as err:
            raise _of_status(err) from None
        except openai.OpenAIError as err:
            raise WriterUnavailableError("writer.failed", reason=type(err).__name__) from None
        message = done.choices[0].message
        if message.refusal or not message.content:
            return ModelAnswer("", _tokens(done.usage), "refused")
        return ModelAnswer(message.content, _tokens(done.usage))


def _tokens(usage: CompletionUsage | None) -> dict[str, int]:
    if usage is None:
        return {}
    return {"sent": usage.prompt_tokens, "received": usage.completion_tokens}


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
