"""Starting the fake tenant, talking to its controls, and the way of the real SDK to it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from azure.core.pipeline.policies import SansIOHTTPPolicy

from s2sguard.collect.azure.session import Way
from tests.integration.fake_arm.server import TOKEN

ROOT = Path(__file__).resolve().parents[3]


class _Token(SansIOHTTPPolicy[Any, Any]):
    """Adds the token without asking for TLS: what the SDK's own policy refuses to do (facts 6.5)."""

    def on_request(self, request: Any) -> None:  # noqa: ANN401  # azure-core's PipelineRequest
        request.http_request.headers["Authorization"] = f"Bearer {TOKEN}"


class _NoCredential:
    """Stands in for a credential that nobody may ask."""

    async def get_token(self, *_: object, **__: object) -> NoReturn:
        raise AssertionError("a test asked for a token")

    async def close(self) -> None:
        """Have nothing to close."""


async def _hardly(_: float) -> None:
    """Wait for nothing."""


def way_to_fake(url: str) -> Way:
    """Return the way to a fake tenant: retries without waiting."""
    return Way(
        endpoint=url,
        token_scope="https://example.invalid/.default",  # noqa: S106
        credential=_NoCredential,
        authentication=_Token,
        retries={"retry_total": 4, "retry_status": 4, "retry_backoff_factor": 0.001, "retry_backoff_max": 0.01},
        transport={"connection_timeout": 5, "read_timeout": 60, "use_env_settings": False},
        pause=_hardly,
        poll_seconds=0,
    )


@dataclass(frozen=True, slots=True)
class Served:
    """A running fake tenant."""

    url: str

    def log(self) -> list[tuple[str, str]]:
        """Return method and path of every request so far."""
        with urllib.request.urlopen(f"{self.url}/_log", timeout=30) as answer:  # noqa: S310  # loopback
            return [(method, path) for method, path in json.load(answer)]

    def fail(self, **faults: object) -> None:
        """Set the faults, and forget the log."""
        self._post("_faults", faults)
        self._post("_reset", {})

    def _post(self, path: str, body: object) -> None:
        request = urllib.request.Request(f"{self.url}/{path}", data=json.dumps(body).encode(), method="POST")  # noqa: S310  # loopback
        with urllib.request.urlopen(request, timeout=30):  # noqa: S310
            pass


@contextmanager
def served(*arguments: str) -> Iterator[Served]:
    """Serve a tenant until the end of the block; the arguments are those of `server`."""
    command = [sys.executable, "-m", "tests.integration.fake_tenant.server", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Served(process.stdout.readline().strip())
        finally:
            process.kill()
