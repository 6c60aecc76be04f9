"""`s2sguard fix`, asked the way a person asks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import s2sguard.fix
from tests.unit.cli_estate import BLUE, GATEWAY, GROUP, RED
from tests.unit.conftest import Run
from tests.unit.fix.estates import STRONG, TODAY, Node, applied, document, estate, named

SCHEMA = json.loads((Path(s2sguard.fix.__file__).parent / "fix.schema.json").read_text(encoding="utf-8"))
Put = Callable[[str, object], Path]
HARDENED = {"connectionMode", "usePolicyBasedTrafficSelectors", "ipsecPolicies", "trafficSelectorPolicies"}


@pytest.fixture
def fix(run: Run, put: Put) -> Callable[..., Node]:
    """Return a function that fixes an estate: the JSON output, checked against its schema, with the exit code as `code`."""

    def command(resources: list[Node], *argv: str) -> Node:
        ran = run("fix", put("estate.json", document(resources)), "--format", "json", *TODAY, *argv)
        assert ran.err == ""
        Draft202012Validator.check_schema(SCHEMA)
        assert list(Draft202012Validator(SCHEMA).iter_errors(ran.json)) == []
        found: Node = ran.json | {"code": ran.code}
        return found

    return command


@pytest.fixture
def failing(run: Run, put: Put) -> Callable[[list[Node]], set[tuple[str, str]]]:
    """Return a function that scans an estate: control and connection of each finding about connections."""

    def scan(resources: list[Node]) -> set[tuple[str, str]]:
        verdicts = run("scan", put("scanned.json", document(resources)), "--format", "json", *TODAY).json["verdicts"]
        return {(v["control_id"], v["resource"]) for v in verdicts if v["status"] == "fail" and "/connections/" in v["resource"]}

    return scan


Fix = Callable[..., Node]
Failing = Callable[[list[Node]], set[tuple[str, str]]]


def codes(found: Node) -> dict[str, list[str]]:
    """Return the obstacles by connection name."""
    return {one["name"]: [obstacle["code"] for obstacle in one["obstacles"]] for one in found["without_fix"]}


def changed(found: Node) -> dict[str, set[str]]:
    """Return the changed properties by connection name."""
    return {one["name"]: set(one["properties"]) for one in found["fixes"]}


@pytest.mark.parametrize(
    ("stage", "wanted"),
    [
        (1, HARDENED),
        (2, {"connectionMode", "ipsecPolicies", "trafficSelectorPolicies"}),
        (3, {"connectionMode", "ipsecPolicies"}),
        (4, {"ipsecPolicies"}),
    ],
)
def test_each_stage_of_the_article_gets_what_it_lacks(fix: Fix, failing: Failing, stage: int, wanted: set[str]) -> None:
    """Only what is missing changes, both connections pass once the output is applied, and the pair that was open is closed."""
    resources = estate(stage=stage)
    found = fix(resources)
    assert found["code"] == 0
    assert changed(found) == {"to-red": wanted, "to-blue": wanted}
    assert failing(applied(resources, found["fixes"])) == set()
    (gateway,) = found["gateways"]
    assert (gateway["fixes"], gateway["failing"]) == (2, 2)
    assert gateway["pairs"]["after"] == {"partners": 1, "two_way": 0, "one_way": 0, "possible": 0}


@pytest.mark.parametrize("stage", [1, 2, 3, 4])
def test_each_fix_alone_does_what_it_says(fix: Fix, failing: Failing, stage: int) -> None:
    """With one patch applied, the findings said to be gone are gone, those said to come meanwhile are there, nothing else is new."""
    resources = estate(stage=stage)
    before = failing(resources)
    for one in fix(resources)["fixes"]:
        after = failing(applied(resources, [one]))
        own = {control for control, connection in after if connection == one["connection"]}
        assert own == set(one["checked"]["meanwhile"]) | set(one["checked"]["gone_together"])
        assert set(one["checked"]["gone"]) == {c for c, connection in before if connection == one["connection"]} - own
        assert {control for control, _ in after - before} <= {"S2S-ISO-002"}


def test_a_hardened_estate_needs_nothing(fix: Fix, run: Run, put: Put) -> None:
    """Nothing fails: no fix, exit code 0, and a line that says so."""
    assert fix(estate()) == {
        "schema_version": "1",
        "assumptions": {"peer_child_sa": "refused", "answer_clipped": True, "no_fallback_with_fixed": True},
        "fixes": [],
        "settled": [],
        "without_fix": [],
        "elsewhere": [],
        "gateways": [],
        "code": 0,
    }
    assert "nothing to fix" in run("fix", put("e.json", document(estate())), *TODAY).out


def test_a_connection_that_is_right_waits_for_the_others(fix: Fix) -> None:
    """Red is hardened and reached one way by blue, which is open: red needs nothing, and is done when blue is."""
    resources = estate()
    named(resources, "to-blue").pop("connectionMode")
    found = fix(resources)
    assert changed(found) == {"to-blue": {"connectionMode"}}
    (red,) = found["settled"]
    assert (red["name"], red["gone_together"]) == ("to-red", ["S2S-ISO-002"])
    assert found["gateways"][0]["settled"] == 1


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"connectionMode": "ResponderOnly"}, {"connectionMode": "InitiatorOnly"}),
        ({"usePolicyBasedTrafficSelectors": False}, {"usePolicyBasedTrafficSelectors": True}),
        ({"enableBgp": True}, {"enableBgp": False}),
        (
            {"ipsecPolicies": [STRONG | {"pfsGroup": "None"}]},
            {"ipsecPolicies": [STRONG | {"pfsGroup": "PFS2048"}]},
        ),
        (
            {"trafficSelectorPolicies": [{"localAddressRanges": ["0.0.0.0/0"], "remoteAddressRanges": ["10.1.4.0/24"]}]},
            {"trafficSelectorPolicies": [{"localAddressRanges": ["172.16.1.0/24"], "remoteAddressRanges": ["10.1.4.0/24"]}]},
        ),
    ],
    ids=["mode", "policy-based", "bgp", "pfs", "selectors"],
)
def test_one_mistake_is_one_change(fix: Fix, failing: Failing, changes: Node, wanted: Node) -> None:
    """A connection with one mistake keeps everything else, value for value."""
    resources = estate()
    named(resources, "to-red").update(changes)
    (one,) = fix(resources)["fixes"]
    assert one["properties"] == wanted
    assert failing(applied(resources, [one])) == set()


def test_the_protocol_is_changed_by_making_the_connection_anew(fix: Fix, failing: Failing) -> None:
    """Azure cannot change it, so the patch restates everything the new connection needs, and the effects say what that means."""
    resources = estate()
    named(resources, "to-red")["connectionProtocol"] = "IKEv1"
    (one,) = fix(resources)["fixes"]
    old = named(resources, "to-red")
    assert set(one["properties"]) == {"connectionProtocol"} | HARDENED
    assert one["properties"]["trafficSelectorPolicies"] == old["trafficSelectorPolicies"]
    assert one["properties"]["ipsecPolicies"] == old["ipsecPolicies"]
    assert "deletes the connection" in one["effects"][0]
    assert "vpn-connection delete" in one["snippets"]["az"]
    assert failing(applied(resources, [one])) == set()


def test_properties_in_another_casing_are_replaced_not_doubled(fix: Fix) -> None:
    """ARM ignores the case of names, so the copy that is judged must not hold the old value beside the new one."""
    resources = estate()
    red = named(resources, "to-red")
    red["CONNECTIONMODE"] = "Default"
    del red["connectionMode"]
    (one,) = fix(resources)["fixes"]
    assert one["properties"] == {"connectionMode": "InitiatorOnly"}
    assert "S2S-IKE-001" in one["checked"]["gone"]


OBSTACLES: dict[str, tuple[str, Node, str]] = {
    "nat": ("to-red", {"ingressNatRules": [{"id": f"{GATEWAY}/natRules/a"}]}, "nat-rules"),
    "name": ("site-red", {"gatewayIpAddress": None, "fqdn": "vpn.red.example"}, "no-fixed-peer"),
    "no-address": ("site-red", {"gatewayIpAddress": None}, "no-fixed-peer"),
    "private": ("site-red", {"gatewayIpAddress": "10.0.0.4"}, "no-fixed-peer"),
    "odd-address": ("site-red", {"gatewayIpAddress": "tbd"}, "unknown"),
    "no-prefixes": ("site-red", {"localNetworkAddressSpace": {"addressPrefixes": []}}, "no-prefixes"),
    "odd-prefixes": ("site-red", {"localNetworkAddressSpace": {"addressPrefixes": ["tbd"]}}, "unknown"),
    "wide-site": ("site-red", {"localNetworkAddressSpace": {"addressPrefixes": ["10.0.0.0/7"]}}, "too-wide"),
    "wide-hub": ("hub", {"addressSpace": {"addressPrefixes": ["172.0.0.0/8"]}}, "too-wide"),
    "no-site": ("to-red", {"localNetworkGateway2": {"id": f"{GROUP}/localNetworkGateways/gone"}}, "unknown"),
    "policy-based": ("vpngw", {"vpnType": "PolicyBased"}, "policy-based-gateway"),
    "basic": ("vpngw", {"sku": {"name": "Basic"}}, "basic-sku"),
    "odd-mode": ("to-red", {"usePolicyBasedTrafficSelectors": "perhaps"}, "unknown"),
    "own-network": ("site-red", {"localNetworkAddressSpace": {"addressPrefixes": ["172.16.1.0/25"]}}, "network-overlap"),
}


@pytest.mark.parametrize("case", OBSTACLES)
def test_what_no_setting_can_do_is_said(fix: Fix, case: str) -> None:
    """Each requirement that excludes the pattern has its name, what to use instead, and exit code 1; no patch is shown."""
    name, changes, code = OBSTACLES[case]
    resources = estate(stage=1)
    named(resources, name).update(changes)
    found = fix(resources)
    assert found["code"] == 1
    assert code in codes(found)["to-red"]
    assert "to-red" not in changed(found)
    assert all(obstacle["instead"] for one in found["without_fix"] for obstacle in one["obstacles"])


def test_partners_with_one_range_need_nat(fix: Fix) -> None:
    """Red and blue both have 10.1.0.0/16: selectors cannot tell them apart, and NAT excludes the pattern."""
    resources = estate(stage=1)
    named(resources, "site-blue")["localNetworkAddressSpace"]["addressPrefixes"] = ["10.1.4.0/24"]
    found = fix(resources)
    assert codes(found) == {"to-red": ["partner-overlap"], "to-blue": ["partner-overlap"]}
    assert "10.1.4.0/24" in found["without_fix"][0]["obstacles"][0]["requirement"]


def test_narrower_selectors_of_overlapping_sites_are_kept(fix: Fix) -> None:
    """The sites overlap and the selectors do not: the selectors stay, and only the mode changes."""
    resources = estate()
    named(resources, "site-blue")["localNetworkAddressSpace"]["addressPrefixes"] = ["10.0.0.0/8"]
    named(resources, "to-blue")["trafficSelectorPolicies"][0]["remoteAddressRanges"] = ["10.2.0.0/16"]
    named(resources, "to-red").pop("connectionMode")
    found = fix(resources, "--connection", "to-red")
    assert changed(found) == {"to-red": {"connectionMode"}}


def test_a_neighbour_with_stray_selectors_is_no_obstacle(fix: Fix, failing: Failing) -> None:
    """Blue's selectors name red's range, which is not in blue's site: blue is narrowed, and red gets its own range."""
    resources = estate()
    named(resources, "to-blue")["trafficSelectorPolicies"][0]["remoteAddressRanges"] = ["10.2.0.0/16", "10.1.0.0/16"]
    named(resources, "to-red").pop("trafficSelectorPolicies")
    found = fix(resources)
    assert changed(found) == {"to-red": {"trafficSelectorPolicies"}, "to-blue": {"trafficSelectorPolicies"}}
    assert failing(applied(resources, found["fixes"])) == set()


