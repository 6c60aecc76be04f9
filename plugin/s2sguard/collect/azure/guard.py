"""What may leave this program at all: reads, to the one endpoint. Stands in front of the policy that adds the token."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

from azure.core.pipeline.policies import SansIOHTTPPolicy

from s2sguard.collect.azure.failures import WrongLink

_QUERY: Final = re.compile(r"/providers/Microsoft\.ResourceGraph/resources", re.IGNORECASE)
"""A POST that is a query, which changes nothing."""
_SAS: Final = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.Network/connections/[^/]+/getikesas", re.IGNORECASE
)
"""A POST with nothing in it that asks a gateway for its live SAs (`--observe`)."""


class WriteRefusedError(RuntimeError):
    """A request that could change something: a bug, whoever made it."""


class Guard(SansIOHTTPPolicy[Any, Any]):
    """Lets reads of the endpoint pass; a link to another host would carry the token there."""

    def __init__(self, endpoint: str) -> None:
        self._home = _place(endpoint)

    def on_request(self, request: Any) -> None:  # noqa: ANN401  # azure-core's PipelineRequest
        """Raise WrongLink for another host, and WriteRefusedError for anything but a read."""
        asked = request.http_request
        if _place(asked.url) != self._home:
            raise WrongLink("another host")
        if asked.method != "GET" and not (asked.method == "POST" and _asks(urlsplit(asked.url).path)):
            raise WriteRefusedError(f"{asked.method} of a reading run")


def _asks(path: str) -> bool:
    return _QUERY.fullmatch(path) is not None or _SAS.fullmatch(path) is not None


def _place(url: str) -> tuple[str, str, int | None, str]:
    """Return scheme, host, port and whatever stands in front of an `@`; Azure's links may name the default port."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "", url, None, ""
    default = {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").lower(), port if port is not None else default, parts.netloc.rpartition("@")[0]
