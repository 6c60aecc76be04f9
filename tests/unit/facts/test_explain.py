"""What Azure proposes when it initiates, in order (article: default behaviour, stage 2, stage 3)."""

from __future__ import annotations

from s2sguard.facts import explain_connection
from s2sguard.facts.explain import Explanation
from s2sguard.model.inventory import Inventory, Resource

from .inventories import LAB, OPTIONS, UNKNOWN, arm_id, connection, gateway, peering, site, vnet

SPOKE = (
    vnet("spoke", "172.16.100.0/24"),
    peering("hub", "spoke", allowGatewayTransit=True),
    peering("spoke", "hub", useRemoteGateways=True),
)
ANY = ("any <-> any",)
HUB = "172.16.1.0/24 <-> 10.1.0.0/16"
MATRIX = (HUB, "172.16.100.0/24 <-> 10.1.0.0/16")


def explained(*resources: Resource) -> Explanation:
    """The explanation of the red connection."""
    unique = {one.key: one for one in (*LAB, *SPOKE, *resources)}
    found = explain_connection(Inventory(unique.values()), OPTIONS, arm_id("connections", "RED"))
    assert found is not None
    return found


def steps(*resources: Resource) -> list[tuple[str, ...]]:
    """What it proposes, step by step."""
    return [tuple(map(str, offer.selectors)) for offer in explained(*resources).offers]


def test_default_connection_tries_wide_then_narrow_then_hub_only() -> None:
    """Article, stage 1 and its footnote."""
    assert [ANY, MATRIX, (HUB,)] == steps(connection("red", usePolicyBasedTrafficSelectors=False))


def test_policy_based_connection_tries_narrow_then_falls_back_to_wide() -> None:
    """Article, stage 2: the fallback is what leaks."""
    assert [MATRIX, ANY] == steps(connection("red", trafficSelectorPolicies=None))


def test_fixed_selectors_are_all_it_proposes() -> None:
    """Article, stage 3."""
    assert [(HUB,)] == steps()


def test_selectors_without_a_custom_policy_have_no_effect() -> None:
    """Policy-based selectors count only with a custom IPsec policy (article, warning in stage 2)."""
    assert ANY == steps(connection("red", ipsecPolicies=None))[0]


def test_responder_proposes_nothing() -> None:
    """A responder-only connection never initiates."""
    assert [()] == steps(connection("red", connectionMode="ResponderOnly"))


def test_unreadable_spoke_leaves_the_matrix_open() -> None:
    """With a network that cannot be read the matrix is not guessed; the hub's own step is known."""
    default = connection("red", usePolicyBasedTrafficSelectors=False)
    assert [ANY, (), (HUB,)] == steps(default, peering("hub", "far", allowGatewayTransit=True))


def test_families_are_not_crossed() -> None:
    """An IPv4 prefix is never proposed with an IPv6 one."""
    dual = vnet("hub", "172.16.1.0/24", "fd00:1::/64"), site("red", prefixes=["10.1.0.0/16", "fd00:2::/64"])
    found = steps(connection("red", usePolicyBasedTrafficSelectors=False), *dual)[2]
    assert (HUB, "fd00:1::/64 <-> fd00:2::/64") == found


def test_routed_ranges_and_their_doubt() -> None:
    """What the gateway routes into the tunnel, and why more may be."""
    assert (("10.1.0.0/16",), "") == (explained().routed, explained().routed_doubt)
    assert ("0.0.0.0/0", "::/0") == explained(connection("red", enableBgp=True)).routed
    assert "known only after apply" == explained(connection("red", enableBgp=UNKNOWN)).routed_doubt
    everything = explained(gateway(gatewayDefaultSite={"id": arm_id("localNetworkGateways", "red")}))
    assert ("0.0.0.0/0", "::/0") == everything.routed


def test_other_connections_are_not_explained() -> None:
    """A connection that is no IPsec tunnel, or not in the input, has no offers."""
    inventory = Inventory((connection("red", connectionType="ExpressRoute"),))
    assert explain_connection(inventory, OPTIONS, arm_id("connections", "red")) is None
    assert explain_connection(inventory, OPTIONS, "nothing") is None
