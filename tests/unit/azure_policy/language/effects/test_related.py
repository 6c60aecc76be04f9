"""Which related resources an IfNotExists effect looks at, and what follows from them."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

from s2sguard.azure_policy import compile_policy
from s2sguard.azure_policy.language.effects.related import Wanted, matches, place_of
from s2sguard.model.value import Unknown

Json: TypeAlias = Any

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-00000000000a"
GROUP = f"{SUBSCRIPTION}/resourceGroups/Lab"
SERVER = f"{GROUP}/providers/Contoso.Lab/servers/alpha"
ORIGIN = {"id": SERVER, "name": "alpha", "type": "Contoso.Lab/servers", "location": "uksouth"}
CHILD = "Contoso.Lab/servers/rules"
ROLES = ["/providers/Microsoft.Authorization/roleDefinitions/4d97b98b-1d4f-4787-a291-c67834d212e7"]
UNKNOWN = Unknown("after apply")


def resource(type_: str, path: str | None = None, **members: Json) -> dict[str, Json]:
    """Return a related resource with the id `path`, if there is one."""
    return {"type": type_} | ({} if path is None else {"id": path, "name": path.rpartition("/")[2]}) | members


def place(group: str = "Lab", name: str = "one", kind: str = "other", subscription: str = SUBSCRIPTION) -> str:
    """Return the id of a resource of its own."""
    return f"{subscription}/resourceGroups/{group}/providers/Contoso.Lab/{kind}/{name}"


OTHER = "Contoso.Lab/other"
SETTING = "Microsoft.Insights/diagnosticSettings"
MATCHES: list[tuple[Wanted, Json, bool | None]] = [
    # the type
    (Wanted(type=OTHER), resource(OTHER, place()), True),
    (Wanted(type="contoso.LAB/Other"), resource(OTHER, place()), True),
    (Wanted(type=OTHER), resource("Contoso.Lab/others", place()), False),
    (Wanted(type=OTHER), {"properties": {}}, True),
    (Wanted(type=OTHER), {"type": UNKNOWN}, None),
    (Wanted(type=OTHER), {"type": 7}, False),
    # the name
    (Wanted(type=OTHER, name="ONE"), resource(OTHER, place()), True),
    (Wanted(type=OTHER, name="two"), resource(OTHER, place()), False),
    (Wanted(type=OTHER, name=""), resource(OTHER, place()), False),
    (Wanted(type=OTHER, name="one"), {"type": OTHER}, True),
    (Wanted(type=OTHER, name="one"), {"type": OTHER, "name": UNKNOWN}, None),
    (Wanted(type=OTHER, name="one"), {"type": OTHER, "name": ["one"]}, False),
    # the kind
    (Wanted(type=OTHER, kind="v2"), resource(OTHER, place(), kind="V2"), True),
    (Wanted(type=OTHER, kind="v2"), resource(OTHER, place(), kind="v1"), False),
    (Wanted(type=OTHER, kind="v2"), resource(OTHER, place()), False),
    (Wanted(type=OTHER, kind="v2"), resource(OTHER, place(), kind=UNKNOWN), None),
    # the resource group
    (Wanted(type=OTHER), resource(OTHER, place("LAB")), True),
    (Wanted(type=OTHER), resource(OTHER, place("elsewhere")), False),
    (Wanted(type=OTHER, resource_group="ELSEWHERE"), resource(OTHER, place("elsewhere")), True),
    (Wanted(type=OTHER, resource_group="elsewhere"), resource(OTHER, place()), False),
    (Wanted(type=OTHER, subscription_wide=True), resource(OTHER, place("elsewhere")), True),
    (Wanted(type=OTHER, subscription_wide=True), resource(OTHER, place(subscription="/subscriptions/b")), False),
    (Wanted(type=OTHER), {"type": OTHER, "id": UNKNOWN}, None),
    # children: by id, or by name where there is none
    (Wanted(type=CHILD), resource(CHILD, f"{SERVER}/rules/a"), True),
    (Wanted(type=CHILD), resource(CHILD, f"{SERVER.upper()}/RULES/a"), True),
    (Wanted(type=CHILD), resource(CHILD, place(name="beta/rules/a", kind="servers")), False),
    (Wanted(type=CHILD), resource(CHILD, name="alpha/a"), True),
    (Wanted(type=CHILD), resource(CHILD, name="beta/a"), False),
    (Wanted(type=CHILD), resource(CHILD, name="a"), True),
    (Wanted(type=CHILD, resource_group="elsewhere"), resource(CHILD, f"{SERVER}/rules/a"), True),
    (Wanted(type=CHILD, name="a"), resource(CHILD, f"{SERVER}/rules/a"), True),
    (Wanted(type=CHILD, name="alpha/a"), resource(CHILD, f"{SERVER}/rules/a"), True),
    (Wanted(type=CHILD, name="beta/a"), resource(CHILD, f"{SERVER}/rules/a"), False),
    (Wanted(type=CHILD, name="alpha/?"), resource(CHILD, f"{SERVER}/rules/a"), True),
    (Wanted(type=CHILD, name="beta/?"), resource(CHILD, f"{SERVER}/rules/a"), False),
    # extension resources: of this resource, not of one beside it
    (Wanted(type=SETTING), resource(SETTING, f"{SERVER}/providers/{SETTING}/s"), True),
    (Wanted(type=SETTING), resource(SETTING, f"{place()}/providers/{SETTING}/s"), False),
    (Wanted(type=SETTING, subscription_wide=True), resource(SETTING, f"{place()}/providers/{SETTING}/s"), True),
    (
        Wanted(type="Microsoft.Authorization/locks"),
        resource("Microsoft.Authorization/locks", f"{GROUP}/providers/Microsoft.Authorization/locks/l"),
        True,
    ),
]


@pytest.mark.parametrize(("wanted", "related", "answer"), MATCHES)
def test_what_is_asked_for(wanted: Wanted, related: Json, answer: bool | None) -> None:  # noqa: FBT001
    """Type, name, kind and place all have to fit; what is unknown decides nothing."""
    assert answer is matches(ORIGIN, related, wanted)


def test_a_subscription_is_searched_whole() -> None:
    """A resource without a group has none to stay in."""
    pricing = resource("Microsoft.Security/pricings", f"{SUBSCRIPTION}/providers/Microsoft.Security/pricings/vm")
    subscription = {"id": SUBSCRIPTION, "type": "Microsoft.Resources/subscriptions"}
    assert matches(subscription, pricing, Wanted(type="Microsoft.Security/pricings")) is True


PLACES: list[tuple[Json, str, tuple[str, ...], str]] = [
    (SERVER, "lab", ("alpha",), ""),
    (f"{SERVER}/rules/A/", "lab", ("alpha", "a"), ""),
    (f"{SERVER}/providers/{SETTING}/s", "lab", ("s",), SERVER.lower()),
    (SUBSCRIPTION, "", ("00000000-0000-0000-0000-00000000000a",), ""),
    (GROUP, "lab", ("lab",), ""),
    ("/providers/Microsoft.Management/managementGroups/m", "", ("m",), ""),
    (None, "", (), ""),
    (UNKNOWN, "", (), ""),
]


@pytest.mark.parametrize(("path", "group", "names", "extends"), PLACES)
def test_an_id_says_where_a_resource_is(path: Json, group: str, names: tuple[str, ...], extends: str) -> None:
    """Group, name segments, and what an extension resource belongs to, all in lowercase."""
    found = place_of(path)
    assert (group, names, extends) == (found.group, found.names, found.extends)


# -- through the effect --

CONDITION = {"field": f"{CHILD}/state", "equals": "on"}


def evaluate(related: Json, effect: str = "auditIfNotExists", origin: Json = ORIGIN, **details: Json) -> Any:  # noqa: ANN401
    """Evaluate an IfNotExists rule for the server."""
    rule = {"if": {"field": "type", "equals": "Contoso.Lab/servers"}, "then": {"effect": effect, "details": {"type": CHILD, **details}}}
    return compile_policy(rule).evaluate(origin, related=related)


def child(state: Json = "on", name: str = "a") -> dict[str, Json]:
    """Return a rule of the server."""
    return resource(CHILD, f"{SERVER}/rules/{name}", properties={"state": state})


EXISTENCE: list[tuple[Json, str | None, str]] = [
    (None, "auditIfNotExists", "not supplied"),
    ([], "auditIfNotExists", "not found"),
    ([child("off")], "auditIfNotExists", "not found"),
    ([child("off"), child("on", "b")], None, "found"),
    ([resource(OTHER, place(), properties={"state": "on"})], "auditIfNotExists", "not found"),
]


@pytest.mark.parametrize(("related", "effect", "existence"), EXISTENCE)
def test_one_related_resource_that_meets_the_condition_is_enough(related: Json, effect: str | None, existence: str) -> None:
    """Nothing supplied counts as none, and the details say so."""
    found = evaluate(related, existenceCondition=CONDITION)
    assert (effect, existence) == (found.effect, found.details["existence"])


def test_without_a_condition_any_related_resource_is_enough() -> None:
    """Its mere existence satisfies the effect."""
    assert evaluate([child("off")]).effect is None


def test_the_outcome_names_the_candidates() -> None:
    """Each with what the existenceCondition gave for it."""
    found = evaluate([child("off"), child("also off", "b")], existenceCondition=CONDITION).details
    assert [("a", False), ("b", False)] == [(one["name"], one["existenceCondition"]) for one in found["candidates"]]
    assert found["type"] == CHILD


def test_the_condition_looks_at_the_related_resource_and_field_at_the_first() -> None:
    """`field` keys see the candidate, the function field() the resource of the `if` block."""
    condition = {"field": "location", "equals": "[field('location')]"}
    assert evaluate([{**child(), "location": "UK South"}], existenceCondition=condition).effect is None
    assert evaluate([{**child(), "location": "westeurope"}], existenceCondition=condition).effect == "auditIfNotExists"


DOUBTS: list[tuple[list[Json], str | None]] = [
    ([child(UNKNOWN)], "unknown"),
    ([child(UNKNOWN), child("on", "b")], None),
    ([child(UNKNOWN), child("off", "b")], "unknown"),
    ([{**child("on"), "type": UNKNOWN}], "unknown"),
    ([{**child("off"), "type": UNKNOWN}], "auditIfNotExists"),
]


@pytest.mark.parametrize(("related", "effect"), DOUBTS)
def test_what_is_not_known_is_no_evidence(related: list[Json], effect: str | None) -> None:
    """Only a resource that certainly meets the condition satisfies it, only ones that certainly do not leave it unmet."""
    assert effect == evaluate(related, existenceCondition=CONDITION).effect


def test_a_condition_that_fails_is_an_error_unless_another_resource_is_enough() -> None:
    """Neither is a failure taken for a missing resource."""
    condition = {"field": f"{CHILD}/state", "greater": 5}
    assert evaluate([child("text")], existenceCondition=condition).effect == "error"
    assert evaluate([child("text"), child(7, "b")], existenceCondition=condition).effect is None


@pytest.mark.parametrize("name", ["[field('name')]", "[field('fullName')]"])
def test_a_resource_can_be_related_to_itself(name: str) -> None:
    """With its own type and name the evaluated resource is the one that is looked at."""
    details: dict[str, Json] = {
        "type": "Contoso.Lab/servers",
        "name": name,
        "existenceCondition": {"field": "location", "equals": "uksouth"},
    }
    assert evaluate(None, **details).effect is None
    assert evaluate(None, origin={**ORIGIN, "location": "westeurope"}, **details).effect == "auditIfNotExists"
    assert evaluate(None, **{**details, "name": "beta"}).effect == "auditIfNotExists"


def test_names_are_computed_from_the_evaluated_resource() -> None:
    """As in `[concat(field('name'), '/?')]`."""
    assert evaluate([child()], name="[concat(field('name'), '/?')]").effect is None
    assert evaluate([child()], name="[concat('x', field('name'), '/?')]").effect == "auditIfNotExists"
    assert evaluate([child()], name="[length(field('name'))]").effect == "error"


DEPLOYMENT: dict[str, Any] = {
    "location": "[deployment().location]",
    "properties": {
        "mode": "incremental",
        "template": {"parameters": {"name": {"type": "string"}}, "resources": [{"name": "[parameters('name')]"}]},
        "parameters": {"name": {"value": "[field('fullName')]"}, "all": {"value": ["[field('location')]", 1]}},
    },
}


def test_a_deployment_has_its_parameters_evaluated_and_its_template_untouched() -> None:
    """Functions in the template belong to the template ("All functions inside the deployment property")."""
    found = evaluate([], "deployIfNotExists", roleDefinitionIds=ROLES, deployment=DEPLOYMENT, existenceCondition=CONDITION)
    assert found.effect == "deployIfNotExists"
    assert ROLES == found.details["roleDefinitionIds"]
    expected = {**DEPLOYMENT["properties"], "parameters": {"name": {"value": "alpha"}, "all": {"value": ["uksouth", 1]}}}
    assert {"location": "[deployment().location]", "properties": expected} == found.details["deployment"]


def test_a_related_resource_stops_the_deployment() -> None:
    """Nothing is deployed, and its parameters are not even evaluated."""
    broken = {"properties": {**DEPLOYMENT["properties"], "parameters": {"name": {"value": "[substring('', 9)]"}}}}
    details: dict[str, Json] = {"roleDefinitionIds": ROLES, "deployment": broken, "existenceCondition": CONDITION}
    assert evaluate([child()], "deployIfNotExists", **details).effect is None
    assert evaluate([], "deployIfNotExists", **details).effect == "error"


@pytest.mark.parametrize("related", [[{"type": CHILD, "id": 7, "name": {}}], [{}], [{"id": "/"}, {"id": "//providers/"}], [{"id": ""}]])
def test_related_resources_of_any_shape_give_a_result(related: Json) -> None:
    """Whatever is in the objects that a caller hands over, nothing is raised."""
    assert evaluate(related, existenceCondition=CONDITION).effect == "auditIfNotExists"
