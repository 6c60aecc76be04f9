"""Virtual WAN: connections of hub gateways are judged by the partners of the same gateway."""

from __future__ import annotations

import pytest

from s2sguard.azure_policy.derived import Derivation, derive
from s2sguard.model.value import Unknown
from tests.unit.azure_policy.derived_estate import OPTIONS, Node, arm_id, body, denied_by, inventory, tags

GATEWAY = arm_id("vpnGateways", "vgw")


def hub() -> list[Node]:
    """Return a hub with a gateway and one network."""
    spoke = arm_id("virtualNetworks", "spoke")
    return [
        body("virtualHubs", "hub", {"addressPrefix": "172.20.0.0/23"}),
        body("virtualHubs/hubVirtualNetworkConnections", "hub/spoke", {"remoteVirtualNetwork": {"id": spoke}}),
        body("virtualNetworks", "spoke", {"addressSpace": {"addressPrefixes": ["172.21.0.0/24"]}}),
        body("vpnGateways", "vgw", {"virtualHub": {"id": arm_id("virtualHubs", "hub")}}),
    ]


def site(name: str, *prefixes: str, partner: str | None = None, trust: str | None = None) -> Node:
    """Return a VPN site."""
    return body("vpnSites", name, {"addressSpace": {"addressPrefixes": list(prefixes)}}, tags=tags(partner, trust))


def connection(name: str, far: str, remote: list[str], local: list[str] | None = None, *, near: str = "vgw") -> Node:
    """Return a VPN connection; it has no tags, as child resources have none."""
    element = {"localAddressRanges": local or ["172.21.0.0/25"], "remoteAddressRanges": remote}
    made = body(
        "vpnGateways/vpnConnections",
        f"{near}/{name}",
        {"remoteVpnSite": {"id": arm_id("vpnSites", far)}, "trafficSelectorPolicies": [element]},
    )
    del made["tags"]
    return made


@pytest.fixture(scope="module")
def derivation() -> Derivation:
    """Return what is derived from a hub with red, blue and a site of our own, and a second gateway with a site of green."""
    bodies = [
        *hub(),
        body("vpnGateways", "vgw2", {"virtualHub": {"id": arm_id("virtualHubs", "hub2")}}),
        body("virtualHubs", "hub2", {"addressPrefix": "172.30.0.0/23"}),
        site("red", "10.1.0.0/16", partner="red"),
        site("blue", "10.2.0.0/16"),
        site("own", "10.9.0.0/16", trust="internal"),
        site("green", "10.3.0.0/16", partner="Green "),
        *(connection(f"to-{name}", name, [f"10.{octet}.0.0/24"]) | {"tags": {}} for name, octet in (("red", 1), ("blue", 2), ("own", 9))),
        site("wide", "10.3.128.0/17", "172.30.1.0/24"),
        connection("to-wide", "wide", ["10.8.0.0/24"]) | {"tags": {}},
        connection("to-green", "green", ["10.3.0.0/24"], ["172.30.0.0/24"], near="vgw2") | {"tags": {}},
    ]
    found = derive(inventory(bodies), OPTIONS)
    assert (found.not_expressed, found.doubts) == ((), ())
    return found


