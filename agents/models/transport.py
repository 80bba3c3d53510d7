"""The HTTP under a provider's client: no proxy or redirect away from this machine, and no answer without an end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, cast

import httpx

from .failures import TooMuch

MOST_BYTES = 16 * 1024**2
"""Of one response, whatever it is made of. A long answer in streamed pieces is some hundred kilobytes."""
CONNECT_S = 10.0


class _Bounded(httpx.AsyncByteStream):
    """A response's bytes, up to MOST_BYTES. Raises TooMuch."""

    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for piece in self._stream:
            size += len(piece)
            if size > MOST_BYTES:
                raise TooMuch
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _bound(response: httpx.Response) -> None:
    response.stream = _Bounded(cast(httpx.AsyncByteStream, response.stream))


def client_options(timeout: float, *, loopback: bool) -> dict[str, Any]:
    """Options of an `httpx.AsyncClient`. No redirect is followed; what is meant for this machine goes through no proxy;
    connections are not kept, so that one client serves several event loops."""
    return {
        "timeout": httpx.Timeout(timeout, connect=CONNECT_S),
        "follow_redirects": False,
        "trust_env": not loopback,
        "limits": httpx.Limits(max_keepalive_connections=0),
        "event_hooks": {"response": [_bound]},
    }
