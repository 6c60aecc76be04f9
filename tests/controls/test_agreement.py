"""Rego and Azure Policy say the same of random resources, and Azure Policy says of a virtual WAN link what it says of a connection.

The cases of the control folders show single points; this fills the space between them.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import pytest

from s2sguard.azure_policy import compile_policy
from s2sguard.azure_policy.shipped.definitions import ControlDefinition, load_aliases, load_definitions
from s2sguard.azure_policy.shipped.settings import identity_parameters, settings_parameters
from s2sguard.collect import read_inventory
from s2sguard.evaluate import Engine, judge, load_pack, open_engine
from s2sguard.facts import build_document
from s2sguard.facts.given import Settings
from s2sguard.facts.options import HARDENED_SETTINGS, FactsOptions, Identity, Party

pytestmark = pytest.mark.no_cover  # random or exhaustive: counting lines would take most of its time

POLICIES = Path(__file__).resolve().parents[2] / "policies"
PACK = load_pack(POLICIES)
DENYING = [one for one in load_definitions(POLICIES) if one.kind == "deny"]
BASE = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/partners/providers/Microsoft.Network"
CONNECTION, SITE, GATEWAY = (f"Microsoft.Network/{name}" for name in ("connections", "localNetworkGateways", "virtualNetworkGateways"))
WAN_GATEWAY, WAN_SITE = "Microsoft.Network/vpnGateways", "Microsoft.Network/vpnSites"
WAN_CONNECTION = f"{WAN_GATEWAY}/vpnConnections"
CHOOSERS = {
    "lib.partner_connections": "partner connections",
    "lib.fixed_connections": "partner connections",
    "lib.custom_connections": "partner connections",
    "lib.partner_sites": "partner sites",
    "lib.partner_gateways": "gateways",
    "lib.network_gateways": "gateways",
}
"""Rules that choose what a control is about. Azure Policy has no state for what a setting takes out of the first three."""

LOOSE = cast(
    "Settings",
    {
        **HARDENED_SETTINGS,
        "dh_group": ["DHGroup2", "ECP384"],
        "sa_lifetime_seconds_max": 100000,
        "selector_shortest_local_v4": 12,
        "selector_shortest_v6": 32,
        "site_shortest_v4": 16,
        "retired_skus": {"VpnGw2AZ": "2026-05-01", "VpnGw1": "2026-06-01"},
    },
)
OWN_SITE = f"{BASE}/localNetworkGateways/own"
IDENTITY = Identity(parties={OWN_SITE.lower(): Party(trust="internal")})
LEFT_OUT: Any = "(left out)"
READINGS: tuple[Literal["true", "false"], ...] = ("true", "false")
"""What a condition on every member of a missing array gives: sources disagree (facts 5.4)."""

ALGORITHMS: dict[str, list[Any]] = {
    "ikeEncryption": ["AES256", "aes256", "GCMAES256", "GCMAES128", "DES3", LEFT_OUT],
    "ikeIntegrity": ["SHA384", "sha256", "GCMAES256", "GCMAES128", "gcmaes256", "SHA1", LEFT_OUT],
    "dhGroup": ["ECP384", "ecp256", "DHGroup14", "DHGroup2", LEFT_OUT],
    "ipsecEncryption": ["GCMAES256", "gcmaes256", "AES256", "GCMAES128", "GCMAES192", "None", LEFT_OUT],
    "ipsecIntegrity": ["GCMAES256", "SHA256", "GCMAES128", "GCMAES192", "SHA1", LEFT_OUT],
    "pfsGroup": ["ECP384", "PFS2048", "pfs14", "None", LEFT_OUT],
    "saLifeTimeSeconds": [27000, 300, 299, 28800, 28801, 604800, LEFT_OUT],
    "saDataSizeKilobytes": [102400000, 1024, 1023, 102400001, LEFT_OUT],
}
RANGES = ["10.1.0.0/16", "10.0.0.0/8", "10.0.0.0/7", "172.16.0.0/12", "172.16.0.0/15", "0.0.0.0/0", "0.0.0.0/1", "10.1.0.4", "10.1.0.4/32"]
RANGES += ["2001:db8:1::/48", "2001:db8::/47", "2001:db8::/32", "::/0", "2001:db8::1", "2001:db8::1/128", " 10.2.0.0/16 ", "10.3.0.0/09"]
RANGES += ["0.0.0.0/0,10.3.0.0/16", "300.1.1.1/24", "::ffff:0:0/96"]
NARROW = ["172.16.1.0/24", "10.1.0.0/16", "2001:db8:1::/64"]


def pick(rng: random.Random, **choices: list[Any]) -> dict[str, Any]:
    """Return an object with one value for each name, or without the name."""
    drawn = {name: rng.choice(values) for name, values in choices.items()}
    return {name: value for name, value in drawn.items() if value is not LEFT_OUT}


def policies(rng: random.Random) -> Any:  # noqa: ANN401 - a JSON value
    """Return `ipsecPolicies`: none in all its forms, or one that is strong, or random."""
    strong = {name: values[0] for name, values in ALGORITHMS.items()}
    weakened = strong | {name: rng.choice(values) for name, values in rng.sample(sorted(ALGORITHMS.items()), 2)}
    one = rng.choice([strong, weakened, weakened, pick(rng, **ALGORITHMS)])
    written = {key: value for key, value in one.items() if value is not LEFT_OUT}
    return rng.choice([LEFT_OUT, None, [], [written, written], *[[written]] * 6])


def selectors(rng: random.Random) -> Any:  # noqa: ANN401 - a JSON value
    """Return `trafficSelectorPolicies`; an element with an empty side has narrow ranges on the other one."""
    whole = [{"localAddressRanges": [rng.choice(RANGES)], "remoteAddressRanges": rng.sample(RANGES, rng.randint(1, 2))} for _ in range(2)]
    narrow = {"localAddressRanges": NARROW[:1], "remoteAddressRanges": NARROW[1:]}
    half = {"localAddressRanges": [], "remoteAddressRanges": NARROW}
    one_sided = {"localAddressRanges": NARROW}
    return rng.choice([LEFT_OUT, None, [], [narrow], [half], [half, one_sided], [narrow, half], whole[:1], whole])


def settings_of(rng: random.Random) -> dict[str, Any]:
    """Return what a connection has besides its ends."""
    rules = [LEFT_OUT, None, [], [{"id": f"{BASE}/virtualNetworkGateways/gw/natRules/one"}]]
    return pick(
        rng,
        connectionMode=[LEFT_OUT, None, "Default", "ResponderOnly", "InitiatorOnly", "initiatoronly"],
        connectionProtocol=[LEFT_OUT, None, "IKEv2", "ikev2", "IKEv1"],
        usePolicyBasedTrafficSelectors=[LEFT_OUT, None, True, True, False, 1, "yes"],
        enableBgp=[LEFT_OUT, None, True, False, False, "FALSE", 1, "yes"],
        ipsecPolicies=[policies(rng)],
        trafficSelectorPolicies=[selectors(rng)],
        ingressNatRules=rules,
        egressNatRules=rules,
    )


def resource(kind: str, name: str, properties: dict[str, Any], tags: Any = None) -> dict[str, Any]:  # noqa: ANN401 - a JSON value
    """Return a resource as a request has it."""
    found = {"id": f"{BASE}/{kind.partition('/')[2]}/{name}", "name": name, "type": kind, "location": "uksouth", "properties": properties}
    return found | ({"tags": tags} if tags is not None else {})


def tags_of(rng: random.Random) -> Any:  # noqa: ANN401 - a JSON value
    """Return tags of a partner's resource, and now and then of our own."""
    blank = [{"trust": ""}, {"Trust": "  "}]
    return rng.choice(
        [None, {}, {"partner": "red"}, {"partner": "red"}, {"trust": "partner"}, {"trust": " internal "}, {"TRUST": "Internal"}, *blank]
    )