def test_a_stray_neighbour_without_a_fix_does_not_hold_up_the_fix(fix: Fix) -> None:
    """Blue's selectors name red's range and blue cannot be fixed: red gets its own range, and the overlap stays blue's."""
    resources = estate()
    named(resources, "to-blue")["trafficSelectorPolicies"][0]["remoteAddressRanges"] = ["10.2.0.0/16", "10.1.0.0/16"]
    named(resources, "to-blue").pop("connectionMode")
    named(resources, "site-blue")["gatewayIpAddress"] = None
    named(resources, "to-red").pop("connectionMode")
    found = fix(resources)
    assert changed(found) == {"to-red": {"connectionMode"}}
    assert {"S2S-ISO-003"} <= {left["control"] for left in found["fixes"][0]["checked"]["remaining"]}


def test_a_change_that_does_not_hold_is_not_offered(fix: Fix) -> None:
    """An internal site routes our own hub's range: red would still reach it, whatever is set, so the proof fails and says where."""
    resources = [*estate(stage=1), *(one for one in estate("red", "blue", "own", stage=1) if one["name"] in {"to-own", "site-own"})]
    next(one for one in resources if one["name"] == "to-own")["tags"] = {"trust": "internal"}
    named(resources, "site-own")["localNetworkAddressSpace"]["addressPrefixes"] = ["172.16.0.0/16"]
    found = fix(resources)
    assert codes(found) == {"to-red": ["not-verified"], "to-blue": ["not-verified"]}
    assert "S2S-ISO-006 would still fail" in found["without_fix"][0]["obstacles"][0]["requirement"]


