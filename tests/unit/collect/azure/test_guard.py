"""Nothing but reads of one endpoint leaves this program."""

from __future__ import annotations

from typing import Any

import pytest
from azure.core.pipeline import PipelineContext, PipelineRequest
from azure.core.rest import HttpRequest

from s2sguard.collect.azure.failures import WrongLink
from s2sguard.collect.azure.guard import Guard, WriteRefusedError

HOME = "https://management.azure.com"
SAS = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/connections/c/getikesas?api-version=2026-03-01"
QUERY = "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01"


def ask(method: str, url: str) -> None:
    """Put a request before the guard."""
    request: PipelineRequest[Any] = PipelineRequest(HttpRequest(method, url), PipelineContext(None))
    Guard(HOME).on_request(request)


@pytest.mark.parametrize(("method", "path"), [("GET", "/subscriptions?api-version=1"), ("POST", QUERY), ("POST", SAS)])
def test_reads_pass(method: str, path: str) -> None:
    """A GET passes, and so do a query of Resource Graph and the question for live SAs."""
    ask(method, HOME + path)


@pytest.mark.parametrize("url", ["https://management.azure.com:443/subscriptions", "https://Management.Azure.com/subscriptions"])
def test_the_same_host_in_other_words(url: str) -> None:
    """The default port, and another casing, are the same host."""
    ask("GET", url)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/subscriptions/x"),
        ("DELETE", "/subscriptions/x"),
        ("PATCH", "/subscriptions/x"),
        ("POST", "/subscriptions/x/providers/Microsoft.Network/register"),
        ("POST", "/subscriptions/x/providers/Microsoft.Network/connections/c/sharedkey"),
        ("POST", "/subscriptions/x" + QUERY),
        ("PUT", SAS),
        ("POST", SAS.replace("getikesas", "getikesas/reset")),
        ("POST", SAS.replace("connections/c/", "connections/c/resetconnection/")),
    ],
)
def test_writes_do_not(method: str, path: str) -> None:
    """Whatever could change something, or list a key, stops the run."""
    with pytest.raises(WriteRefusedError):
        ask(method, HOME + path)


@pytest.mark.parametrize(
    "url",
    [
        "https://management.azure.com.evil.example/subscriptions",
        "http://management.azure.com/subscriptions",
        "https://management.azure.com:8443/subscriptions",
        "https://user@management.azure.com/subscriptions",
        "https://evil.example/subscriptions",
        "https://management.azure.com:x/subscriptions",
        "https://[management.azure.com/subscriptions",
    ],
)
def test_other_hosts_do_not(url: str) -> None:
    """A link to another host, port or scheme never gets the token."""
    with pytest.raises(WrongLink):
        ask("GET", url)
