"""Verdicts for tests of what is told to Azure about them."""

from __future__ import annotations

from typing import Any

from s2sguard.evaluate.join import fingerprint
from s2sguard.evaluate.verdict import Status, Verdict
from tests.integration.fake_arm.shipped import GROUP


def connection(name: str) -> str:
    """Return the id of a connection in the test's resource group."""
    return f"{GROUP}/providers/Microsoft.Network/connections/{name}"


def verdict(control: str, resource: str, status: Status, **more: Any) -> Verdict:
    """Return a verdict; everything that does not matter here has one value."""
    found: dict[str, Any] = {
        "control_id": control,
        "control": "c",
        "title": "t",
        "resource": resource,
        "resource_name": resource.rpartition("/")[2],
        "status": status,
        "severity": "high",
        "certainty": "configured",
        "message": f"{control} is {status}",
        "fix": "set it",
        "fingerprint": fingerprint(control, resource),
    }
    return Verdict(**(found | more))
