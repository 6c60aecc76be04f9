"""Clients for one cloud and one sign-in, made when they are first needed.

Three things differ from the SDK's defaults:
resource providers are never registered (its pipeline would, by a POST, on any 409 `MissingSubscriptionRegistration`, reading or not);
nothing is logged, so no header can reach a log; and the sign-in happens at the first request, not before.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from s2sguard.azure_policy.deploy.calls import azure_call
from s2sguard.azure_policy.deploy.errors import DeployError
from s2sguard.collect.azure.clouds import cloud_called
from s2sguard.collect.azure.sdk import NO_SUBSCRIPTION, need_sdk

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken, AccessTokenInfo, TokenCredential, TokenRequestOptions
    from azure.mgmt.policyinsights import PolicyInsightsClient
    from azure.mgmt.resource.policy import PolicyClient
    from azure.mgmt.resource.resources import ResourceManagementClient

_MODULES: Final = ("azure.identity", "azure.mgmt.policyinsights", "azure.mgmt.resource.policy", "azure.mgmt.resource.resources")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How requests travel. Only tests build one of their own: no option or variable can point a token at another place."""

    endpoint: str
    token_scope: str
    credential: Callable[[], TokenCredential]
    authentication: Callable[[], Any] | None = None
    """A policy in place of the one that adds the token."""
    retries: Mapping[str, Any] = field(default_factory=lambda: {"retry_status": 6})
    """Options of azure-core's RetryPolicy."""
    transport: Mapping[str, Any] = field(default_factory=lambda: {"connection_timeout": 30, "read_timeout": 180})
    pause: Callable[[float], None] = time.sleep
    """Waits for seconds."""


class _Late:
    """A credential that is made when a token is first asked for."""

    def __init__(self, make: Callable[[], TokenCredential]) -> None:
        self._make = make
        self._made: TokenCredential | None = None

    @property
    def _credential(self) -> Any:  # noqa: ANN401  # tokens are asked for in one of two ways
        if self._made is None:
            self._made = self._make()
        return self._made

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        token: AccessToken = self._credential.get_token(*scopes, **options)
        return token

    def get_token_info(self, *scopes: str, options: TokenRequestOptions | None = None) -> AccessTokenInfo:
        from azure.core.credentials import AccessTokenInfo

        if hasattr(self._credential, "get_token_info"):
            found: AccessTokenInfo = self._credential.get_token_info(*scopes, options=options)
            return found
        token = self.get_token(*scopes)
        return AccessTokenInfo(token.token, token.expires_on)


def connection_to(cloud: str) -> Connection:
    """Return the way to a cloud with the default credential; raises UsageError for an unknown cloud."""
    found = cloud_called(cloud)

    def credential() -> TokenCredential:
        from azure.identity import DefaultAzureCredential

        return DefaultAzureCredential(authority=found.authority)

    return Connection(endpoint=found.endpoint, token_scope=found.token_scope, credential=credential)


