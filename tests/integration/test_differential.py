"""Random gateways, written as ARM JSON and as a first Terraform plan, get the oracle's verdicts from the command line, on every engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from s2sguard.cli import main
from s2sguard.model.address import AddressSet
from s2sguard.model.estate import Connection, Gateway, Site
from tests.unit.facts.estates import random_gateway
from tests.unit.facts.oracle import expected

pytestmark = pytest.mark.no_cover  # random or exhaustive: counting lines would take most of its time

Json = dict[str, Any]
GROUP = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/Microsoft.Network"
CONTROLS = {"S2S-ISO-001": "two_way", "S2S-ISO-002": "one_way", "S2S-ISO-006": "to_internal"}
POLICY = {"ikeEncryption": "AES256", "ikeIntegrity": "SHA384", "dhGroup": "ECP384"}
GATEWAYS = {f"g{seed}": random_gateway(Random(seed)) for seed in range(150)}
FORMATS = ("arm", "terraform")


def known(value: object) -> Any:  # noqa: ANN401 - whatever it is
    """The value: these estates have no unknowns, which the type cannot say."""
    return value


def texts(addresses: AddressSet) -> list[str]:
    """Ranges as they are written; a range that is no prefix is written `first-last`."""
    return addresses.texts()


def sited(connection: Connection) -> Site | None:
    """The site of a connection, if it has one."""
    return connection.site if isinstance(connection.site, Site) else None


def tags(connection: Connection) -> dict[str, str]:
    """Who owns the far end."""
    return {"Partner": f" {str(connection.partner).upper()} ", "trust": str(connection.trust)}


def arm(label: str, gateway: Gateway) -> list[Json]:
    """One gateway with its connections and sites, as the API returns them."""
    own = f"{GROUP}/virtualNetworkGateways/{label}"
    default = gateway.default_site_id
    found: list[Json] = [
        resource("virtualNetworkGateways", label, gatewayType="Vpn", vpnType=gateway.vpn_type)
        | (
            {"properties": {"gatewayType": "Vpn", "vpnType": gateway.vpn_type, "gatewayDefaultSite": {"id": lng(label, default)}}}
            if default
            else {}
        )
    ]
    for one in gateway.connections:
        site = sited(one)
        properties: Json = {
            "connectionType": "IPsec",
            "connectionMode": one.mode,
            "connectionProtocol": one.protocol,
            "usePolicyBasedTrafficSelectors": one.policy_based_selectors,
            "enableBgp": one.bgp,
            "virtualNetworkGateway1": {"id": own.upper()},
            "trafficSelectorPolicies": [
                {"localAddressRanges": texts(element.selector.local), "remoteAddressRanges": texts(element.selector.remote)}
                for element in known(one.fixed_selectors)
            ],
            "ingressNatRules": [{"id": f"{own}/natRules/gone"}] * len(known(one.nat_rules)),
        }
        properties |= {"ipsecPolicies": [POLICY]} if one.policy is not None else {}
        properties |= {"localNetworkGateway2": {"id": f"{lng(label, site.id)}/"}} if site else {}
        found.append(resource("connections", f"{label}-{one.name}", **properties) | {"tags": tags(one)})
        if site:
            space = {"addressPrefixes": texts(known(site.prefixes).addresses)}
            found.append(resource("localNetworkGateways", f"{label}-{site.name}", localNetworkAddressSpace=space))
    return found


def resource(kind: str, name: str, **properties: object) -> Json:
    """One resource of the API."""
    return {"id": f"{GROUP}/{kind}/{name}", "name": name, "type": f"Microsoft.Network/{kind}", "properties": properties}


def lng(label: str, site_id: object) -> str:
    """The id of a site."""
    return f"{GROUP}/localNetworkGateways/{label}-{str(site_id).rsplit('/', 1)[-1]}"


def plan(gateways: dict[str, Gateway]) -> Json:
    """A first plan of all gateways: ids are known only after apply, and references lead through the configuration."""
    changes: list[Json] = []
    blocks: list[Json] = []

    def add(kind: str, name: str, values: Json, **references: str) -> None:
        head = {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name}
        unknown = dict.fromkeys(("id", *references), True)
        changes.append({**head, "change": {"actions": ["create"], "before": None, "after": values, "after_unknown": unknown}})
        expressions = {key: {"references": [f"{target}.id", target]} for key, target in references.items()}
        blocks.append({**head, "expressions": expressions | {key: {"constant_value": value} for key, value in values.items()}})

    for label, gateway in gateways.items():
        default = {"default_local_network_gateway_id": terraform_site(label, gateway.default_site_id)} if gateway.default_site_id else {}
        add("azurerm_virtual_network_gateway", label, {"name": label, "type": "Vpn", "vpn_type": gateway.vpn_type}, **default)
        for one in gateway.connections:
            _add_connection(add, label, one)
    values = [
        {**{key: change[key] for key in ("address", "mode", "type", "name")}, "values": change["change"]["after"]} for change in changes
    ]
    root = {"planned_values": {"root_module": {"resources": values}}, "configuration": {"root_module": {"resources": blocks}}}
    return {"format_version": "1.2", "terraform_version": "1.9.8", "resource_changes": changes, **root}


def terraform_site(label: str, site_id: object) -> str:
    """The address of a site."""
    return f"azurerm_local_network_gateway.{label}-{str(site_id).rsplit('/', 1)[-1]}"


def _add_connection(add: Callable[..., None], label: str, one: Connection) -> None:
    site, name = sited(one), f"{label}-{one.name}"
    values: Json = {
        "name": name,
        "type": "IPsec",
        "tags": tags(one),
        "connection_mode": one.mode,
        "connection_protocol": one.protocol,
        "use_policy_based_traffic_selectors": one.policy_based_selectors,
        "bgp_enabled": one.bgp,
        "ipsec_policy": [{"ike_encryption": "AES256"}] if one.policy is not None else [],
        "ingress_nat_rule_ids": [f"{GROUP}/virtualNetworkGateways/{label}/natRules/gone"] * len(known(one.nat_rules)) or None,
        "traffic_selector_policy": [
            {"local_address_cidrs": texts(element.selector.local), "remote_address_cidrs": texts(element.selector.remote)}
            for element in known(one.fixed_selectors)
        ],
    }
    references = {"virtual_network_gateway_id": f"azurerm_virtual_network_gateway.{label}"}
    add(
        "azurerm_virtual_network_gateway_connection",
        name,
        values,
        **references | ({"local_network_gateway_id": terraform_site(label, site.id)} if site else {}),
    )
    if site:
        prefixes = texts(known(site.prefixes).addresses)
        add("azurerm_local_network_gateway", f"{label}-{site.name}", {"name": f"{label}-{site.name}", "address_space": prefixes})


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """All gateways in one file of each form."""
    folder = tmp_path_factory.mktemp("differential")
    written = {"arm": {"value": [one for label, gateway in GATEWAYS.items() for one in arm(label, gateway)]}, "terraform": plan(GATEWAYS)}
    for name, value in written.items():
        (folder / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
    return {name: folder / f"{name}.json" for name in written}


@pytest.fixture(params=["regopy", "wasm", "opa"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each engine in turn, with what it needs."""
    if request.param == "opa":
        monkeypatch.setenv("S2SGUARD_OPA", str(request.getfixturevalue("need_tool")("opa")))
    if request.param == "wasm":
        monkeypatch.setenv("S2SGUARD_WASM", str(request.getfixturevalue("compiled")))
    return str(request.param)


