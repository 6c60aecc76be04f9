"""Small ARM resources for the tests of the readers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from s2sguard.collect.arm_json import ArmReader
from s2sguard.collect.interface import Collected, Document
from s2sguard.model.inventory import Resource, Source

GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-hub"
NETWORK = f"{GROUP}/providers/Microsoft.Network"


def an_id(path: str) -> str:
    """Return the id of a network resource, such as `connections/partner-a`."""
    return f"{NETWORK}/{path}"


def a_connection(name: str = "partner-a", **properties: object) -> dict[str, Any]:
    """Return a connection in ARM's shape."""
    return {
        "id": an_id(f"connections/{name}"),
        "name": name,
        "type": "Microsoft.Network/connections",
        "location": "westeurope",
        "tags": {"partner": "contoso"},
        "properties": {"connectionType": "IPsec", "connectionMode": "InitiatorOnly", **properties},
    }


def a_network(name: str = "hub", **properties: object) -> dict[str, Any]:
    """Return a virtual network in ARM's shape."""
    kind = "Microsoft.Network/virtualNetworks"
    return {"id": an_id(f"virtualNetworks/{name}"), "name": name, "type": kind, "properties": properties}


def read(value: object, file: str = "in.json") -> Collected:
    """Let the ARM reader read a parsed document."""
    return ArmReader().read(Document(file=file, value=value))


def read_one(value: object) -> Resource:
    """Return the only resource in a parsed document, which must have no gaps."""
    found = read(value)
    assert found.gaps == []
    assert len(found.resources) == 1
    return found.resources[0]


def a_resource(name: str = "partner-a", *, file: str = "a.json", existing: bool = False, **properties: Any) -> Resource:
    """Return a connection as the readers return it."""
    return Resource(
        id=an_id(f"connections/{name}"),
        type="Microsoft.Network/connections",
        name=name,
        properties=properties,
        tags={},
        source=Source(file=file),
        existing=existing,
    )


def write(path: Path, value: object) -> Path:
    """Write a value as JSON and return the path."""
    path.write_text(json.dumps(value), encoding="utf-8")
    return path