def test_neighbouring_prefixes_stay_apart(fix: Fix) -> None:
    """Two /16 beside each other are written as two: joined they would be wider than a selector may be."""
    resources = estate(stage=1)
    named(resources, "hub")["addressSpace"]["addressPrefixes"] = ["172.16.0.0/16", "172.17.0.0/16"]
    (red, _) = fix(resources)["fixes"]
    assert red["properties"]["trafficSelectorPolicies"][0]["localAddressRanges"] == ["172.16.0.0/16", "172.17.0.0/16"]


def test_a_range_of_ours_that_is_another_partners_too_is_an_obstacle(fix: Fix) -> None:
    """A spoke's range is also blue's site: red's selectors would reach blue, so nothing is offered to red."""
    resources = estate(stage=1)
    named(resources, "hub")["addressSpace"]["addressPrefixes"] = ["172.16.1.0/24", "10.2.0.0/16"]
    found = fix(resources)
    assert codes(found)["to-red"] == ["network-overlap"]
    assert "to-blue" in codes(found)


def test_an_open_neighbour_without_a_fix_is_named(fix: Fix, failing: Failing) -> None:
    """Blue has to dial itself: red is fixed, and what blue still sends to red remains and says why; both end with 1."""
    resources = estate(stage=3)
    site = named(resources, "site-blue")
    del site["gatewayIpAddress"]
    site["fqdn"] = "vpn.blue.example"
    found = fix(resources)
    assert (found["code"], codes(found)) == (1, {"to-blue": ["no-fixed-peer"]})
    (red,) = found["fixes"]
    (left,) = red["checked"]["remaining"]
    assert left["control"] == "S2S-ISO-002"
    assert "`to-blue`" in left["why"]
    assert ("S2S-ISO-002", RED) in failing(applied(resources, [red]))


