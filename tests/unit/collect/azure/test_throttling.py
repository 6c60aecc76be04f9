"""How fast Azure is asked."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from azure.core.pipeline import AsyncPipeline, PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import AsyncHTTPPolicy
from azure.core.rest import HttpRequest

from s2sguard.collect.azure.throttling import Gate, Pauses, Quota, resets_after

A, B = "/subscriptions/A/resourcegroups", "/subscriptions/B/resourcegroups"


class Clock:
    """A clock that moves while somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waited: list[float] = []

    async def pause(self, seconds: float) -> None:
        """Wait."""
        self.waited.append(seconds)
        self.now += seconds


def test_a_throttled_subscription_rests() -> None:
    """After 429 with `Retry-After` nobody asks about that subscription until then, and others are asked at once."""
    clock = Clock()
    pauses = Pauses(clock.pause, lambda: clock.now)
    pauses.note("a", 429, {"Retry-After": "17"})
    pauses.note("a", 429, {"Retry-After": "5"})
    asyncio.run(pauses.wait("b"))
    asyncio.run(pauses.wait("a"))
    asyncio.run(pauses.wait("a"))
    assert [17.0] == clock.waited


@pytest.mark.parametrize(("status", "header"), [(200, "9"), (429, ""), (429, "-1"), (429, "soon"), (503, "9")])
def test_other_answers_stop_nobody(status: int, header: str) -> None:
    """Only 429 with a number of seconds makes others wait."""
    clock = Clock()
    pauses = Pauses(clock.pause, lambda: clock.now)
    pauses.note("a", status, {"Retry-After": header})
    asyncio.run(pauses.wait("a"))
    assert clock.waited == []


def test_nobody_waits_for_ever() -> None:
    """A header that asks for a year gets five minutes."""
    clock = Clock()
    pauses = Pauses(clock.pause, lambda: clock.now)
    pauses.note("a", 429, {"Retry-After": "31536000"})
    asyncio.run(pauses.wait("a"))
    assert [300.0] == clock.waited


@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        ({"x-ms-user-quota-remaining": "0", "x-ms-user-quota-resets-after": "00:00:04"}, [4.0]),
        ({"x-ms-user-quota-remaining": "3", "x-ms-user-quota-resets-after": "00:00:04"}, []),
        ({"x-ms-user-quota-remaining": "0"}, []),
        ({}, []),
    ],
)
def test_the_quota_of_resource_graph(headers: dict[str, str], waited: list[float]) -> None:
    """When no query is left, the next one waits until the quota is full again, once."""
    clock = Clock()
    quota = Quota(clock.pause)
    quota.note(headers)
    asyncio.run(quota.turn())
    asyncio.run(quota.turn())
    assert waited == clock.waited


@pytest.mark.parametrize(("text", "seconds"), [("00:01:02", 62.0), ("01:00:00", 300.0), ("4", 0.0), ("", 0.0), ("00:00:05.25", 5.0)])
def test_resets_after(text: str, seconds: float) -> None:
    """`hh:mm:ss` is read, at most five minutes are waited, and anything else is none."""
    assert resets_after({"x-ms-user-quota-resets-after": text}) == seconds


class _Slow(AsyncHTTPPolicy[Any, Any]):
    """Answers after a while, and remembers how many were on their way at once."""

    def __init__(self) -> None:
        super().__init__()
        self.now = self.most = 0

    async def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.001)
        self.now -= 1

        class Answer:
            status_code = 200
            headers: dict[str, str] = {}  # noqa: RUF012

        return PipelineResponse(request.http_request, Answer(), request.context)


def test_so_many_at_once_and_no_more() -> None:
    """The bound on requests in flight holds over all clients, and every request is counted."""
    counted: list[int] = []

    async def run() -> int:
        slow, limit = _Slow(), asyncio.Semaphore(3)
        gates = [Gate(limit, Pauses(asyncio.sleep), lambda: counted.append(1)) for _ in range(2)]
        pipelines = [AsyncPipeline(None, [gate, slow]) for gate in gates]  # type: ignore[arg-type]  # the last policy answers
        await asyncio.gather(*(pipelines[n % 2].run(HttpRequest("GET", f"https://x{A}")) for n in range(20)))
        return slow.most

    assert (3, 20) == (asyncio.run(run()), len(counted))
