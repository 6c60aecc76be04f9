"""Every real input is read whole: as many resources of each type as somebody who only counts finds in the text.

The counting here shares nothing with the readers: for ARM JSON it flattens a file to (path, value) pairs and looks for ids whose
object also has something below `properties`; for Terraform it goes through `resource_changes`, where the reader goes by modules.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from s2sguard.collect import read_inventory
from s2sguard.errors import InputError
from s2sguard.facts import gaps_of

FOLDERS = ("api_response", "api_example")

# Parts of a resource that have ids of their own and are no resources: a configuration, a certificate.
PARTS = re.compile(r"/(ipConfigurations|vpnClient\w+|bgpSettings)/[^/]+$", re.IGNORECASE)
SPELLINGS = {"virtualWANs": "virtualWans", "VpnSiteLinkConnections": "vpnLinkConnections"}

REFERENCE_GAPS = {
    "the peered network": 117,
    "the network": 67,
    "the gateway": 34,
    "the second gateway": 17,
    "the site": 23,
    "the default site": 4,
    "the virtual hub": 3,
    "the virtual WAN": 3,
}

TERRAFORM = {
    "azurerm_virtual_network": "virtualNetworks",
    "azurerm_subnet": "virtualNetworks/subnets",
    "azurerm_virtual_network_peering": "virtualNetworks/virtualNetworkPeerings",
    "azurerm_virtual_network_gateway": "virtualNetworkGateways",
    "azurerm_virtual_network_gateway_connection": "connections",
    "azurerm_local_network_gateway": "localNetworkGateways",
    "azurerm_route_table": "routeTables",
    "azurerm_firewall": "azureFirewalls",
    "azurerm_virtual_hub": "virtualHubs",
    "azurerm_virtual_wan": "virtualWans",
    "azurerm_vpn_gateway": "vpnGateways",
    "azurerm_vpn_gateway_connection": "vpnGateways/vpnConnections",
    "azurerm_vpn_site": "vpnSites",
}


def flatten(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:  # noqa: ANN401 - any JSON
    """Yield every leaf of a document with its path."""
    if isinstance(value, dict) and value:
        for key, member in value.items():
            yield from flatten(member, (*path, key.lower()))
    elif isinstance(value, list) and value:
        for index, member in enumerate(value):
            yield from flatten(member, (*path, str(index)))
    else:
        yield path, value


def counted(document: object) -> Counter[str]:
    """Count the resources of each type by their ids, each id once."""
    leaves = dict(flatten(document))
    # A reference with an empty `properties` has no leaf below it, so it does not count.
    with_body = {path[:at] for path in leaves for at in range(len(path) - 1) if path[at] == "properties"}
    ids = {
        str(value)
        for path, value in leaves.items()
        if path[-1:] == ("id",) and path[:-1] in with_body and path[:1] != ("parameters",) and not PARTS.search(str(value))
    }
    once = {resource_id.lower(): resource_id for resource_id in sorted(ids)}
    return Counter(type_in(resource_id) for resource_id in once.values())


def type_in(resource_id: str) -> str:
    """Return the type in an id: provider, then every other segment."""
    provider, *rest = re.split(r"/providers/", resource_id, flags=re.IGNORECASE)[-1].split("/")
    return "/".join([provider, *(SPELLINGS.get(segment, segment) for segment in rest[::2])])


def collected(path: Path) -> Counter[str]:
    """Count the resources of each type as the product reads them."""
    return Counter(read_inventory([path]).count_by_type())


def load(path: Path) -> Any:  # noqa: ANN401 - any JSON
    """Parse a file the plain way."""
    return json.loads(path.read_text(encoding="utf-8-sig"))


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_resource_azure_returned_is_collected(folder: str, corpus: Path) -> None:
    """File by file, the number of resources of each type is what the walker counts."""
    different = {}
    files = sorted((corpus / folder).iterdir())
    for path in files:
        found, expected = collected(path), counted(load(path))
        if found != expected:
            different[path.name] = (found, expected)
    assert different == {}
    assert len(files) > 50


def test_the_walker_counts_what_is_there(corpus: Path) -> None:
    """The walker itself finds the types the corpus is known for: an empty count would agree with an empty reading."""
    total: Counter[str] = Counter()
    for folder in FOLDERS:
        for path in (corpus / folder).iterdir():
            total += counted(load(path))
    for kind in ("connections", "virtualNetworks/subnets", "virtualNetworks/virtualNetworkPeerings", "vpnGateways/vpnConnections"):
        assert total[f"Microsoft.Network/{kind}"] > 5


def test_every_planned_resource_is_collected(corpus: Path) -> None:
    """Of the Terraform types that are read, each planned resource is in the inventory."""
    different = {}
    for path in sorted((corpus / "tfplan").iterdir()):
        expected = Counter(
            f"Microsoft.Network/{TERRAFORM[change['type']]}"
            for change in load(path).get("resource_changes", ())
            if change["type"] in TERRAFORM and change["mode"] == "managed" and change["change"]["actions"] != ["delete"]
        )
        found = Counter(
            {kind: count for kind, count in _or_nothing(path).items() if kind.removeprefix("Microsoft.Network/") in TERRAFORM.values()}
        )
        if found != expected:
            different[path.name] = (found, expected)
    assert different == {}


def _or_nothing(path: Path) -> Counter[str]:
    try:
        return collected(path)
    except InputError:
        return Counter()


def test_the_gaps_of_single_files(corpus: Path) -> None:
    """All that cannot be read of any single file: pinned, so that a new gap is seen.

    In eight examples the documentation's answers 200 and 201 differ; one file is no input of ours.
    """
    gaps: Counter[tuple[str, str]] = Counter()
    refused = []
    for folder in (*FOLDERS, "tfplan"):
        for path in sorted((corpus / folder).iterdir()):
            try:
                gaps.update((gap.kind, re.sub(r".* disagree on", "disagree on", gap.reason)) for gap in read_inventory([path]).gaps)
            except InputError as error:
                refused.append((path.name.partition("__")[0], error.message.partition(str(path))[2]))
    assert gaps == {
        ("conflicting-duplicates", "disagree on `disableBgpRoutePropagation`, so that counts as unknown"): 4,
        ("conflicting-duplicates", "disagree on `enablePrivateIpAddress`, `vpnGatewayGeneration`, so that counts as unknown"): 2,
        ("conflicting-duplicates", "disagree on `vpnClientConfiguration`, `vpnGatewayGeneration`, so that counts as unknown"): 1,
        ("conflicting-duplicates", "disagree on `gatewayCustomBgpIpAddresses`, so that counts as unknown"): 1,
    }
    why = ": neither ARM resource JSON or an ARM template, nor a Terraform plan or state (`terraform show -json`), nor a snapshot"
    assert refused == [("tenable_terrascan", why)]


def test_the_gaps_of_references(corpus: Path) -> None:
    """Single files refer to much that is elsewhere: pinned, so that a lost reference is seen."""
    found: Counter[str] = Counter()
    for folder in FOLDERS:
        for path in sorted((corpus / folder).iterdir()):
            found.update(gap.reason.partition(" it refers to")[0] for gap in gaps_of(read_inventory([path])))
    assert found == REFERENCE_GAPS


@pytest.mark.parametrize(
    ("folder", "gaps"),
    [
        ("api_response", {"conflicting-duplicates": 44}),
        ("api_example", {"conflicting-duplicates": 11}),
        ("tfplan", {"not-inventory": 1}),
    ],
)
def test_a_whole_folder_is_one_inventory(folder: str, gaps: dict[str, int], corpus: Path) -> None:
    """Recordings of one resource at different times contradict each other; everything still reads, with unique ids."""
    inventory = read_inventory([corpus / folder])
    assert Counter(gap.kind for gap in inventory.gaps) == gaps
    assert len({resource.key for resource in inventory.resources}) == len(inventory.resources)
    assert inventory.ignored == ()


@pytest.mark.parametrize("folder", ["arm_parameters", "policy", "tf_schema"])
def test_files_of_other_kinds_are_refused_in_one_line(folder: str, corpus: Path) -> None:
    """Parameter files alone, policies and provider schemas are no inventory: a clear refusal, never a traceback."""
    messages, kinds = {}, set[str]()
    for path in sorted((corpus / folder).glob("*.json")):
        try:
            kinds.update(read_inventory([path]).count_by_type())
        except InputError as error:
            messages[path] = error.message
    odd = {path.name for path, text in messages.items() if not text.startswith(f"no inventory could be read: {path}") or "\n" in text}
    assert (odd, bool(messages)) == (set(), True)
    assert kinds <= {"Microsoft.Authorization/policyDefinitions", "Microsoft.Authorization/roleDefinitions"}
