"""Which connection an observation is about, and what happens where that is not clear."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from s2sguard.collect import read_inventory, write_snapshot
from s2sguard.errors import UsageError
from s2sguard.model.arm_types import IKE_SAS
from s2sguard.model.inventory import Inventory
from tests.unit.cli_estate import BLUE, RED, write_lab
from tests.unit.collect.observed.test_answers import CHILD, SA
from tests.unit.collect.observed.test_log import AZURE, TEN, line

RED_PEER, BLUE_PEER = "52.232.103.1", "52.232.103.2"
Put = Callable[[str, object], Path]


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Inventory]:
    """Return a function that reads the lab with observations."""
    estate = write_lab(tmp_path, 5)

    def run(*observed: str) -> Inventory:
        return read_inventory([estate], observed=observed)

    return run


def owners(inventory: Inventory) -> list[str | None]:
    """Return the connections that have an observation."""
    return [resource.parent for resource in inventory.of_type(IKE_SAS)]


def test_the_address_of_the_peer_says_which(read: Callable[..., Inventory], put: Put) -> None:
    """One file may hold the SAs of several connections; a port behind an address is no part of it."""
    file = put("all.json", [{**SA, "remoteEndpoint": RED_PEER}, {**SA, "remoteEndpoint": f"{BLUE_PEER}:4500"}])
    found = read(str(file))
    assert owners(found) == [RED, BLUE]
    assert found.gaps == ()


@pytest.mark.parametrize("name", ["to-red", "TO-RED", RED, RED.upper()])
def test_a_connection_can_be_named(name: str, read: Callable[..., Inventory], put: Put) -> None:
    """By name or by id, in any casing; then an answer without SAs is known to be its own."""
    assert owners(read(f"{name}={put('red.json', [])}")) == [RED]


@pytest.mark.parametrize(
    ("content", "given", "reason"),
    [
        ([SA], "{}", "of a peer address that no connection of this inventory has"),
        ([], "{}", "an answer without SAs does not say whose it is"),
        ([{"quickModeSAs": [CHILD]}], "{}", "an answer without SAs does not say whose it is"),
        ({"resources": []}, "{}", "neither an answer of"),
        ("not json", "{}", "neither an answer of"),
        ("", "{}.absent", "cannot be read"),
    ],
)
def test_what_cannot_be_placed_is_a_gap(content: object, given: str, reason: str, read: Callable[..., Inventory], put: Put) -> None:
    """An observation that belongs nowhere must not look like none."""
    found = read(given.format(put("seen.json", content)))
    assert owners(found) == []
    assert [reason in gap.reason for gap in found.gaps] == [True]


def test_a_name_that_no_connection_has_is_refused(read: Callable[..., Inventory], put: Put) -> None:
    """A misspelt name would leave out what was seen; the message says which names there are."""
    with pytest.raises(UsageError, match="no connection `nobody`") as raised:
        read(f"nobody={put('seen.json', [SA])}")
    assert raised.value.hint == "it has to-red, to-blue"


def test_two_connections_of_one_peer_are_told_apart_by_name_only(tmp_path: Path, put: Put) -> None:
    """The address alone would be a guess."""
    estate = json.loads(write_lab(tmp_path, 5).read_text(encoding="utf-8"))
    for resource in estate["value"]:
        if resource["type"].lower().endswith("localnetworkgateways"):
            resource["properties"]["gatewayIpAddress"] = RED_PEER
    file = put("seen.json", [{**SA, "remoteEndpoint": RED_PEER}])
    found = read_inventory([put("estate.json", estate)], observed=[str(file)])
    assert owners(found) == []
    assert "several connections" in found.gaps[0].reason


def test_log_lines_are_placed_by_their_peer(read: Callable[..., Inventory], put: Put) -> None:
    """What a log shows says nothing about algorithms, and that is kept."""
    found = read(str(put("ike.log", line("SEND", TEN, AZURE, remote=BLUE_PEER))))
    (resource,) = found.of_type(IKE_SAS)
    assert (resource.parent, resource.properties["withoutAlgorithms"]) == (BLUE, True)


def test_a_snapshot_keeps_what_was_seen(read: Callable[..., Inventory], put: Put) -> None:
    """A scan of the snapshot tomorrow judges the SAs of today."""
    found = read(str(put("seen.json", [{**SA, "remoteEndpoint": RED_PEER}])))
    again = read_inventory([put("snapshot.json", write_snapshot(found))])
    assert write_snapshot(again) == write_snapshot(found)
    assert owners(again) == [RED]
