"""Our definitions against Azure's built-in 50b83b09 (custom IPsec policy): one case for each of its weaknesses, run through both.

The built-in is written down here from what it is known to do (facts 3); where the real file is at hand, the two are compared.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import pytest

from s2sguard.azure_policy import PolicyError, compile_policy
from s2sguard.azure_policy.shipped.definitions import load_aliases, load_definitions
from s2sguard.azure_policy.shipped.settings import settings_parameters
from s2sguard.facts.options import HARDENED_SETTINGS

CASES = sorted((Path(__file__).parent / "builtin").glob("*.json"))
BUILT_IN = "Azure_azure-policy__built-in-policies_policyDefinitions_Network_VPNGateways_CustomIpSecPolicies_Audit.json"
FIELDS = {
    "IPsecEncryption": "ipsecEncryption",
    "IPsecIntegrity": "ipsecIntegrity",
    "IKEEncryption": "ikeEncryption",
    "IKEIntegrity": "ikeIntegrity",
    "DHGroup": "dhGroup",
    "PFSGroup": "pfsGroup",
}
"""Parameter of the built-in -> field of the IPsec policy, and our name of the parameter."""
PREFIX = "Microsoft.Network/connections"
STRICT = ["ECP384"]
"""For DHGroup in the comparison: a connection of our own may well use another group than those to partners."""

Reading = Literal["true", "false"]


def built_in() -> dict[str, Any]:
    """Return the built-in's parameters and rule: any of six fields of the policies is in none of six lists."""
    effect = {"type": "String", "allowedValues": ["Audit", "Disabled"], "defaultValue": "Audit"}
    conditions = [{"field": f"{PREFIX}/ipsecPolicies[*].{field}", "notIn": f"[parameters('{name}')]"} for name, field in FIELDS.items()]
    return {
        "mode": "All",
        "parameters": {"effect": effect} | {name: {"type": "Array"} for name in FIELDS},
        "policyRule": {
            "if": {"allOf": [{"field": "type", "equals": PREFIX}, {"anyOf": conditions}]},
            "then": {"effect": "[parameters('effect')]"},
        },
    }


def lists() -> dict[str, Any]:
    """Return the hardened allow-lists under the built-in's names."""
    ours = settings_parameters(HARDENED_SETTINGS)
    return {name: ours[field] for name, field in FIELDS.items()} | {"DHGroup": STRICT}


def of_built_in(resource: dict[str, Any], reading: Reading) -> str:
    """Return what the built-in does about a resource."""
    policy = compile_policy(built_in(), load_aliases(), missing_array=reading)
    return policy.evaluate(resource, lists()).effect or "compliant"


def of_ours(resource: dict[str, Any], reading: Reading) -> list[str]:
    """Return the controls whose definitions refuse a resource, with the same lists."""
    refused = []
    for definition in load_definitions():
        if definition.kind == "deny":
            policy = compile_policy(definition.document, load_aliases(), missing_array=reading)
            own = {"dhGroup": STRICT} if "dhGroup" in definition.document["properties"]["parameters"] else {}
            if policy.evaluate(resource, {"effect": "Deny", **own}).effect == "deny":
                refused.append(definition.control.id)
    return refused


@pytest.mark.parametrize("reading", ["true", "false"])
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_weakness_of_the_built_in_is_none_of_ours(path: Path, reading: Reading) -> None:
    """The built-in does what its weakness says; ours refuse what is wrong and nothing else, whatever a missing array means."""
    case = json.loads(path.read_text(encoding="utf-8"))
    assert of_built_in(case["resource"], reading) == case["built_in"][reading]
    assert of_ours(case["resource"], reading) == case["ours"]


def test_the_built_in_cannot_deny() -> None:
    """Its effect parameter allows Audit and Disabled alone."""
    with pytest.raises(PolicyError, match="effect"):
        compile_policy(built_in()).evaluate({"type": PREFIX}, {**lists(), "effect": "Deny"})


def test_ours_need_no_parameters_and_the_built_in_needs_six() -> None:
    """Without parameters the built-in cannot be assigned; ours have the hardened defaults."""
    for name in FIELDS:
        with pytest.raises(PolicyError, match=name):
            compile_policy(built_in()).evaluate({"type": PREFIX}, {key: value for key, value in lists().items() if key != name})
    ours = [one.policy for one in load_definitions() if one.kind == "deny"]
    assert {policy.evaluate({"type": "Microsoft.Network/networkSecurityGroups"}).effect for policy in ours} == {None}


def test_the_built_in_is_written_down_as_it_is(corpus: Path) -> None:
    """The rule above is the rule that Azure ships, condition by condition."""
    properties = json.loads((corpus / "policy" / BUILT_IN).read_text(encoding="utf-8"))["properties"]
    ours = built_in()
    assert properties["policyRule"] == ours["policyRule"]
    assert list(properties["parameters"]) == list(ours["parameters"])
    assert {key: properties["parameters"]["effect"][key] for key in ours["parameters"]["effect"]} == ours["parameters"]["effect"]
    assert [name for name in FIELDS if "defaultValue" in properties["parameters"][name]] == []
