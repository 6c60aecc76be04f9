"""The clients of a live run: which cloud, which sign-in, which policies."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any, NoReturn

import pytest
from azure.core.pipeline.policies import AsyncRetryPolicy, SansIOHTTPPolicy
from azure.mgmt.core.policies import AsyncARMAutoResourceProviderRegistrationPolicy, AsyncARMChallengeAuthenticationPolicy

from s2sguard.collect.azure.clouds import CLOUDS
from s2sguard.collect.azure.collect import LiveRun
from s2sguard.collect.azure.guard import Guard
from s2sguard.collect.azure.request import LiveRequest
from s2sguard.collect.azure.session import Session, way_to
from s2sguard.errors import InputError, UsageError

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"


class NobodySignedIn:
    """A default credential that finds nothing."""

    made: list[dict[str, Any]] = []  # noqa: RUF012

    def __init__(self, **options: Any) -> None:
        self.made.append(options)

    async def get_token(self, *_: object, **__: object) -> NoReturn:
        """Find no credential."""
        from azure.core.exceptions import ClientAuthenticationError

        raise ClientAuthenticationError("DefaultAzureCredential failed: planted-secret")

    async def close(self) -> None:
        """Close nothing."""


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Let the default credential find nothing; returns how it was made."""
    NobodySignedIn.made.clear()
    monkeypatch.setattr("azure.identity.aio.DefaultAzureCredential", NobodySignedIn)
    return NobodySignedIn.made


@pytest.mark.parametrize("cloud", CLOUDS)
@pytest.mark.parametrize("resource_graph", [True, False])
@pytest.mark.parametrize("scope", [{"all_subscriptions": True}, {"management_group": "g"}, {"subscriptions": (SUBSCRIPTION,)}])
def test_nobody_signed_in(nobody: list[dict[str, Any]], cloud: str, scope: dict[str, Any], *, resource_graph: bool) -> None:
    """Without a credential the run ends with one line, nothing is sent, and the credential was asked at the cloud's authority."""
    run = LiveRun(LiveRequest(**scope, cloud=cloud, resource_graph=resource_graph))
    with pytest.raises(InputError, match="no Azure credential was found"):
        run.read()
    assert ([{"authority": CLOUDS[cloud].authority}], 0) == (nobody, run.requests)
    run.close()


def test_the_sdk_is_loaded_when_a_run_starts() -> None:
    """What commands import, the checkpoint included, loads neither the SDK nor its transport: without the extra there is one clear line."""
    modules = ("cli.collect", "cli.scan", "audit", "collect.azure.collect", "collect.azure.role")
    named = ", ".join(f"s2sguard.{module}" for module in modules)
    code = f"import sys, {named}; print(*sorted({{'azure', 'aiohttp', 'asyncio'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["asyncio"]


def test_an_unknown_cloud() -> None:
    """A cloud that does not exist is said, with the ones that do."""
    with pytest.raises(UsageError, match="no cloud `german`"):
        way_to("german")


def test_the_pipeline_registers_nothing(nobody: list[dict[str, Any]]) -> None:
    """No client has the SDK's registration policy; all have the guard in front, the challenge policy for tokens, and retries."""

    async def kinds() -> list[list[type]]:
        session = Session(way_to("public"), 4)
        clients: list[Any] = [session.network(SUBSCRIPTION), session.resources(SUBSCRIPTION), session.subscriptions(), session.graph()]
        found = [[_bare(policy) for policy in client._client._pipeline._impl_policies] for client in clients]
        await session.close()
        return found

    for policies in asyncio.run(kinds()):
        assert policies[0] is Guard
        assert {AsyncRetryPolicy, AsyncARMChallengeAuthenticationPolicy} <= set(policies)
        assert not any(issubclass(policy, AsyncARMAutoResourceProviderRegistrationPolicy) for policy in policies)
    assert len(nobody) == 1


def _bare(policy: object) -> type:
    """Return the policy inside azure-core's runner of policies without I/O."""
    inner = getattr(policy, "_policy", policy)
    return type(inner if isinstance(inner, SansIOHTTPPolicy) else policy)


def test_clients_of_subscriptions_that_are_done_make_room(nobody: list[dict[str, Any]]) -> None:
    """However many subscriptions there are, only so many clients are kept."""

    async def kept() -> tuple[int, int]:
        session = Session(way_to("public"), 4)
        for number in range(60):
            session.network(f"{number:08d}-0000-0000-0000-000000000000")
        await session.close()
        return len(session._clients), len(nobody)

    assert (48, 1) == asyncio.run(kept())
