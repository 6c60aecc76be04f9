"""How fast Azure is asked: a bound on requests in flight, pauses Azure asks for, and Resource Graph's quota.

Azure Resource Manager answers 429 with `Retry-After`, per subscription; whoever got one makes the others wait as well.
Resource Graph counts queries per user, tells in headers what is left, and its 429 comes without `Retry-After`, which
azure-core does not retry for a POST (Microsoft Learn, guidance for throttled requests in Azure Resource Graph).
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import AsyncHTTPPolicy

Pause = Callable[[float], Awaitable[object]]
THROTTLED: Final = 429
LONGEST_PAUSE: Final = 300.0
"""Seconds; whatever a header says, nobody waits longer at a time."""
_SUBSCRIPTION: Final = re.compile(r"/subscriptions/([^/?]+)", re.IGNORECASE)
_RESETS: Final = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})(?:\.\d+)?")


class Pauses:
    """Until when nobody asks about a subscription."""

    def __init__(self, pause: Pause, clock: Callable[[], float] = time.monotonic) -> None:
        self._pause, self._clock = pause, clock
        self._until: dict[str, float] = {}

    async def wait(self, scope: str) -> None:
        """Wait while the scope rests."""
        left = self._until.get(scope, 0.0) - self._clock()
        if left > 0:
            await self._pause(left)

    def note(self, scope: str, status: int, headers: Mapping[str, str]) -> None:
        """Remember how long an answer asks to wait."""
        seconds = _seconds(headers.get("Retry-After", "")) if status == THROTTLED else None
        if seconds:
            self._until[scope] = max(self._until.get(scope, 0.0), self._clock() + min(seconds, LONGEST_PAUSE))


class Gate(AsyncHTTPPolicy[Any, Any]):
    """Sends at most so many requests at once, and none into a pause; counts what it sends."""

    def __init__(self, limit: asyncio.Semaphore, pauses: Pauses, count: Callable[[], None]) -> None:
        super().__init__()
        self._limit, self._pauses, self._count = limit, pauses, count

    async def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        """Send the request when it is its turn."""
        found = _SUBSCRIPTION.search(request.http_request.url)
        scope = found[1].lower() if found else ""
        await self._pauses.wait(scope)
        async with self._limit:
            self._count()
            response = await self.next.send(request)
        self._pauses.note(scope, response.http_response.status_code, response.http_response.headers)
        return response


class Quota:
    """What Resource Graph's headers say about the queries left to this user."""

    def __init__(self, pause: Pause) -> None:
        self._pause = pause
        self._wait = 0.0

    def note(self, headers: Mapping[str, str]) -> None:
        """Take over `x-ms-user-quota-remaining` and `x-ms-user-quota-resets-after` (hh:mm:ss)."""
        left = headers.get("x-ms-user-quota-remaining", "")
        spent = left.isascii() and left.isdigit() and int(left) == 0
        self._wait = resets_after(headers) if spent else 0.0

    async def turn(self) -> None:
        """Wait until the next query is allowed."""
        wait, self._wait = self._wait, 0.0
        if wait:
            await self._pause(wait)


def resets_after(headers: Mapping[str, str]) -> float:
    """Return in how many seconds the quota is full again, 0 where no header says so."""
    found = _RESETS.fullmatch(headers.get("x-ms-user-quota-resets-after", ""))
    seconds = int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3]) if found else 0
    return min(float(seconds), LONGEST_PAUSE)


def _seconds(text: str) -> float | None:
    """Return the seconds of a `Retry-After`; a date is left to azure-core, which waits for it."""
    return float(text) if text.isascii() and text.isdigit() else None