def truth() -> dict[tuple[str, str], bool]:
    """Whether each control fails on each partner connection, by the oracle."""
    found: dict[tuple[str, str], bool] = {}
    for label, gateway in GATEWAYS.items():
        says = expected(gateway)
        for one in gateway.connections:
            if one.trust == "partner":
                found |= {(f"{label}-{one.name}", control): bool(getattr(says, field)[one.name]) for control, field in CONTROLS.items()}
    return found


def doubtful() -> set[str]:
    """Gateways with a NAT rule that is not in the input: what is routed there is not known, so a pass would be too much."""
    return {label for label, gateway in GATEWAYS.items() if any(one.nat_rules for one in gateway.connections)}


@pytest.mark.parametrize("form", FORMATS)
def test_the_command_line_agrees_with_the_oracle(form: str, engine: str, inputs: dict[str, Path], tmp_path: Path) -> None:
    """Every transit that exists fails, and nothing else does; unknown only where the input does not say what is routed."""
    report = tmp_path / "report.json"
    assert main(["scan", str(inputs[form]), "--engine", engine, "--format", "json", "--output", str(report), "--today", "2026-11-23"]) == 1
    verdicts = json.loads(report.read_text(encoding="utf-8"))["verdicts"]
    found = {
        (one["resource"].rsplit("/", 1)[-1].rsplit(".", 1)[-1], one["control_id"]): one["status"]
        for one in verdicts
        if one["control_id"] in CONTROLS
    }
    wanted = truth()
    assert set(wanted) == set(found)
    assert [key for key, fails in wanted.items() if fails != (found[key] == "fail")] == []
    unsure = doubtful()
    assert {key[0].split("-")[0] for key, status in found.items() if status == "unknown"} <= unsure
    counts = {status: list(found.values()).count(status) for status in ("fail", "pass")}
    assert min(counts.values()) > 100
