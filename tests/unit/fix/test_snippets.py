"""Snippets say exactly what was proved: each is read back and compared with the patch."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from s2sguard.fix.snippets import language_of
from s2sguard.model.inventory import Resource, Source
from tests.unit.cli_estate import GROUP
from tests.unit.conftest import Run
from tests.unit.fix.estates import STRONG, TODAY, Node, document, estate, named

LANGUAGES = ("az", "bicep", "terraform", "powershell")
Put = Callable[[str, object], Path]

AZ_POLICY = {
    "--ike-encryption": "ikeEncryption",
    "--ike-integrity": "ikeIntegrity",
    "--dh-group": "dhGroup",
    "--ipsec-encryption": "ipsecEncryption",
    "--ipsec-integrity": "ipsecIntegrity",
    "--pfs-group": "pfsGroup",
    "--sa-lifetime": "saLifeTimeSeconds",
    "--sa-max-size": "saDataSizeKilobytes",
}
HCL = {
    "connection_protocol": "connectionProtocol",
    "connection_mode": "connectionMode",
    "use_policy_based_traffic_selectors": "usePolicyBasedTrafficSelectors",
    "bgp_enabled": "enableBgp",
    "ike_encryption": "ikeEncryption",
    "ike_integrity": "ikeIntegrity",
    "dh_group": "dhGroup",
    "ipsec_encryption": "ipsecEncryption",
    "ipsec_integrity": "ipsecIntegrity",
    "pfs_group": "pfsGroup",
    "sa_lifetime": "saLifeTimeSeconds",
    "sa_datasize": "saDataSizeKilobytes",
    "local_address_cidrs": "localAddressRanges",
    "remote_address_cidrs": "remoteAddressRanges",
}


def number(text: str) -> object:
    """Return a value as JSON has it."""
    return int(text) if text.isdigit() else {"true": True, "false": False}.get(text.lower().lstrip("$"), text)


def read_az(text: str, before: Node) -> Node:
    """Return what the commands of `az` set, as a patch."""
    found: Node = {}
    for line in text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if "ipsec-policy" in words:
            found["ipsecPolicies"] = [{AZ_POLICY[one]: number(words[words.index(one) + 1]) for one in words if one in AZ_POLICY}]
        elif "create" in words:
            found["connectionProtocol"] = "IKEv2"
        elif "update" in words:
            found |= read_update(words, before)
    return found


def read_update(words: list[str], before: Node) -> Node:
    """Return what one `az network vpn-connection update` sets."""
    flags = {"--use-policy-based-traffic-selectors": "usePolicyBasedTrafficSelectors", "--enable-bgp": "enableBgp"}
    found: Node = {name: number(words[words.index(flag) + 1]) for flag, name in flags.items() if flag in words}
    for word in words[words.index("--set") + 1 :] if "--set" in words else []:
        name, _, value = word.partition("=")
        if name.startswith("ipsecPolicies[0]."):
            policy = found.setdefault("ipsecPolicies", [dict(before["ipsecPolicies"][0])])[0]
            policy[name.rpartition(".")[2]] = number(value)
        else:
            found[name] = json.loads(value) if value.startswith("[") else number(value)
    return found


def read_bicep(text: str) -> Node:
    """Return the members of a Bicep object as a patch: a fragment is JSON but for quotes, separators and comments."""
    body = re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE).strip().removeprefix("properties:")
    body = re.sub(r"'([^']*)'", r'"\1"', body)
    body = re.sub(r"^(\s*)(\w+):", r'\1"\2":', body, flags=re.MULTILINE)
    body = re.sub(r'([\w"\]}])\n(\s*["{\w])', r"\1,\n\2", body)
    found: Node = json.loads(body)
    return found


def read_terraform(text: str) -> Node:
    """Return the arguments and blocks as a patch."""
    found: Node = {}
    target = found
    for raw in text.splitlines():
        line = raw.partition(" #")[0].strip()
        if line == "ipsec_policy {":
            target = {}
            found["ipsecPolicies"] = [target]
        elif line == "traffic_selector_policy {":
            target = {}
            found.setdefault("trafficSelectorPolicies", []).append(target)
        elif line == "}":
            target = found
        elif line and not line.startswith("#"):
            name, _, value = line.partition("=")
            target[HCL[name.strip()]] = json.loads(value)
    return found


def read_powershell(text: str) -> Node:
    """Return what the script sets as a patch."""
    found: Node = {}
    variables: dict[str, Any] = {}
    names = {"SALifeTimeSeconds": "saLifeTimeSeconds", "SADataSizeKilobytes": "saDataSizeKilobytes"}
    for line in text.splitlines():
        options = dict(re.findall(r"-(\w+) (@\([^)]*\)|\$?[\w.]+)", line))
        if "New-AzIpsecPolicy" in line:
            variables["$policy"] = {names.get(name, name[0].lower() + name[1:]): number(value) for name, value in options.items()}
        elif "New-AzIpsecTrafficSelectorPolicy" in line:
            sides = {f"{name[0].lower()}{name[1:]}s": re.findall(r"'([^']*)'", value) for name, value in options.items() if "Range" in name}
            variables[line.split(" ")[0]] = sides
        elif line.startswith(("Set-AzVirtual", "New-AzVirtual")):
            found |= {
                name[0].lower() + name[1:]: number(options[name])
                for name in ("ConnectionMode", "UsePolicyBasedTrafficSelectors", "EnableBgp", "ConnectionProtocol")
                if name in options
            }
            if "IpsecPolicies" in options:
                found["ipsecPolicies"] = [variables[options["IpsecPolicies"]]]
            if "TrafficSelectorPolicy" in options:
                found["trafficSelectorPolicies"] = [variables[one] for one in re.findall(r"\$\w+", options["TrafficSelectorPolicy"])]
    return found


SELECTORS = [
    {"localAddressRanges": ["172.16.1.0/25", "0.0.0.0/0"], "remoteAddressRanges": ["10.1.0.0/24"]},
    {"localAddressRanges": ["172.16.1.128/25"], "remoteAddressRanges": ["10.1.1.0/24"]},
]
MISTAKES: dict[str, Node] = {
    "nothing-set": {"ipsecPolicies": [], "usePolicyBasedTrafficSelectors": None, "connectionMode": None, "trafficSelectorPolicies": None},
    "two-selectors": {"trafficSelectorPolicies": SELECTORS},
    "weak": {"ipsecPolicies": [STRONG | {"pfsGroup": "None", "dhGroup": "DHGroup2"}]},
    "lifetime": {"ipsecPolicies": [STRONG | {"saLifeTimeSeconds": 0}]},
    "bgp": {"enableBgp": True},
    "bgp-and-mode": {"enableBgp": True, "connectionMode": "Default"},
    "ikev1": {"connectionProtocol": "IKEv1"},
    "ikev1-and-all": {"connectionProtocol": "IKEv1", "ipsecPolicies": [], "trafficSelectorPolicies": SELECTORS, "enableBgp": True},
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_language_carries_the_values_that_were_proved(run: Run, put: Put, mistake: str) -> None:
    """The patch read back from each snippet is the patch of the JSON output, value for value."""
    resources = estate()
    named(resources, "to-red").update(MISTAKES[mistake])
    languages = [word for name in LANGUAGES for word in ("--as", name)]
    fixes = run("fix", put("e.json", document(resources)), "--format", "json", *languages, *TODAY).json["fixes"]
    (one,) = (fix for fix in fixes if fix["name"] == "to-red")
    patch, snippets = one["properties"], one["snippets"]
    assert list(snippets) == list(LANGUAGES)
    assert read_az(snippets["az"], named(resources, "to-red")) == patch
    assert read_bicep(snippets["bicep"]) == patch
    assert read_terraform(snippets["terraform"]) == patch
    assert read_powershell(snippets["powershell"]) == patch


@pytest.mark.parametrize("stage", ["1-default", "2-policy-based", "3-fixed-selectors", "4-initiator-only"])
def test_a_plan_is_fixed_in_its_own_language(run: Run, root: Path, stage: str) -> None:
    """A Terraform plan gets Terraform, at the address of its resource, with the values its twin in ARM gets."""
    folder = root / "samples" / "lab" / f"stage-{stage}"
    plan = run("fix", folder / "tfplan.json", "--format", "json", *TODAY)
    arm = run("fix", folder / "arm.json", "--format", "json", *TODAY)
    assert (plan.code, arm.code) == (0, 0)
    by_partner = {one["partner"]: one for one in arm.json["fixes"]}
    for one in plan.json["fixes"]:
        assert list(one["snippets"]) == ["terraform"]
        assert read_terraform(one["snippets"]["terraform"]) == one["properties"] == by_partner[one["partner"]]["properties"]
        assert f'.partner["{one["partner"]}"]' in one["snippets"]["terraform"]
        assert list(by_partner[one["partner"]]["snippets"]) == ["az"]


def test_a_plan_as_commands_names_what_it_cannot_know(run: Run, root: Path) -> None:
    """A plan knows name and group and no subscription, so the commands name those two."""
    plan = root / "samples" / "lab" / "stage-1-default" / "tfplan.json"
    (one, _) = run("fix", plan, "--format", "json", "--as", "az", "--as", "powershell", *TODAY).json["fixes"]
    assert "--resource-group GBB-ER-LAB-UKS --name to-onprem2-nots \\" in one["snippets"]["az"]
    assert "--subscription" not in one["snippets"]["az"]
    assert "Set-AzContext" not in one["snippets"]["powershell"]


@pytest.mark.parametrize(
    ("resource_id", "pointer", "language"),
    [
        ("terraform:azurerm_virtual_network_gateway_connection.red", "/planned_values/root_module/resources/1", "terraform"),
        (f"{GROUP}/connections/a", "/resource_changes/1", "terraform"),
        (f"{GROUP}/connections/a", "/values/root_module/resources/1", "terraform"),
        (f"{GROUP}/connections/a", "/resources/3", "bicep"),
        ("/subscriptions/{subscription}/resourceGroups/{resource-group}/providers/Microsoft.Network/connections/a", "/x", "bicep"),
        (f"{GROUP}/connections/a", "/changes/0/after", "bicep"),
        (f"{GROUP}/connections/a", "/value/0", "az"),
        (f"{GROUP}/connections/a", "", "az"),
    ],
)
def test_the_language_is_the_one_a_connection_is_written_in(resource_id: str, pointer: str, language: str) -> None:
    """Plans and states are Terraform, templates and their what-if Bicep, everything else is Azure's own answer."""
    source = Source(file="f.json", pointer=pointer)
    resource = Resource(id=resource_id, type="Microsoft.Network/connections", name="a", properties={}, tags={}, source=source)
    assert language_of(resource) == language