def connection(rng: random.Random, number: int) -> dict[str, Any]:
    """Return a random connection; those that Azure documents to have no site have none."""
    kinds = ["IPsec"] * 6 + ["ipsec", "ExpressRoute", "Vnet2Vnet", "vpnclient", LEFT_OUT, None, " IPsec", "Foo", 0]
    ends = pick(rng, connectionType=kinds) | {"virtualNetworkGateway1": {"id": f"{BASE}/virtualNetworkGateways/gw{number}"}}
    if str(ends.get("connectionType")).lower() not in {"expressroute", "vnet2vnet", "vpnclient"}:
        ends["localNetworkGateway2"] = {"id": rng.choice([f"{BASE}/localNetworkGateways/red", OWN_SITE.upper()])}
    return resource(CONNECTION, f"c{number}", ends | settings_of(rng), tags_of(rng))


def site(rng: random.Random, number: int) -> dict[str, Any]:
    """Return a random site."""
    space = rng.choice([LEFT_OUT, None, {}, {"addressPrefixes": []}, {"addressPrefixes": rng.sample(RANGES, rng.randint(1, 3))}])
    properties = pick(
        rng,
        gatewayIpAddress=[LEFT_OUT, "", " ", "52.232.103.208", "10.0.0.1", "2001:db8::1", "x", "999.1.1.1"],
        localNetworkAddressSpace=[space],
    )
    return resource(SITE, f"s{number}", properties, tags_of(rng))


