"""The shapes of a definition, and what is checked besides its rule (definition-structure-basics)."""

from __future__ import annotations

from typing import Any

import pytest

from s2sguard.azure_policy import PolicyError, compile_policy

RULE: dict[str, Any] = {"if": {"field": "name", "equals": "a"}, "then": {"effect": "deny"}}


@pytest.mark.parametrize(
    ("document", "mode"),
    [
        (RULE, "All"),
        ({"If": RULE["if"], "THEN": {"Effect": "DENY"}}, "All"),
        ({"policyRule": RULE}, "Indexed"),
        ({"policyRule": RULE, "mode": None}, "Indexed"),
        ({"policyRule": RULE, "mode": "all"}, "All"),
        ({"PolicyRule": RULE, "Mode": "INDEXED"}, "Indexed"),
        ({"properties": {"policyRule": RULE, "mode": "microsoft.keyvault.data"}, "name": "x"}, "Microsoft.KeyVault.Data"),
        ({"Properties": {"policyRule": RULE, "mode": "Microsoft.Future.Data"}}, "Microsoft.Future.Data"),
    ],
)
def test_shapes_and_modes(document: dict[str, Any], mode: str) -> None:
    """A file, its properties and a bare rule compile, with names in any casing."""
    policy = compile_policy(document)
    assert (mode, ("deny",), "deny") == (policy.mode, policy.effects, policy.evaluate({"name": "A"}).effect)


@pytest.mark.parametrize(
    ("document", "pointers"),
    [
        ([], [""]),
        ("x", [""]),
        (None, [""]),
        ({}, [""]),
        ({"properties": {}}, [""]),
        ({"properties": {"policyRule": []}}, ["/properties/policyRule"]),
        ({"policyRule": {}}, ["/policyRule", "/policyRule"]),
        ({"if": RULE["if"]}, [""]),
        ({"then": RULE["then"]}, [""]),
        ({"if": RULE["if"], "then": []}, ["/then"]),
        (
            {"Properties": {"PolicyRule": {"If": {"x": 1}, "then": RULE["then"]}}},
            ["/Properties/PolicyRule/If/x", *["/Properties/PolicyRule/If"] * 2],
        ),
        ({"policyRule": RULE | {"else": {}}}, ["/policyRule/else"]),
        (RULE | {"else": {}, "mode": "All"}, ["/else", "/mode"]),
        ({"policyRule": RULE, "mode": "Some"}, ["/mode"]),
        ({"policyRule": RULE, "mode": 5}, ["/mode"]),
        ({"policyRule": RULE, "displayName": "x" * 129}, ["/displayName"]),
        ({"policyRule": RULE, "displayName": 5}, ["/displayName"]),
        ({"policyRule": RULE, "description": "x" * 513}, ["/description"]),
        ({"policyRule": RULE, "metadata": []}, ["/metadata"]),
        ({"policyRule": RULE, "metadata": {"a/b": "x" * 1025}}, ["/metadata/a~1b"]),
        ({"policyRule": RULE, "parameters": {f"p{n}": {"type": "String"} for n in range(21)}}, ["/parameters"]),
        ({"policyRule": RULE, "parameters": {"a": {"type": "String"}, "A": {"type": "String"}}}, ["/parameters/A"]),
        ({"policyRule": RULE, "parameters": {"a": []}}, ["/parameters/a"]),
    ],
)
def test_definitions_that_cannot_be(document: Any, pointers: list[str]) -> None:  # noqa: ANN401
    """Each problem has the pointer of its place, in the casing of the document."""
    with pytest.raises(PolicyError) as caught:
        compile_policy(document)
    assert pointers == [problem.pointer for problem in caught.value.problems]


def test_what_comes_with_azure_may_be_larger() -> None:
    """The limits of texts and parameters hold for custom definitions, not for built-in ones."""
    large = {
        "policyRule": RULE,
        "displayName": "x" * 200,
        "description": "x" * 900,
        "metadata": {"note": "x" * 2000},
        "parameters": {f"p{n}": {"type": "String"} for n in range(30)},
    }
    assert compile_policy(large | {"policyType": "BuiltIn"}).display_name == "x" * 200
    with pytest.raises(PolicyError) as caught:
        compile_policy(large | {"policyType": "Custom"})
    assert len(caught.value.problems) == 4


def test_what_a_policy_tells() -> None:
    """A compiled policy tells its parameters and texts."""
    policy = compile_policy(
        {
            "properties": {
                "displayName": "Name",
                "policyRule": {"if": RULE["if"], "then": {"effect": "[parameters('Effect')]"}},
                "parameters": {"Effect": {"type": "String", "allowedValues": ["Audit", "Deny", "Disabled"], "defaultValue": "Audit"}},
            }
        }
    )
    assert ("Name", ["effect"], ("audit", "deny", "disabled"), ()) == (
        policy.display_name,
        list(policy.parameters),
        policy.effects,
        policy.warnings,
    )
    assert (False, "Effect", "Audit") == (
        policy.parameters["effect"].required,
        policy.parameters["effect"].name,
        policy.parameters["effect"].default,
    )