UNKNOWN_GATEWAY = connection("n", "red", ["10.1.7.0/24"], near="vgw3")
NO_SELECTORS = connection("n", "new", [], near="vgw3")
NO_SELECTORS["properties"]["trafficSelectorPolicies"] = []
CASES: dict[str, tuple[Node, set[str]]] = {
    "red's own": (connection("n", "red", ["10.1.7.0/24"]), set()),
    "red takes blue's": (connection("n", "red", ["10.2.7.0/24"]), {"S2S-ISO-003", "S2S-SEL-004"}),
    "red takes what another gateway's green has": (connection("n", "red", ["10.3.7.0/24"]), {"S2S-SEL-004"}),
    "red's with the tag of green": (
        connection("n", "red", ["10.2.7.0/24"]) | {"tags": {"partner": "green"}},
        {"S2S-ISO-003", "S2S-SEL-004"},
    ),
    "an untagged site with a tag": (connection("n", "blue", ["10.3.7.0/24"]) | {"tags": {"partner": "green"}}, {"S2S-SEL-004"}),
    "red's as our own": (connection("n", "red", ["10.2.7.0/24"]) | {"tags": {"trust": "internal"}}, {"S2S-ISO-003", "S2S-SEL-004"}),
    "wide, on another gateway": (connection("n", "wide", [], ["172.30.0.0/24"], near="vgw2"), {"S2S-ADR-001", "S2S-ADR-002"}),
    "wide, on its own gateway": (connection("n", "wide", ["10.8.0.0/25"]), set()),
    "red's site as our own": (site("red", "0.0.0.0/0", trust="internal"), {"S2S-ADR-001", "S2S-ADR-002"}),
    "with blanks": (connection("n", "red", [" 10.1.7.0/24 "], [" 172.21.0.0/25"]), set()),
    "an untagged site is a partner of its own": (connection("n", "blue", ["10.2.7.0/24"]), set()),
    "an unknown site on red's range": (connection("n", "new", ["10.1.7.0/24"]), {"S2S-ISO-003", "S2S-SEL-004"}),
    "an unknown gateway": (UNKNOWN_GATEWAY, {"S2S-ISO-003", "S2S-SEL-005"}),
    "no selectors": (NO_SELECTORS, set()),
    "our own site": (connection("n", "own", ["10.1.7.0/24"], ["10.50.0.0/16"]), set()),
    "local in the hub's own space": (connection("n", "red", ["10.1.7.0/24"], ["172.20.1.0/24"]), set()),
    "local outside": (connection("n", "red", ["10.1.7.0/24"], ["172.22.0.0/24"]), {"S2S-SEL-005"}),
    "local behind another gateway": (connection("n", "red", ["10.1.7.0/24"], ["172.30.0.0/24"]), {"S2S-SEL-005"}),
    "blue's site grows into red's range": (site("blue", "10.2.0.0/16", "10.1.3.0/24"), {"S2S-ADR-001"}),
    "blue's site grows into green's, elsewhere": (site("blue", "10.2.0.0/16", "10.3.3.0/24", "172.30.0.0/24"), set()),
    "blue's site grows into the spoke": (site("blue", " 172.21.0.0/16 "), {"S2S-ADR-002"}),
    "red's site grows": (site("red", "10.1.0.0/16", "10.5.0.0/16", partner=" red"), set()),
    "our own site grows": (site("own", "10.1.0.0/16", "172.21.0.0/24", trust=" internal "), set()),
    "a new site over everything": (site("new", "0.0.0.0/0"), {"S2S-ADR-001", "S2S-ADR-002"}),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_denied(name: str, derivation: Derivation) -> None:
    """A request is refused by exactly the controls it breaks."""
    resource, expected = CASES[name]
    assert expected == denied_by(resource, derivation)


def test_what_cannot_be_read_is_named() -> None:
    """An absent hub, network or site, and selectors that are unknown, make the derivation incomplete."""
    bodies = [*hub()[1:2], hub()[3], connection("to-gone", "gone", ["10.1.0.0/24"])]
    unknown = connection("to-red", "red", [])
    unknown["properties"]["trafficSelectorPolicies"] = [{"remoteAddressRanges": Unknown("known only after apply")}]
    bodies += [unknown, site("red", "10.1.0.0/16")]
    found = derive(inventory([{"tags": {}, **one} for one in bodies]), OPTIONS)
    expected = {
        ("vgw", "the gateway's hub is not in the input"),
        ("to-gone", "the site it refers to is not in the input"),
        ("to-red", "known only after apply"),
    }
    assert expected == {(one.subject.rsplit("/", 1)[-1], one.reason) for one in found.doubts}
    near = derive(inventory([{"tags": {}, **one} for one in (*hub()[:2], hub()[3])]), OPTIONS)
    assert ["a network connected to the hub is not in the input"] == [one.reason for one in near.doubts]