def gateway(rng: random.Random, number: int) -> dict[str, Any]:
    """Return a random gateway without connections."""
    name = rng.choice(["Basic", "basic", " Basic", "Standard", "VpnGw1", "vpngw1 ", "VpnGw2", "VpnGw2AZ", "ErGw1AZ"])
    properties = pick(
        rng,
        gatewayType=[LEFT_OUT, "Vpn", "vpn", "ExpressRoute", "LocalGateway"],
        vpnType=[LEFT_OUT, "RouteBased", "routebased", "PolicyBased"],
        disableIPSecReplayProtection=[LEFT_OUT, None, True, False, False, "false", 1, "yes"],
        sku=[*[{"name": name, "tier": name}] * 3, {"name": name}, {"tier": name}, {"name": " ", "tier": name}, {}, LEFT_OUT],
    )
    return resource(GATEWAY, f"g{number}", properties)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """Return the engine that needs nothing but pip."""
    opened = open_engine("regopy", pack=POLICIES)
    yield opened
    opened.close()


@cache
def declared(definition: ControlDefinition) -> frozenset[str]:
    """Return the names of a definition's parameters."""
    return frozenset(definition.document["properties"]["parameters"])


def refused(definition: ControlDefinition, one: dict[str, Any], settings: Settings = HARDENED_SETTINGS, today: str = "2026-06-01") -> bool:
    """Say whether a definition refuses a resource; a failed evaluation is not an answer."""
    given = settings_parameters(settings) | identity_parameters(IDENTITY) | {"effect": "Deny"}
    parameters = {name: value for name, value in given.items() if name in declared(definition)}
    effect = definition.policy.evaluate(one, parameters, {"utcNow": f"{today}T00:00:00.0000000Z"}).effect
    assert effect in {None, "deny"}
    return effect == "deny"


@pytest.mark.parametrize("settings", [HARDENED_SETTINGS, LOOSE], ids=["hardened", "loose"])
@pytest.mark.parametrize("seed", range(3))
def test_rego_and_azure_policy_agree(seed: int, settings: Settings, engine: Engine, tmp_path: Path) -> None:
    """A resource fails in Rego exactly where Azure Policy refuses it; what Rego cannot know is left out."""
    rng = random.Random(seed)
    today = rng.choice(["2026-03-30", "2026-03-31", "2026-06-01", "2026-10-01"])
    resources = [make(rng, number) for make in (connection, site, gateway) for number in range(80)]
    (tmp_path / "resources.json").write_text(json.dumps(resources), encoding="utf-8")
    inventory = read_inventory([tmp_path / "resources.json"])
    options = FactsOptions(today=date.fromisoformat(today), settings=settings, identity=IDENTITY, complete=True)
    document = build_document(inventory, options)
    verdicts = judge(engine.evaluate(json.dumps(document).encode()), PACK.controls, document, inventory)
    rego = {(one.control_id, one.resource): one.status for one in verdicts}
    compared = 0
    for definition in DENYING:
        for one in resources:
            status = rego.get((definition.control.id, one["id"]), "not-applicable")
            if status != "unknown":
                compared += status in {"pass", "fail"}
                assert refused(definition, one, settings, today) == (status == "fail"), (definition.control.id, status, one)
    assert compared > len(DENYING) * 20


