"""Sessions of the real SDK clients that talk to the fake service."""

from __future__ import annotations

from typing import Any, NoReturn

from azure.core.pipeline.policies import SansIOHTTPPolicy

from s2sguard.azure_policy.deploy.session import Connection, Session
from tests.integration.fake_arm.server import TOKEN, FakeArm


class _Token(SansIOHTTPPolicy[Any, Any]):
    """Adds the token without asking for TLS: what the SDK's own policy refuses to do (facts 6.5)."""

    def on_request(self, request: Any) -> None:  # noqa: ANN401  # azure-core's PipelineRequest
        request.http_request.headers["Authorization"] = f"Bearer {TOKEN}"


def no_credential() -> NoReturn:
    """Stand in for a credential that nobody may ask for."""
    raise AssertionError("a test asked for a credential")


def connection_to_fake(service: FakeArm, pauses: list[float] | None = None) -> Connection:
    """Return the way to a fake service; waits are tiny, and noted in `pauses` where they are ours."""
    return Connection(
        endpoint=service.url,
        token_scope="https://example.invalid/.default",  # noqa: S106
        credential=no_credential,
        authentication=_Token,
        retries={"retry_backoff_factor": 0.001, "retry_backoff_max": 0.01, "retry_status": 3, "retry_read": 2, "retry_connect": 1},
        transport={"connection_timeout": 5, "read_timeout": 5, "use_env_settings": False},
        pause=(pauses if pauses is not None else []).append,
    )


def session_with(service: FakeArm, pauses: list[float] | None = None) -> Session:
    """Return a session that talks to a fake service."""
    return Session(connection_to_fake(service, pauses))
