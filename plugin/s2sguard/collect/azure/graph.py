"""Discovery by Resource Graph: which resources exist, a thousand to a page, for many subscriptions at once (facts 6.4)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, Final

from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError

from s2sguard.collect.azure.batch import Batch, Rank
from s2sguard.collect.azure.failures import FAILURES, WrongLink, unreadable
from s2sguard.collect.azure.gaps import Unreadable, odd_id
from s2sguard.collect.azure.kinds import BULK, SOUGHT
from s2sguard.collect.azure.references import Want, place_of
from s2sguard.collect.azure.session import Session
from s2sguard.collect.azure.throttling import THROTTLED, resets_after
from s2sguard.collect.resource_types import canonical_type
from s2sguard.model.arm_types import CONNECTION
from s2sguard.model.inventory import fold_id

BATCH: Final = 100
"""Subscriptions to a query; Microsoft's examples take as many, and far more answer with an error."""
PAGE: Final = 1000
_ATTEMPTS: Final = 8
_LONGEST: Final = 60.0


def _typed(types: Sequence[str]) -> str:
    return f"resources | where type in~ ({', '.join(repr(name.lower()) for name in types)})"


# A string column must come first, or Resource Graph gives no token for the next page; without an order, pages overlap.
SOUGHT_QUERY: Final = (
    f"{_typed(SOUGHT)} | project id, name, type, gateway = tostring(properties.virtualNetworkGateway1.id), "
    "site = tostring(properties.localNetworkGateway2.id), kind = tostring(properties.connectionType) | order by id asc"
)
BULK_QUERY: Final = f"{_typed(BULK)} | project id, name, type, location, tags, properties | order by id asc"


async def discover(session: Session, query: str, subscriptions: Sequence[str], keep: Callable[[Batch], None]) -> Batch:
    """Ask one query about some subscriptions; `keep` gets what each page gave, the result holds the gaps.

    Every subscription of the query is in doubt where one page is: nothing says which rows are missing.
    """
    seen: set[str] = set()
    last = Batch()
    try:
        async for rows, total in _pages(session, query, subscriptions):
            batch = Batch()
            for row in rows:
                key = fold_id(row["id"])
                if key not in seen:
                    seen.add(key)
                    _row(row, batch)
            keep(batch)
            if total is not None and total != len(seen):
                raise _truncated()
    except Unreadable as failure:
        last.gaps += [failure.gap(f"/subscriptions/{name}", "the listing of a subscription by Resource Graph") for name in subscriptions]
    return last


def _truncated() -> Unreadable:
    return Unreadable("truncated-listing", "Resource Graph answered with a part of it")


def _row(row: Mapping[str, Any], batch: Batch) -> None:
    kind = canonical_type(row.get("type"))
    if kind in BULK:
        batch.take(dict(row), Rank.SECOND_HAND)
    elif kind in SOUGHT and place_of(row["id"]) is None:
        batch.gaps.append(odd_id().gap(row["id"], "something that Resource Graph names"))
    elif kind in SOUGHT:
        ends = {"virtualNetworkGateway1": row.get("gateway"), "localNetworkGateway2": row.get("site")}
        known: dict[str, object] = {name: {"id": value} for name, value in ends.items() if isinstance(value, str) and value}
        if isinstance(row.get("kind"), str) and row["kind"]:
            known["connectionType"] = row["kind"]
        batch.wants.append(Want(id=row["id"], type=kind, hint={"properties": known} if kind == CONNECTION else {}))


async def _pages(session: Session, query: str, subscriptions: Sequence[str]) -> AsyncIterator[tuple[list[dict[str, Any]], int | None]]:
    """Yield the rows of each page, with the last one how many there are in all; raises Unreadable."""
    token: str | None = None
    tokens: set[str] = set()
    while True:
        answer, headers = await _ask(session, query, subscriptions, token)
        rows = answer.data
        if not isinstance(rows, list) or not all(isinstance(row, dict) and isinstance(row.get("id"), str) for row in rows):
            raise unreadable(TypeError())
        token = answer.skip_token or None
        cut = str(getattr(answer.result_truncated, "value", answer.result_truncated)).lower() == "true"
        yield rows, answer.total_records if token is None and isinstance(answer.total_records, int) else None
        if headers.get("x-ms-tenant-subscription-limit-hit", "").lower() == "true" or (cut and token is None):
            raise _truncated()
        if token is None:
            return
        if token in tokens:
            raise unreadable(WrongLink("a circle"))
        tokens.add(token)


async def _ask(session: Session, query: str, subscriptions: Sequence[str], token: str | None) -> tuple[Any, Mapping[str, str]]:
    """Send one query until it is answered; raises Unreadable. One at a time, because the quota is the user's."""
    from azure.mgmt.resourcegraph.models import QueryRequest, QueryRequestOptions

    options = QueryRequestOptions(top=PAGE, skip_token=token, result_format="objectArray", allow_partial_scopes=False)
    body = QueryRequest(subscriptions=list(subscriptions), query=query, options=options)
    async with session.graph_turn:
        for attempt in range(_ATTEMPTS):
            await session.quota.turn()
            try:
                found: Any = await session.graph().resources(body, cls=_with_headers)
            except FAILURES as error:
                wait = _wait(error, attempt)
                if wait is None:
                    raise unreadable(error) from None
                await session.pause(wait)
            else:
                answer, headers = found
                session.quota.note(headers)
                return answer, headers
    raise AssertionError("the last attempt raises or returns")


def _with_headers(response: Any, answer: Any, _: object) -> tuple[Any, Mapping[str, str]]:  # noqa: ANN401  # what the SDK hands over
    return answer, response.http_response.headers


def _wait(error: Exception, attempt: int) -> float | None:
    """Return the seconds until the next attempt, or None where there is none: azure-core does not retry such a POST."""
    if attempt == _ATTEMPTS - 1 or not isinstance(error, AzureError) or isinstance(error, WrongLink):
        return None
    response: Any = error.response if isinstance(error, HttpResponseError) else None
    status = getattr(response, "status_code", None)
    if status is None:
        return None if isinstance(error, ClientAuthenticationError) else min(0.5 * 2**attempt, _LONGEST)
    if status == THROTTLED:
        return resets_after(response.headers) or min(2.0**attempt, _LONGEST)
    return min(0.5 * 2**attempt, _LONGEST) if status >= 500 or status == 408 else None