def test_a_hardened_connection_beside_an_open_one_without_a_fix_says_so(fix: Fix) -> None:
    """Nothing is wrong with red, and nothing can be done about blue: that is an obstacle, not a fix."""
    resources = estate()
    named(resources, "to-blue").pop("connectionMode")
    named(resources, "site-blue")["gatewayIpAddress"] = "192.168.1.1"
    assert codes(fix(resources)) == {"to-red": ["neighbour"], "to-blue": ["no-fixed-peer"]}


def test_a_private_peer_over_a_private_path_is_fixed_and_left_to_a_waiver(fix: Fix) -> None:
    """Azure can dial it, so the mode is offered; IKE-008 stands on the site and remains, with the reason."""
    resources = estate()
    named(resources, "to-red").pop("connectionMode")
    named(resources, "to-red")["useLocalAzureIpAddress"] = True
    named(resources, "site-red")["gatewayIpAddress"] = "10.0.0.4"
    (red,) = fix(resources)["fixes"]
    assert red["properties"] == {"connectionMode": "InitiatorOnly"}
    assert [left["control"] for left in red["checked"]["remaining"]] == ["S2S-IKE-008"]


def test_bgp_that_tells_the_prefixes_or_carries_two_tunnels_is_not_switched_off(fix: Fix) -> None:
    """A site with nothing but its BGP peer says nothing about what the partner has; two tunnels to one site need BGP."""
    resources = estate()
    named(resources, "to-red")["enableBgp"] = True
    named(resources, "site-red").update(
        localNetworkAddressSpace={"addressPrefixes": ["10.1.0.254/32"]}, bgpSettings={"asn": 65010, "bgpPeeringAddress": "10.1.0.254"}
    )
    assert codes(fix(resources))["to-red"] == ["bgp-prefixes-unknown"]
    resources = estate()
    second = json.loads(document(resources))["value"]
    twin = next(one for one in second if one["name"] == "to-red")
    twin.update(name="to-red-2", id=f"{GROUP}/connections/to-red-2")
    for one in (twin, next(one for one in resources if one["name"] == "to-red")):
        one["properties"]["enableBgp"] = True
    assert codes(fix([*resources, twin])) == {"to-red": ["bgp-redundancy"], "to-red-2": ["bgp-redundancy"]}