class Session:
    """SDK clients by subscription, and raw requests where the stable SDK has no operation (facts 6.1)."""

    def __init__(self, connection: Connection) -> None:
        need_sdk(_MODULES)
        # Without a handler, azure-identity's warnings would go to standard error by Python's last resort.
        logging.getLogger("azure").addHandler(logging.NullHandler())
        self._connection = connection
        self._credential = _Late(connection.credential)
        self._clients: dict[tuple[str, str], Any] = {}
        self.pause = connection.pause

    def __enter__(self) -> Session:  # noqa: PYI034  # never subclassed
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def policy(self, subscription: str) -> PolicyClient:
        """Return the client of definitions, initiatives and assignments."""
        from azure.mgmt.resource.policy import PolicyClient

        client: PolicyClient = self._client("policy", PolicyClient, subscription)
        return client

    def insights(self, subscription: str) -> PolicyInsightsClient:
        """Return the client of policy states."""
        from azure.mgmt.policyinsights import PolicyInsightsClient

        client: PolicyInsightsClient = self._client("insights", PolicyInsightsClient, subscription)
        return client

    def resources(self, subscription: str) -> ResourceManagementClient:
        """Return the client of resource providers."""
        from azure.mgmt.resource.resources import ResourceManagementClient

        client: ResourceManagementClient = self._client("resources", ResourceManagementClient, subscription)
        return client

    def _client(self, kind: str, make: Callable[..., Any], subscription: str) -> Any:  # noqa: ANN401  # three classes without a common one
        if (kind, subscription) not in self._clients:
            way = self._connection
            self._clients[kind, subscription] = make(
                self._credential,
                subscription,
                way.endpoint,
                credential_scopes=[way.token_scope],
                policies=self._policies(),
                **way.transport,
            )
        return self._clients[kind, subscription]

    def _policies(self) -> Sequence[Any]:
        """Return the pipeline of one client: the SDK's own without registration and logging."""
        from azure.core.pipeline import policies
        from azure.mgmt.core.policies import ARMChallengeAuthenticationPolicy

        from s2sguard import __version__

        way = self._connection
        authentication = way.authentication() if way.authentication else ARMChallengeAuthenticationPolicy(self._credential, way.token_scope)
        return [
            policies.RequestIdPolicy(),
            policies.HeadersPolicy(),
            policies.UserAgentPolicy(sdk_moniker=f"s2sguard/{__version__}"),
            policies.ProxyPolicy(),
            policies.ContentDecodePolicy(),
            policies.RedirectPolicy(permit_redirects=False),
            policies.RetryPolicy(**way.retries),
            authentication,
            policies.CustomHookPolicy(),
        ]

    def send(self, method: str, path: str, api_version: str, *, body: object = None, subscription: str = "") -> dict[str, Any]:
        """Send one raw request and return its JSON object; the caller wraps it in `azure_call`.

        `path` has been through `request_path`. SDK errors are raised for every status of 400 and above.
        """
        from azure.core.rest import HttpRequest

        if not path.startswith("/subscriptions/") and not path.startswith("/providers/"):
            raise ValueError("a path of another form")
        separator = "&" if "?" in path else "?"
        request = HttpRequest(method, f"{path}{separator}api-version={api_version}", json=body)
        return self._answer(request, subscription)

    def pages(self, path: str, api_version: str, *, subscription: str = "") -> Iterator[dict[str, Any]]:
        """Yield the members of a listing, page by page; the caller wraps it in `azure_call`."""
        from azure.core.rest import HttpRequest

        answer = self.send("GET", path, api_version, subscription=subscription)
        seen = set()
        while True:
            yield from (member for member in answer["value"] if isinstance(member, dict))
            link = answer.get("nextLink")
            if not link:
                return
            if link in seen or not str(link).startswith(self._connection.endpoint.rstrip("/") + "/"):
                # A link to elsewhere would carry the token there; one that repeats would never end.
                raise DeployError(f"listing `{path.partition('?')[0]}`: Azure's link to the next page leads somewhere else")
            seen.add(link)
            answer = self._answer(HttpRequest("GET", link), subscription)

    def _answer(self, request: Any, subscription: str) -> dict[str, Any]:  # noqa: ANN401  # azure.core.rest.HttpRequest
        response = self.policy(subscription or NO_SUBSCRIPTION).send_request(request)
        response.raise_for_status()
        found = response.json() if response.content else {}
        if not isinstance(found, dict):
            raise TypeError("not a JSON object")
        return found

    def read(self, what: str, path: str, api_version: str) -> list[dict[str, Any]]:
        """Return every member of a listing; raises DeployError."""
        with azure_call(what, path.partition("?")[0]):
            return list(self.pages(path, api_version))


def open_session(cloud: str) -> Session:
    """Return a session with the default credential; raises UsageError where the Azure packages are missing."""
    return Session(connection_to(cloud))