def wan_parts(rng: random.Random) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the settings of a virtual WAN connection and those of its links, under the names of a plain connection."""
    own = settings_of(rng)
    links = [settings_of(rng) for _ in range(rng.choice([0, 0, 1, 1, 2, 3]))]
    return own, links


def as_plain(own: dict[str, Any], link: dict[str, Any], *, inherits: bool) -> dict[str, Any]:
    """Return the connection that a link amounts to, if it takes what it lacks from its connection, or if it takes nothing."""
    shared = ("connectionProtocol", "usePolicyBasedTrafficSelectors", "enableBgp")
    found = {name: own.get(name) if link.get(name) is None and inherits else link.get(name) for name in shared}
    found["ipsecPolicies"] = link.get("ipsecPolicies") or (own.get("ipsecPolicies") if inherits else None)
    found |= {name: link.get(name) for name in ("connectionMode", "ingressNatRules", "egressNatRules")}
    found["trafficSelectorPolicies"] = own.get("trafficSelectorPolicies")
    return resource(CONNECTION, "plain", {"connectionType": "IPsec", **found})


def possible(own: dict[str, Any], links: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return every connection that a virtual WAN connection may amount to: no source says what a link takes from it."""
    if not links:
        return [as_plain(own, {}, inherits=True)]
    return [as_plain(own, link, inherits=inherits) for link in links for inherits in (False, True)]


