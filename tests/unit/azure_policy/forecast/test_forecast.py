"""What Azure Policy would say to an inventory: states, what exists already, scopes, and what a rule is about."""

from __future__ import annotations

from typing import Any

import pytest

from s2sguard.azure_policy import compile_policy
from s2sguard.azure_policy.assignment.layering import Step
from s2sguard.azure_policy.forecast.forecast import Forecast, Rules, forecast, types_of
from s2sguard.model.inventory import Inventory, Resource, Source
from s2sguard.model.value import Unknown

CONNECTION = "Microsoft.Network/connections"
MODE = f"{CONNECTION}/connectionMode"
IS_CONNECTION = {"field": "type", "equals": CONNECTION}
NETWORK = "/subscriptions/s/resourceGroups/{}/providers/Microsoft.Network/connections/{}"
BAD = {"allOf": [IS_CONNECTION, {"field": MODE, "notEquals": "InitiatorOnly"}]}


def resource(name: str, mode: object = "Default", group: str = "g", **changes: Any) -> Resource:
    """Return a connection in a mode."""
    usual: dict[str, Any] = {
        "id": NETWORK.format(group, name),
        "type": CONNECTION,
        "name": name,
        "properties": {"connectionMode": mode},
        "tags": {},
        "source": Source(file="a.json"),
    }
    return Resource(**usual | changes)


def step(condition: object = BAD, effect: object = "deny", name: str = "rule", **then: object) -> Step:
    """Return one rule ready to judge."""
    policy = compile_policy({"if": condition, "then": {"effect": effect, **then}})
    return Step(reference_id=name, policy=policy, parameters={}, context=None)


def judge(*resources: Resource, rules: Rules | None = None, base: Inventory | None = None) -> Forecast:
    """Return what a deny, or the given rules, say."""
    return forecast(rules or Rules([step()]), Inventory(resources), base)


def states(found: Forecast) -> list[str]:
    """Return the state of each resource."""
    return [judged.state for judged in found.judged]


@pytest.mark.parametrize(("effect", "expected"), [("deny", "denied"), ("audit", "flagged"), ("disabled", "clean"), ("denyAction", "clean")])
def test_effects_become_states(effect: str, expected: str) -> None:
    """A deny denies, an audit flags; what is switched off or about deletions does not stand in the way of a deployment."""
    then: dict[str, Any] = {"details": {"actionNames": ["delete"]}} if effect == "denyAction" else {}
    assert [expected] == states(judge(resource("a"), rules=Rules([step(effect=effect, **then)])))


def test_a_good_resource_is_clean() -> None:
    """Where no rule matches, nothing is said."""
    found = judge(resource("a", "InitiatorOnly"))
    assert (["clean"], ()) == (states(found), found.judged[0].outcomes)


def test_an_unknown_value_is_unknown_and_never_clean() -> None:
    """What the rule has to look at and the input does not hold leaves the answer open."""
    assert ["unknown"] == states(judge(resource("a", Unknown("known only after apply"))))


def test_a_rule_that_fails_is_an_error_of_its_own() -> None:
    """Azure denies a request whose evaluation fails, whatever the effect is (facts 5.5)."""
    failing = {"allOf": [IS_CONNECTION, {"value": "[substring('x', 5)]", "equals": "y"}]}
    assert ["error"] == states(judge(resource("a"), rules=Rules([step(failing, "audit")])))


def test_the_worst_outcome_comes_first() -> None:
    """A resource is in the state of its worst outcome, and that outcome is told first."""
    rules = Rules([step(effect="audit", name="mild"), step(effect="deny", name="hard")])
    judged = judge(resource("a"), rules=rules).judged[0]
    assert ("denied", ["hard", "mild"]) == (judged.state, [outcome.reference_id for outcome in judged.outcomes])


def test_manual_rules_are_listed_apart_even_where_unknown() -> None:
    """A manual rule waits for an attestation; that it is unknown whether it applies does not leave the deployment open."""
    rules = Rules([step(effect="manual", name="attested", details={"defaultState": "Unknown"})])
    for mode in ("Default", Unknown("known only after apply")):
        judged = judge(resource("a", mode), rules=rules).judged[0]
        assert ("clean", ("attested",)) == (judged.state, judged.manual)


