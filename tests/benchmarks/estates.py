"""Estates of `samples/fleet` in any size, as bytes and as inventories."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from s2sguard.collect.arm_json import ArmReader
from s2sguard.collect.interface import Document
from s2sguard.collect.merge import merge
from s2sguard.collect.snapshot import resource_line, snapshot_text
from s2sguard.facts import FactsOptions
from s2sguard.model.inventory import Inventory
from samples.fleet.generate import Fleet

PER_GATEWAY = 30
"""Connections of a gateway: what VpnGw2AZ carries."""
OPTIONS = FactsOptions(today=date(2026, 6, 1))


def estate(connections: int) -> bytes:
    """Return an estate of at least this many connections as ARM JSON, a fifth of them with one mistake."""
    fleet = Fleet(partners=PER_GATEWAY, spokes=2, mistakes=0.2, seed=1)
    resources = (resource for number in range(-(-connections // PER_GATEWAY)) for resource in fleet.gateway(number))
    return b'{"value": [\n' + b",\n".join(json.dumps(resource).encode() for resource in resources) + b"\n]}\n"


def write_estate(connections: int, path: Path) -> None:
    """Write the same estate as a snapshot, gateway by gateway. Its resources say they come from a file that is not there."""
    fleet = Fleet(partners=PER_GATEWAY, spokes=2, mistakes=0.2, seed=1)
    read = (ArmReader().read(Document(file="fleet.json", value=list(fleet.gateway(n)))) for n in range(-(-connections // PER_GATEWAY)))
    with path.open("w", encoding="ascii") as stream:
        stream.writelines(snapshot_text((resource_line(resource) for found in read for resource in found.resources), (), answered=False))


def inventory(content: bytes) -> Inventory:
    """Return what the product reads from these bytes; its limit on the size of one file does not count here."""
    read = ArmReader().read(Document(file="fleet.json", value=orjson.loads(content)))
    resources, _ = merge(read.resources)
    return Inventory(resources, read.gaps)


@lru_cache(maxsize=8)
def headend(partners: int, open_percent: int) -> Inventory:
    """Return one gateway with this many partners, that share of them with an open connection (the article's stage 3)."""
    resources = list(Fleet(partners=partners, spokes=2, mistakes=0, seed=1).gateway(0))
    connections: list[dict[str, Any]] = [resource for resource in resources if resource["type"].endswith("/connections")]
    for index, connection in enumerate(connections):
        if index * open_percent // 100 != (index + 1) * open_percent // 100:
            connection["properties"]["connectionMode"] = "Default"
    return inventory(json.dumps(resources).encode())