def as_wan(own: dict[str, Any], links: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the virtual WAN connection, in its own names."""
    names = {"connectionProtocol": "vpnConnectionProtocolType", "connectionMode": "vpnLinkConnectionMode"}
    on_connection = {"connectionProtocol", "usePolicyBasedTrafficSelectors", "enableBgp", "ipsecPolicies", "trafficSelectorPolicies"}
    properties = {names.get(name, name): value for name, value in own.items() if name in on_connection}
    written = [{names.get(name, name): value for name, value in link.items() if name != "trafficSelectorPolicies"} for link in links]
    properties["vpnLinkConnections"] = [{"name": f"link{number}", "properties": link} for number, link in enumerate(written)]
    return resource(WAN_CONNECTION, "wan", properties)


def as_gateway(connections: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the gateway whose request holds virtual WAN connections."""
    inner = [{"name": f"c{number}", "properties": one["properties"]} for number, one in enumerate(connections)]
    return resource(WAN_GATEWAY, "hub-gw", {"virtualHub": {"id": f"{BASE}/virtualHubs/hub"}, "connections": inner})


ANY_POLICY = {"S2S-IKE-006", "S2S-IKE-007"}
"""Where a connection may do without a policy, each one that is written is judged: the connection's beside those of its links too."""
WAN_SITE_ID = f"{BASE}/vpnSites/red"
STRONG = [{name: values[0] for name, values in ALGORITHMS.items()}]
GOOD = as_wan(
    {"trafficSelectorPolicies": [{"localAddressRanges": NARROW[:1], "remoteAddressRanges": NARROW[1:]}]},
    [{"connectionMode": "InitiatorOnly", "usePolicyBasedTrafficSelectors": True, "ipsecPolicies": STRONG}],
)
"""A virtual WAN connection that nothing refuses."""


@pytest.mark.parametrize("seed", range(300))
def test_a_virtual_wan_connection_is_judged_link_by_link(seed: int) -> None:
    """It is refused exactly where a link, taken as a connection of its own, might be; without links, where its own values would.

    It makes no difference whether it is a resource or stands in its gateway's request, in front of or behind one without a fault.
    """
    own, links = wan_parts(random.Random(seed))
    for definition in DENYING:
        amounts_to = possible(own, links)
        if definition.control.id in ANY_POLICY:
            amounts_to.append(as_plain(own, {}, inherits=True))
        wanted = any(refused(definition, one) for one in amounts_to)
        wan = as_wan(own, links)
        assert refused(definition, wan) == wanted, (definition.control.id, own, links)
        for beside in ([wan], [wan, GOOD], [GOOD, wan]):
            assert refused(definition, as_gateway(beside)) == wanted, (definition.control.id, own, links)


def test_connections_to_sites_of_our_own_are_not_judged_in_a_gateway() -> None:
    """A fault of one that goes to a site of our own is none, and does not hide the fault of another."""
    bad = resource(WAN_CONNECTION, "wan", {"enableBgp": True, "remoteVpnSite": {"id": WAN_SITE_ID}})
    own = resource(WAN_CONNECTION, "wan", {"enableBgp": True, "remoteVpnSite": {"id": OWN_SITE.upper()}})
    (routing,) = (one for one in DENYING if one.control.id == "S2S-RTE-001")
    assert [refused(routing, as_gateway(members)) for members in ([own], [own, bad], [])] == [False, True, False]


@pytest.mark.parametrize("connections", [LEFT_OUT, None, []], ids=str)
@pytest.mark.parametrize("reading", READINGS)
def test_a_gateway_without_connections_is_left_alone(connections: object, reading: Literal["true", "false"]) -> None:
    """An update of a gateway that holds no connections is refused by nothing, whatever a missing array means."""
    gateway = resource(
        WAN_GATEWAY, "hub-gw", {"vpnGatewayScaleUnit": 1} | ({} if connections is LEFT_OUT else {"connections": connections})
    )
    for definition in DENYING:
        policy = compile_policy(definition.document, load_aliases(), missing_array=reading)
        assert policy.evaluate(gateway, {"effect": "Deny"}).effect is None, definition.control.id


@pytest.mark.parametrize("name", ["", "  "])
@pytest.mark.parametrize("tags", [None, {}, {"": "internal"}, {"trust": "internal"}], ids=str)
def test_without_a_trust_tag_nothing_is_internal_by_its_tag(name: str, tags: object) -> None:
    """A blank name of the tag is no failed evaluation, which would deny every request; what is listed by id stays our own."""
    for definition in DENYING:
        if "trustTag" in declared(definition):
            policy, given = definition.policy, {"effect": "Deny", "trustTag": name, "internalSites": [OWN_SITE]}
            red, own = (policy.evaluate(one, given).effect for one in faulty(definition, tags))
            assert (red, own) == ("deny", None), definition.control.id


def faulty(definition: ControlDefinition, tags: object) -> Iterator[dict[str, Any]]:
    """Yield a resource that a definition refuses, for a site of a partner and for one of our own."""
    properties = {
        "enableBgp": True,
        "connectionProtocol": "IKEv1",
        "usePolicyBasedTrafficSelectors": definition.control.id == "S2S-ADR-004",
    }
    properties |= {"ipsecPolicies": [{"ipsecEncryption": "GCMAES128", "saLifeTimeSeconds": 1}], "egressNatRules": [{"id": "x"}]}
    if definition.control.id != "S2S-SEL-002":
        properties["trafficSelectorPolicies"] = [{"localAddressRanges": ["0.0.0.0/0"], "remoteAddressRanges": ["0.0.0.0/0"]}]
    if definition.control.id == "S2S-IKE-003":
        properties["ipsecPolicies"] = []
    for id_ in (f"{BASE}/localNetworkGateways/red", OWN_SITE):
        if definition.control.family == "adr" and definition.control.id != "S2S-ADR-004":
            one = resource(SITE, id_.rpartition("/")[2], {"localNetworkAddressSpace": {"addressPrefixes": ["0.0.0.0/0"]}}, tags)
        else:
            one = resource(CONNECTION, "one", {**properties, "connectionType": "IPsec", "localNetworkGateway2": {"id": id_}}, tags)
        yield one


@pytest.mark.parametrize("definition", DENYING, ids=lambda one: one.control.id)
def test_no_verdict_hangs_on_what_a_missing_array_means(definition: ControlDefinition) -> None:
    """Both readings of a condition on every member of a missing array give the same effect (facts 5.4)."""
    rng = random.Random(7)
    one, other = (compile_policy(definition.document, load_aliases(), missing_array=reading) for reading in READINGS)
    for number in range(60):
        wan = [as_wan(*wan_parts(rng)) for _ in range(2)]
        for each in (connection(rng, number), site(rng, number), gateway(rng, number), wan[0], as_gateway(wan)):
            assert one.evaluate(each, {"effect": "Deny"}).effect == other.evaluate(each, {"effect": "Deny"}).effect, each


@pytest.mark.parametrize("seed", range(100))
def test_a_virtual_wan_site_is_judged_as_a_site(seed: int) -> None:
    """Prefixes and addresses of a VPN site are judged as those of a local network gateway; each link needs an address."""
    rng = random.Random(seed)
    plain = site(rng, 0)
    space = plain["properties"].pop("localNetworkAddressSpace", None)
    address = plain["properties"].pop("gatewayIpAddress", None)
    links = rng.choice([[], [address], ["52.232.103.208", address]])
    properties = {"addressSpace": space, "vpnSiteLinks": [{"name": "link", "properties": {"ipAddress": one}} for one in links]}
    wan = resource(WAN_SITE, "s0", properties | ({} if links else {"ipAddress": address}), plain.get("tags"))
    plain["properties"] |= {"localNetworkAddressSpace": space, "gatewayIpAddress": address}
    assert [refused(one, wan) for one in DENYING] == [refused(one, plain) for one in DENYING]


WIDTHS = [
    ("0.0.0.0/0", True),
    ("::/0", True),
    ("0.0.0.0/1", False),
    ("::/1", True),
    ("::/2", False),
    ("10.0.0.0/8", False),
    ("10.0.0.0/08", False),
    (" 10.0.0.0/8 ", False),
    ("10.1.2.3", False),
    ("2001:db8::1", False),
    ("2001:db8::/32", False),
    ("10.1.0.0-10.1.0.255", True),
    ("2001:db8::-2001:db8::f", True),
    ("10.0.0.0/", True),
    ("10.0.0.0/x", True),
    ("10.0.0.0/255.0.0.0", True),
    ("10.0.0.0/0008", True),
    ("", True),
    ("/8", True),
    ("everything", True),
    *((text, True) for text in ("0.0.0.0/0,10.3.0.0/16", "0.0.0.0/0;10.3.0.0/16", "0.0.0.0/0 10.3.0.0/16", "0.0.0.0/0\n10.3.0.0/16")),
    *((text, True) for text in ("10.0.0.0/0/24", "0.0.0.0/33", "10.0.0.0/99", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0 /24", "10.0.0.0/ 8")),
    *(
        (text, True)
        for text in ("any.", "./24", "x.y/24", "10.2", "10.2/16", "10..0.0/8", "10.0.0./8", ".10.0.0/8", "1.2.3.4.5", "1.2.3.4.5/24")
    ),
    *((text, True) for text in ("300.1.1.1/24", "1.2.3.256", "1.2.3.1000", "010.0.0.0/8", "10.0.0.00/8", "10.0.0.01")),
    *(
        (text, True)
        for text in ("::ffff:0.0.0.0/96", "::ffff:0:0/96", "::ffff:a00:0/104", "0:0::FFFF:0:0/96", "0:0:0:0:0:ffff:a00:1", "::1")
    ),
    *((text, True) for text in ("2001:db8::/129", "2001:db8:::/64", "2001::db8::/64", "2001:db8/48", "1:2:3:4:5:6:7:8:9", "12345::/64")),
    *((text, True) for text in ("2001:db8::g/64", "fe80::1%eth0/64", "2001:db8::/64,::/0", "2001:db8::10.0.0.0/120")),
    *(
        (text, False)
        for text in ("255.255.255.255", "0.0.0.1/32", "10.20.30.40/24", "2001:DB8::/48", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::/112")
    ),
]
"""A range, and whether it is refused where every IPv4 length but 0 is allowed and IPv6 needs 2."""


@pytest.mark.parametrize(("text", "wanted"), WIDTHS)
def test_a_range_is_judged_as_it_is_written(text: str, wanted: bool) -> None:  # noqa: FBT001 - a column of the table
    """A bound of 0 still refuses everything, each family has its own bound, and what is no prefix is refused and no error."""
    narrow = ["10.1.0.0/16"]
    sides = [{"localAddressRanges": [*narrow, text], "remoteAddressRanges": narrow}]
    sides += [{"localAddressRanges": narrow, "remoteAddressRanges": [*narrow, text]}]
    own = {"connectionType": "IPsec"}
    resources = [
        resource(kind, "one", own | {"trafficSelectorPolicies": [side]}) for kind in (CONNECTION, WAN_CONNECTION) for side in sides
    ]
    resources += [as_gateway([one]) for one in resources[2:]]
    resources += [resource(SITE, "one", {"localNetworkAddressSpace": {"addressPrefixes": [*narrow, text]}})]
    resources += [resource(WAN_SITE, "one", {"addressSpace": {"addressPrefixes": [*narrow, text]}})]
    bounds = {name: 0 for name in HARDENED_SETTINGS if "shortest" in name} | {"selector_shortest_v6": 2, "site_shortest_v6": 2}
    settings = cast("Settings", {**HARDENED_SETTINGS, **bounds})
    by_id = {one.control.id: one for one in DENYING}
    found = [refused(by_id["S2S-ADR-003" if one["type"] in {SITE, WAN_SITE} else "S2S-SEL-003"], one, settings) for one in resources]
    assert found == [wanted] * 8


@pytest.mark.parametrize("member", [None, 5, True, [], {}, ["10.0.0.0/8"], {"a": "10.0.0.0/8"}], ids=str)
def test_a_range_that_is_no_text_is_refused(member: object) -> None:
    """Whatever JSON stands for a range, the evaluation does not fail."""
    site = resource(SITE, "one", {"localNetworkAddressSpace": {"addressPrefixes": ["10.1.0.0/16", member]}})
    assert [one.control.id for one in DENYING if refused(one, site)] == ["S2S-ADR-003", "S2S-ADR-005"]


ADDRESSES = [(text, True) for text, wanted in WIDTHS if wanted and "/" not in text and text not in {"0:0:0:0:0:ffff:a00:1", "::1"}]
ADDRESSES += [("52.232.103.208", False), (" 52.232.103.208 ", False), ("2001:db8::1", False), ("::1", False), ("10.0.0.1", False)]
ADDRESSES += [("52.232.103.0/24", True), ("2001:db8::1/128", True), (" ", True), ("5", True), ("vpn.red.example", True)]


@pytest.mark.parametrize(("text", "wanted"), ADDRESSES)
def test_a_peer_address_is_an_address(text: str, wanted: bool) -> None:  # noqa: FBT001 - a column of the table
    """What stands for the address of a site, or of any link of one, is one address: no name, no prefix, no blank."""
    (fixed,) = (one for one in DENYING if one.control.id == "S2S-ADR-005")
    link = {"name": "link", "properties": {"ipAddress": text}}
    good = {"name": "good", "properties": {"ipAddress": "52.232.103.208"}}
    resources = [resource(SITE, "one", {"gatewayIpAddress": text})]
    resources += [resource(WAN_SITE, "one", properties) for properties in ({"ipAddress": text}, {"vpnSiteLinks": [good, link]})]
    assert [refused(fixed, one) for one in resources] == [wanted] * 3


@pytest.mark.parametrize("first", ["GCMAES128", "GCMAES192", "gcmaes256", "AES256", LEFT_OUT], ids=str)
@pytest.mark.parametrize("second", ["gcmaes128", "GCMAES192", "GCMAES256", "SHA256", LEFT_OUT], ids=str)
def test_every_pair_of_gcm_values_is_judged(first: object, second: object) -> None:
    """In phase 2 either half asks for the other; in phase 1 only the integrity does. On connections, on links, and inherited by links."""
    (pairing,) = (one for one in DENYING if one.control.id == "S2S-IKE-007")
    gcm = [isinstance(value, str) and value.upper().startswith("GCM") for value in (first, second)]
    same = str(first).lower() == str(second).lower()
    for names, wanted in ((("ipsecEncryption", "ipsecIntegrity"), any(gcm)), (("ikeEncryption", "ikeIntegrity"), gcm[1])):
        policy = {name: value for name, value in zip(names, (first, second), strict=True) if value is not LEFT_OUT}
        given = {"ipsecPolicies": [{"dhGroup": "ECP384", **policy}]}
        found = [refused(pairing, resource(CONNECTION, "one", {"connectionType": "IPsec", **given}))]
        placed: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [(given, []), (given, [{}]), ({}, [{}, given])]
        found += [refused(pairing, as_wan(own, links)) for own, links in placed]
        assert found == [wanted and not same] * 4, names


@pytest.mark.parametrize("chooser", sorted(set(CHOOSERS.values())))
def test_definitions_judge_what_their_rules_judge(chooser: str) -> None:
    """Definitions whose rules choose the same subjects choose them by the same conditions, which the cases of the first one show."""
    chosen = [one for one in DENYING if any(name in rule_of(one) for name, kind in CHOOSERS.items() if kind == chooser)]
    assert len(chosen) > 1
    for one in chosen:
        assert subjects(one) == subjects(chosen[0]), one.control.id


def rule_of(definition: ControlDefinition) -> str:
    """Return the text of a control's Rego rule."""
    folder = (POLICIES / definition.control.page).parent
    return (folder / f"{definition.control.name}.rego").read_text(encoding="utf-8")


def subjects(definition: ControlDefinition) -> list[list[dict[str, Any]]]:
    """Return the conditions of each branch without the last one, the fault."""
    condition = definition.document["properties"]["policyRule"]["if"]
    return [branch["allOf"][:-1] for branch in condition.get("anyOf", [condition])]
