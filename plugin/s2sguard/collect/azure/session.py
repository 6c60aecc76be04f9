"""SDK clients for one cloud and one sign-in, over one transport, made when they are first needed.

Different from the SDK's defaults: resource providers are never registered (its pipeline would, by a POST, on any 409
`MissingSubscriptionRegistration`), redirects are not followed, nothing is logged, and `guard` stands in front of the token.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from azure.core.pipeline import policies
from azure.core.pipeline.transport import AioHttpTransport
from azure.core.rest import HttpRequest
from azure.mgmt.core.policies import AsyncARMChallengeAuthenticationPolicy

from s2sguard import __version__
from s2sguard.collect.azure.clouds import cloud_called
from s2sguard.collect.azure.guard import Guard
from s2sguard.collect.azure.sdk import NO_SUBSCRIPTION
from s2sguard.collect.azure.throttling import Gate, Pause, Pauses, Quota

if TYPE_CHECKING:
    from azure.mgmt.network.aio import NetworkManagementClient
    from azure.mgmt.resource.resources.aio import ResourceManagementClient
    from azure.mgmt.resource.subscriptions.aio import SubscriptionClient
    from azure.mgmt.resourcegraph.aio import ResourceGraphClient

_MOST_CLIENTS: Final = 48
"""A client holds some 200 objects; those of subscriptions that are done make room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How requests travel. Only tests build one of their own: no option or variable can point a token at another place."""

    endpoint: str
    token_scope: str
    credential: Callable[[], Any]
    """Makes an asynchronous credential."""
    authentication: Callable[[], Any] | None = None
    """A policy in place of the one that adds the token."""
    retries: Mapping[str, Any] = field(default_factory=lambda: {"retry_total": 8, "retry_status": 8, "retry_backoff_max": 60})
    """Options of azure-core's AsyncRetryPolicy."""
    transport: Mapping[str, Any] = field(default_factory=lambda: {"connection_timeout": 30, "read_timeout": 120})
    pause: Pause = asyncio.sleep
    """Waits for seconds."""
    poll_seconds: float = 5.0
    """Between two questions whether an answer that takes its time is there, where Azure does not say how long."""


def way_to(cloud: str) -> Way:
    """Return the way to a cloud with the default credential; raises UsageError for an unknown cloud."""
    found = cloud_called(cloud)

    def credential() -> Any:  # noqa: ANN401  # its type is known where azure-identity is installed
        from azure.identity.aio import DefaultAzureCredential

        return DefaultAzureCredential(authority=found.authority)

    return Way(endpoint=found.endpoint, token_scope=found.token_scope, credential=credential)


class Session:
    """SDK clients by subscription. To be closed by `close`."""

    def __init__(self, way: Way, concurrency: int) -> None:
        # Without a handler, azure-identity's warnings would go to standard error by Python's last resort.
        logging.getLogger("azure").addHandler(logging.NullHandler())
        self._way = way
        self._transport = AioHttpTransport(**way.transport)
        self._clients: OrderedDict[tuple[str, str], Any] = OrderedDict()
        self._limit = asyncio.Semaphore(concurrency)
        self._pauses = Pauses(way.pause)
        self._credential: Any = None
        self.quota = Quota(way.pause)
        self.graph_turn = asyncio.Lock()
        """Queries of Resource Graph go one after the other: the quota is the user's."""
        self.pause = way.pause
        self.poll_seconds = way.poll_seconds
        self.requests = 0
        """How many were sent, retries included."""

    async def close(self) -> None:
        """Close the connections and the credential."""
        await self._transport.close()
        if self._credential is not None:
            await self._credential.close()

    def network(self, subscription: str) -> NetworkManagementClient:
        """Return the client of network resources."""
        from azure.mgmt.network.aio import NetworkManagementClient

        found: NetworkManagementClient = self._client("network", NetworkManagementClient, subscription)
        return found

    def resources(self, subscription: str) -> ResourceManagementClient:
        """Return the client of resource groups."""
        from azure.mgmt.resource.resources.aio import ResourceManagementClient

        found: ResourceManagementClient = self._client("resources", ResourceManagementClient, subscription)
        return found

    def subscriptions(self) -> SubscriptionClient:
        """Return the client that lists subscriptions."""
        from azure.mgmt.resource.subscriptions.aio import SubscriptionClient

        found: SubscriptionClient = self._client("subscriptions", SubscriptionClient, "")
        return found

    def graph(self) -> ResourceGraphClient:
        """Return the client of Resource Graph."""
        from azure.mgmt.resourcegraph.aio import ResourceGraphClient

        found: ResourceGraphClient = self._client("graph", ResourceGraphClient, "")
        return found

    async def get(self, url: str) -> dict[str, Any]:
        """Return the answer to a raw GET of a path, or of a link to a next page; raises what SDK calls raise."""
        response = await self.network(NO_SUBSCRIPTION).send_request(HttpRequest("GET", url))
        response.raise_for_status()
        found = response.json()
        if not isinstance(found, dict):
            raise TypeError("not a JSON object")
        return found

    def _client(self, kind: str, make: Callable[..., Any], subscription: str) -> Any:  # noqa: ANN401  # four classes without a common one
        key = (kind, subscription)
        if key not in self._clients:
            where = (self._credential_object(), subscription) if subscription else (self._credential_object(),)
            self._clients[key] = make(
                *where,
                base_url=self._way.endpoint,
                credential_scopes=[self._way.token_scope],
                policies=self._policies(),
                transport=self._transport,
            )
            if len(self._clients) > _MOST_CLIENTS:
                self._clients.popitem(last=False)
        self._clients.move_to_end(key)
        return self._clients[key]

    def _credential_object(self) -> Any:  # noqa: ANN401
        if self._credential is None:
            self._credential = self._way.credential()
        return self._credential

    def _policies(self) -> list[Any]:
        """Return the pipeline of one client: the SDK's own without registration and logging."""
        way = self._way
        if way.authentication is not None:
            authentication = way.authentication()
        else:
            authentication = AsyncARMChallengeAuthenticationPolicy(self._credential_object(), way.token_scope)
        return [
            Guard(way.endpoint),
            policies.CustomHookPolicy(),
            policies.RequestIdPolicy(),
            policies.HeadersPolicy(),
            policies.UserAgentPolicy(sdk_moniker=f"s2sguard/{__version__}"),
            policies.ProxyPolicy(),
            policies.ContentDecodePolicy(),
            policies.AsyncRedirectPolicy(permit_redirects=False),
            policies.AsyncRetryPolicy(**way.retries),
            authentication,
            Gate(self._limit, self._pauses, self._counted),
        ]

    def _counted(self) -> None:
        self.requests += 1