def test_bgp_of_an_internal_site_is_not_ours_to_switch_off(fix: Fix) -> None:
    """ISO-004 fails on an internal connection: what its BGP routes is not in the input."""
    resources = estate()
    own = next(one for one in resources if one["name"] == "to-blue")
    own["tags"] = {"trust": "internal"}
    own["properties"]["enableBgp"] = True
    assert codes(fix(resources)) == {"to-blue": ["bgp-of-our-own"]}


def test_an_assumption_that_opens_everything_has_no_native_fix(fix: Fix) -> None:
    """With peer_child_sa=accepted no setting closes a ceiling, so none is offered."""
    found = fix(estate(), "--assume", "peer_child_sa=accepted")
    assert codes(found) == {"to-red": ["assumption"], "to-blue": ["assumption"]}


def test_settings_that_allow_no_pair_are_an_obstacle(fix: Fix, put: Put) -> None:
    """The configuration allows GCM alone with SHA256 alone: Azure takes no such policy."""
    put("s2sguard.yaml", "settings:\n  ipsec_encryption: [GCMAES256]\n  ipsec_integrity: [SHA256]\n")
    assert codes(fix(estate(stage=1)))["to-red"] == ["settings"]


def test_accepted_findings_are_left_alone(fix: Fix, put: Put) -> None:
    """A waived weak policy stays while the mode is fixed; waived alone it is no reason for a fix."""
    entry = '  - control: {}\n    resource: "{}"\n    reason: old device\n    owner: net\n    ticket: T-1\n    expires: 2026-06-30\n'
    text = "".join(entry.format(control, RED) for control in ("S2S-IKE-004", "S2S-IKE-005"))
    waivers = put("waivers.yaml", f"waivers:\n{text}")
    resources = estate()
    named(resources, "to-red")["ipsecPolicies"] = [STRONG | {"dhGroup": "DHGroup2", "pfsGroup": "None"}]
    found = fix(resources, "--waivers", str(waivers))
    assert (found["fixes"], found["settled"], found["without_fix"], found["gateways"]) == ([], [], [], [])
    named(resources, "to-red").pop("connectionMode")
    (one,) = fix(resources, "--waivers", str(waivers))["fixes"]
    assert set(one["properties"]) == {"connectionMode"}