def test_what_exists_and_stays_is_flagged_and_not_denied() -> None:
    """A deny never blocks what exists (facts 5.6): only what is new or changed is denied."""
    before = Inventory([resource("same"), resource("other", "ResponderOnly")])
    found = judge(resource("same"), resource("other"), resource("fresh"), base=before)
    assert ["unchanged", "changed", "new"] == [judged.standing for judged in found.judged]
    assert ["flagged", "denied", "denied"] == states(found)


def test_without_what_is_deployed_only_planned_resources_are_known_to_be_new() -> None:
    """An input that does not tell what exists is judged as requests."""
    found = judge(resource("a"), resource("b", id="terraform:b"))
    assert [("given", "denied"), ("new", "denied")] == [(judged.standing, judged.state) for judged in found.judged]


def test_what_the_input_only_refers_to_is_not_judged() -> None:
    """A Terraform data source deploys nothing."""
    found = judge(resource("a", existing=True), resource("b"))
    assert (1, 1) == (len(found.judged), found.others)


def test_resources_no_rule_is_about_are_counted_and_not_called_clean() -> None:
    """Of a resource that no rule can match nothing is said."""
    found = judge(resource("a", type="Microsoft.Network/publicIPAddresses"))
    assert ((), 1) == (found.judged, found.others)


@pytest.mark.parametrize(
    ("name", "group", "planned", "expected"),
    [
        ("a", "g", False, ["denied"]),
        ("a", "G", False, ["denied"]),
        ("a", "g2", False, []),
        ("a", "g", True, ["denied"]),
        ("a", "elsewhere", True, []),
    ],
)
def test_an_assignment_judges_what_is_in_its_scope(name: str, group: str, planned: bool, expected: list[str]) -> None:  # noqa: FBT001
    """Scopes ignore case and end at a slash; a planned resource is placed by its resource group."""
    rules = Rules([], [("/subscriptions/S/resourceGroups/g", [step()])])
    where = {"id": f"terraform:{name}", "resource_group": group} if planned else {}
    assert expected == states(judge(resource(name, group=group, **where), rules=rules))


def test_related_resources_are_those_of_the_inventory() -> None:
    """An ...IfNotExists effect finds what the same input deploys."""
    details = {"type": "Microsoft.Network/localNetworkGateways", "name": "site"}
    rules = Rules([step(IS_CONNECTION, "auditIfNotExists", details=details)])
    site = resource(
        "site",
        type="Microsoft.Network/localNetworkGateways",
        id=NETWORK.format("g", "x").replace("connections/x", "localNetworkGateways/site"),
    )
    assert ["flagged"] == states(judge(resource("a"), rules=rules))
    assert ["clean"] == states(judge(resource("a"), site, rules=rules))


OTHER = {"field": "type", "equals": "Contoso/other"}
ANY = {"field": "location", "equals": "x"}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (IS_CONNECTION, {CONNECTION.lower()}),
        ({"FIELD": "Type", "EQUALS": CONNECTION}, {CONNECTION.lower()}),
        ({"field": "type", "in": ["Contoso/a", "Contoso/b"]}, {"contoso/a", "contoso/b"}),
        ({"field": "type", "equals": "[parameters('t')]"}, None),
        ({"field": "type", "in": "[parameters('t')]"}, None),
        ({"field": "type", "like": "Contoso/*"}, None),
        ({"not": IS_CONNECTION}, None),
        ({"allOf": [IS_CONNECTION, ANY]}, {CONNECTION.lower()}),
        ({"allOf": [IS_CONNECTION, OTHER]}, set()),
        ({"allOf": []}, None),
        ({"anyOf": [IS_CONNECTION, OTHER]}, {CONNECTION.lower(), "contoso/other"}),
        ({"anyOf": [IS_CONNECTION, ANY]}, None),
        ({"anyOf": []}, set()),
        ("nonsense", None),
    ],
)
def test_a_rule_is_about_the_types_it_can_match(condition: object, expected: set[str] | None) -> None:
    """Only types that a rule certainly asks for narrow down what it is evaluated on."""
    assert types_of(condition) == (None if expected is None else frozenset(expected))
