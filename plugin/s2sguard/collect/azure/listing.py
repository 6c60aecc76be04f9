"""One SDK call or listing into plain JSON objects, or into why it could not be read.

The JSON is taken as it arrives, before the SDK makes models of it: what a model does not know, or writes in another way, must reach
the reader as it would from a file. The SDK then gets an empty answer, because its models are more than half of the time of a run.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from s2sguard.collect.azure.failures import FAILURES, OddAnswer, WrongLink, unreadable
from s2sguard.collect.azure.gaps import Unreadable
from s2sguard.collect.azure.kinds import Json


@dataclass(slots=True)
class Listing:
    """The members of a listing that were read, and why there may be more."""

    items: list[Json] = field(default_factory=list)
    failure: Unreadable | None = None


async def one(call: Callable[..., Awaitable[Any]]) -> Json:
    """Return the resource an SDK operation gives; raises Unreadable. `call` calls the operation with what it is given."""
    found: list[Json] = []

    def take(response: Any) -> None:  # noqa: ANN401  # azure-core's PipelineResponse
        body = _body(response)
        if body is not None:
            found.append(dict(body))
            body.clear()
            body["name"] = ""  # an answer that is quite empty would be parsed again

    try:
        await call(raw_response_hook=take)
    except FAILURES as error:
        raise unreadable(error) from None
    return found[-1]


async def every(start: Callable[..., Any]) -> Listing:
    """Return all members of a listing, page by page to its end. `start` calls the SDK's operation with what it is given."""
    out = Listing()
    seen: set[str] = set()

    def take(response: Any) -> None:  # noqa: ANN401  # azure-core's PipelineResponse
        body = _body(response)
        if body is None:
            return
        members = body.get("value")
        if not isinstance(members, list) or not all(isinstance(member, dict) for member in members):
            raise OddAnswer("no listing")  # an SDK takes an answer without members for an empty listing
        out.items += members
        body["value"] = []

    try:
        pages = start(raw_response_hook=take).by_page()
        async for _ in pages:
            link = pages.continuation_token
            if link and link in seen:
                raise WrongLink("a circle")  # handled like any other failure of the listing
            seen.add(link or "")
    except FAILURES as error:
        out.failure = unreadable(error)
    return out


async def raw(get: Callable[[str], Awaitable[Json]], url: str) -> Listing:
    """Return all members of a listing for which the SDK has no operation; `get` answers a GET of a path or of a link."""
    out = Listing()
    seen: set[str] = set()
    try:
        while url:
            if url in seen:
                raise WrongLink("a circle")  # handled like any other failure of the listing
            seen.add(url)
            answer = await get(url)
            members, url = answer.get("value"), answer.get("nextLink") or ""
            if not isinstance(members, list) or not all(isinstance(member, dict) for member in members):
                raise OddAnswer("no listing")
            out.items += members
    except FAILURES as error:
        out.failure = unreadable(error)
    return out


def _body(response: Any) -> Json | None:  # noqa: ANN401  # azure-core's PipelineResponse
    """Return the JSON object of a good answer, the very one the SDK reads from next; None for an error."""
    answer = response.http_response
    if answer.status_code != 200:
        return None
    body = answer.json()
    if not isinstance(body, dict):
        raise OddAnswer("no JSON object")
    return body