def test_accepted_findings_elsewhere_are_not_repeated(fix: Fix, put: Put) -> None:
    """A waived finding about the gateway is settled between people."""
    resources = estate()
    named(resources, "vpngw")["disableIPSecReplayProtection"] = True
    entry = (
        f'  - control: S2S-GWY-003\n    resource: "{GATEWAY}"\n    reason: lab\n    owner: net\n    ticket: T-1\n    expires: 2026-06-30\n'
    )
    assert [one["control"] for one in fix(resources)["elsewhere"]] == ["S2S-GWY-003"]
    assert fix(resources, "--waivers", str(put("waivers.yaml", f"waivers:\n{entry}")))["elsewhere"] == []


def test_one_connection_or_one_control_can_be_chosen(fix: Fix, run: Run, put: Put) -> None:
    """The choice narrows what is shown, not what is proved; a name nobody has is a usage error."""
    resources = estate(stage=1)
    found = fix(resources, "--connection", "TO-RED")
    assert changed(found).keys() == {"to-red"}
    assert (found["gateways"][0]["fixes"], found["elsewhere"]) == (2, [])
    named(resources, "to-blue")["connectionMode"] = "InitiatorOnly"
    assert changed(fix(resources, "--control", "s2s-ike-001")).keys() == {"to-red"}
    assert changed(fix(resources, "--control", "custom_policy")).keys() == {"to-red", "to-blue"}
    path = put("e.json", document(resources))
    for argv in (("--connection", "to-gren"), ("--control", "S2S-XXX-001"), ("--as", "ansible"), ("--connection", "a", "--control", "b")):
        assert run("fix", path, *argv).code == 2


def test_what_could_not_be_read_ends_with_3(run: Run, put: Put) -> None:
    """A file that is no JSON, or an input without resources, is not an estate without findings."""
    good = put("e.json", document(estate()))
    assert run("fix", good, put("bad.json", "{"), *TODAY).code == 3
    assert run("fix", put("empty.json", '{"value": []}')).code == 3


def test_a_gateway_that_is_not_in_the_input_gives_no_networks(fix: Fix) -> None:
    """Nothing says which networks lie behind it: the selectors that are missing are not invented, and the remedy is named."""
    resources = [one for one in estate(stage=1) if one["id"] not in {GATEWAY, f"{GROUP}/virtualNetworks/hub"}]
    found = fix(resources)
    assert codes(found) == {"to-red": ["unknown"], "to-blue": ["unknown"]}
    assert "virtual network" in found["without_fix"][0]["obstacles"][0]["instead"]


def test_settings_are_fixed_even_where_isolation_cannot_be_told(fix: Fix) -> None:
    """Without the gateway a missing mode can still be set; what stays unknown is listed and is no pass."""
    resources = [one for one in estate() if one["id"] != GATEWAY]
    named(resources, "to-red").pop("connectionMode")
    (one,) = fix(resources)["fixes"]
    assert one["properties"] == {"connectionMode": "InitiatorOnly"}
    assert "S2S-ISO-001" in {left["control"] for left in one["checked"]["unknown"]}
    assert "S2S-ISO-001" not in one["checked"]["gone"]


def test_findings_on_gateways_and_sites_are_one_line_each(fix: Fix) -> None:
    """Replay protection is one setting and has its command; a name instead of an address has none."""
    resources = estate()
    named(resources, "vpngw")["disableIPSecReplayProtection"] = True
    named(resources, "site-red").update(gatewayIpAddress=None, fqdn="vpn.red.example")
    found = {one["control"]: one for one in fix(resources)["elsewhere"]}
    assert found["S2S-GWY-003"]["az"] == f"az resource update --ids {GATEWAY} --set properties.disableIPSecReplayProtection=false"
    assert found["S2S-ADR-005"]["az"] == ""


def test_no_key_is_ever_shown(run: Run, put: Put) -> None:
    """The lab's connections hold planted keys, and a clear one in a script too."""
    resources = estate(stage=1)
    named(resources, "to-red")["connectionProtocol"] = "IKEv1"
    path = put("e.json", document(resources))
    languages = [word for name in ("az", "bicep", "terraform", "powershell") for word in ("--as", name)]
    for form in ("text", "json"):
        ran = run("fix", path, "--format", form, *languages, *TODAY)
        assert "planted" not in ran.out + ran.err
        assert "$SHARED_KEY" in ran.out


