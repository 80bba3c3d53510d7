"""What providers and servers do wrong, in one line each that quotes nothing they said."""

from __future__ import annotations

import email.utils
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx

PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
"""Status codes after which asking again can help."""
REFUSING = frozenset({400, 404, 405, 406, 411, 413, 415, 422, 501})
"""Status codes that say that this kind of request is not taken."""


class CutShort(Exception):
    """A stream ended before the model said that it was done."""


class TooMuch(Exception):
    """A server sent more than any answer needs."""


@dataclass(frozen=True)
class Failure:
    """One failed call. `passing`: asking again can help; `wait_s`: what the server asked to wait, if it did."""

    line: str
    status: int | None = None
    passing: bool = False
    wait_s: float | None = None

    @property
    def refuses(self) -> bool:
        """Whether the server does not take this kind of request."""
        return self.status in REFUSING


def failure_of(error: Exception) -> Failure:
    """What an exception of any provider means."""
    for cause in _causes(error):
        status = getattr(cause, "status_code", None)
        response = getattr(cause, "response", None)
        status = status if isinstance(status, int) else getattr(response, "status_code", None)
        if isinstance(status, int) and status >= 300:
            wait = _wait(getattr(response, "headers", None))
            return Failure(_status_line(status), status=status, passing=status in PASSING, wait_s=wait)
    for cause in _causes(error):
        if isinstance(cause, TooMuch):
            return Failure("the model's server sent more than any answer needs")
        if isinstance(cause, CutShort | httpx.RemoteProtocolError | httpx.ReadError):
            return Failure("the model's answer broke off", passing=True)
        if isinstance(cause, TimeoutError | httpx.TimeoutException):
            return Failure("the model's server gave no answer in time", passing=True)
        if isinstance(cause, OSError | httpx.TransportError):
            return Failure("the model's server could not be reached", passing=True)
        if isinstance(cause, ValueError | TypeError | LookupError | AttributeError):
            return Failure("the model's server sent something that cannot be read", passing=True)
    return Failure(f"the model failed ({type(error).__name__})")


def _status_line(status: int) -> str:
    words = {
        401: "refused the key",
        403: "refused the key",
        404: "does not know the model or the address",
        429: "has too many requests",
    }
    return f"the model's server {words.get(status, 'answered an error')} (status {status})"


def _wait(headers: object) -> float | None:
    """Seconds of a Retry-After header, which is a number or a date."""
    if not isinstance(headers, httpx.Headers) or "retry-after" not in headers:
        return None
    value = headers["retry-after"]
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, TypeError, OverflowError):
            return None
    return None if math.isnan(seconds) else max(seconds, 0.0)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(8):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__
