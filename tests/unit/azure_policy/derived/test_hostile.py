"""Any JSON as resources or as assignments: an answer or our own error, never anything else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.azure_policy.derived import derive, document_of
from s2sguard.azure_policy.derived.assigned import by_scope, read_assigned
from s2sguard.azure_policy.derived.drift import compare
from s2sguard.azure_policy.derived.view import look
from s2sguard.errors import InputError
from s2sguard.model.inventory import Inventory, Resource, Source
from s2sguard.model.value import Unknown
from tests.unit.azure_policy.derived_estate import OPTIONS, arm_id, connection, gateway, inventory, site

pytestmark = pytest.mark.no_cover  # random or exhaustive: counting lines would take most of its time

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
RANGES = st.sampled_from(["10.0.0.0/8", "10.0.0.0-10.0.0.9", "::/0", "", "x", "10.0.0.0/33"])
JSON = st.recursive(
    LEAVES | RANGES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3), max_leaves=8
)
NAMES = st.sampled_from(
    "id addressPrefixes remoteAddressRanges localAddressRanges range partner gateway value properties".split()  # noqa: SIM905 - one line
)
SHAPED = st.recursive(
    LEAVES | RANGES | st.just(Unknown("known only after apply")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
PROPERTIES = st.dictionaries(
    st.sampled_from(
        [
            *("virtualNetworkGateway1", "localNetworkGateway2", "connectionType", "trafficSelectorPolicies", "localNetworkAddressSpace"),
            *("addressSpace", "remoteVpnSite", "virtualHub", "ipConfigurations", "addressPrefix", "remoteVirtualNetwork"),
        ]
    ),
    SHAPED,
    max_size=4,
)
TYPES = ("connections", "localNetworkGateways", "virtualNetworkGateways", "vpnGateways", "vpnSites", "virtualHubs", "virtualNetworks")


@st.composite
def inventories(draw: st.DrawFn) -> Inventory:
    """Return resources of our types with properties of any shape."""
    found = []
    for number, kind in enumerate(draw(st.lists(st.sampled_from([*TYPES, "vpnGateways/vpnConnections"]), max_size=6))):
        name = f"n{number}"
        child = "/" in kind
        found.append(
            Resource(
                id=arm_id(kind, f"n0/{name}" if child else name),
                type=f"Microsoft.Network/{kind}",
                name=name,
                properties=draw(PROPERTIES),
                tags=draw(st.just(Unknown("unknown")) | st.dictionaries(st.sampled_from(["partner", "Trust"]), LEAVES, max_size=2)),
                source=Source(file="test.json"),
                parent=arm_id("vpnGateways", "n0") if child else None,
            )
        )
    return Inventory(found)


@given(inventories(), st.sampled_from(["subscription", "resource-group", "gateway"]))
def test_any_inventory_is_derived_from(found: Inventory, kind: Any) -> None:  # noqa: ANN401 - a literal
    """Deriving never fails, what it returns is JSON, and fresh parameters never drift."""
    document = json.loads(json.dumps(document_of(derive(found, OPTIONS, kind))))
    for one in document["assignments"]:
        assert one["scope"].startswith("/subscriptions/")
    assert all(difference.what == "scope" for difference in compare((), look(found, OPTIONS)))


@given(
    st.lists(st.dictionaries(st.sampled_from(["partnerRanges", "partners", "siteGateways", "partnerOf", "partnerTag"]), JSON), max_size=3)
)
def test_any_parameters_are_compared(tmp_path_factory: pytest.TempPathFactory, parameters: list[dict[str, Any]]) -> None:
    """Any JSON as parameters is compared, or refused in one line."""
    path: Path = tmp_path_factory.getbasetemp() / "assigned.json"
    listed = [{"scope": "/subscriptions/s", "parameters": {name: {"value": value} for name, value in one.items()}} for one in parameters]
    path.write_text(json.dumps(listed), encoding="utf-8")
    estate = [*gateway("gw", "172.16.0.0/24"), site("s", "10.1.0.0/24", partner="red")]
    estate.append(connection("c", gateway=estate[0]["id"], site=estate[2]["id"]))
    try:
        assigned = by_scope(read_assigned(str(path)))
    except InputError:
        return
    assert compare(assigned, look(inventory(estate), OPTIONS))


@pytest.mark.parametrize("text", ["[" * 100_000, "[" * 900 + "]" * 900, '{"value": 1e400}', '"\\ud800"'])
def test_strange_json_is_refused(text: str, tmp_path: Path) -> None:
    """JSON that is too deep, or no assignment at all, is an input error."""
    path = tmp_path / "assigned.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        read_assigned(str(path))