def test_the_text_says_what_was_seen(run: Run, put: Put) -> None:
    """A person reads what changes, what was proved, what the partner has to set, and what happens to the tunnel."""
    out = run("fix", put("e.json", document(estate(stage=1))), *TODAY).out
    for piece in (
        "FIX  to-red on vpngw, partner red",
        "connectionMode: not set -> InitiatorOnly",
        "after this change alone 7 of 7 findings are gone; pairs open: 1 two-way, 0 one-way",
        "S2S-ISO-002",
        "their side  local 10.1.0.0/16  remote 172.16.1.0/24",
        "Terraform replaces the connection",
        "```sh\naz network vpn-connection ipsec-policy add",
        "2 of 2 failing connections have a verified fix; after all of them: no transit found",
        "peer_child_sa=refused",
    ):
        assert " ".join(piece.split(" ")) in out.replace("\n              ", " ").replace("found\nunder", "found under"), piece


def test_the_text_of_no_fix_says_why_and_what_instead(run: Run, put: Put) -> None:
    """The requirement that forces another headend stands beside it."""
    resources = estate(stage=1)
    named(resources, "to-red")["egressNatRules"] = [{"id": f"{GATEWAY}/natRules/a"}]
    out = run("fix", put("e.json", document(resources)), *TODAY).out
    assert "NO NATIVE FIX  to-red" in out
    assert "because     the connection has NAT rules" in out
    assert "instead     an NVA or an edge router" in out


def test_output_goes_to_a_file_and_a_pair_of_runs_is_equal(run: Run, put: Put, tmp_path: Path) -> None:
    """`-o` writes the same bytes that standard output gets, and the same input gives the same output."""
    path = put("e.json", document(estate(stage=2)))
    assert run("fix", path, "-o", tmp_path / "out.txt", *TODAY).code == 0
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == run("fix", path, *TODAY).out


def test_hostile_names_act_on_nothing(run: Run, put: Put) -> None:
    """A name with escapes, quotes and fences is printed on its line, in every language and in both formats."""
    hostile = "x'\u2019\"; rm -rf $(id) `id`\n```\n\x1b[31m\u202e ${a} %{b}"
    resources = estate(stage=1)
    for one in resources:
        if one["name"] == "to-red":
            one["name"] = hostile
            one["id"] = f"{GROUP}/connections/{hostile}"
    path = put("e.json", json.dumps(resources))
    languages = [word for name in ("az", "bicep", "terraform", "powershell") for word in ("--as", name)]
    for form in ("text", "json"):
        ran = run("fix", path, "--format", form, *languages, *TODAY)
        assert ran.code == 0, ran.err
        assert all(line.isprintable() for line in ran.out.splitlines())
        assert "rm -rf" in ran.out
        fences = [line for line in ran.out.splitlines() if line.startswith("```")]
        assert form == "json" or len(fences) == 2 * 2 * 4


def test_engines_agree(run: Run, put: Put) -> None:
    """What is proved does not depend on the engine."""
    path = put("e.json", document(estate(stage=1)))
    outs: set[str] = {run("fix", path, "--format", "json", "--engine", engine, *TODAY).out for engine in ("regopy", "auto")}
    assert len(outs) == 1


def test_the_partners_side_is_mirrored(fix: Fix) -> None:
    """What is local for Azure is remote for the partner: their device needs it that way round."""
    found = {one["name"]: one["their_selectors"] for one in fix(estate(stage=1))["fixes"]}
    assert found["to-red"] == [{"local": ["10.1.0.0/16"], "remote": ["172.16.1.0/24"]}]


def test_blue_is_where_it_is(fix: Fix) -> None:
    """Each fix says in which file and at which pointer its connection is written."""
    found: dict[str, Any] = {one["connection"]: one for one in fix(estate(stage=1))["fixes"]}
    assert found[BLUE]["source"]["pointer"] == "/value/5"
    assert found[BLUE]["source"]["file"].endswith("estate.json")
