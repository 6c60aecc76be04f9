"""The `then` block: which structures are refused, and what each effect says it would do."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

from s2sguard.azure_policy import PolicyError, compile_policy
from s2sguard.azure_policy.language.effects import apply_changes
from s2sguard.azure_policy.language.outcome import EFFECTS, LEGACY_EFFECTS, UNKNOWN
from s2sguard.model.value import Unknown

Json: TypeAlias = Any

LINK = "Contoso.Lab/links"
ROLES = ["/providers/Microsoft.Authorization/roleDefinitions/4d97b98b-1d4f-4787-a291-c67834d212e7"]
GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/lab"
RESOURCE: dict[str, Any] = {
    "id": f"{GROUP}/providers/Contoso.Lab/links/one",
    "name": "one",
    "type": LINK,
    "location": "uksouth",
    "tags": {"Stage": "live"},
    "properties": {"mode": "Default", "ranges": ["10.0.0.0/8"], "probe": {"port": 80}},
}
SAMPLE_DETAILS: dict[str, Json] = {
    "addToNetworkGroup": {"networkGroupId": "/subscriptions/1/groups/g"},
    "append": [{"field": f"{LINK}/owner", "value": "net"}],
    "auditIfNotExists": {"type": f"{LINK}/locks"},
    "denyAction": {"actionNames": ["delete"]},
    "deployIfNotExists": {
        "type": f"{LINK}/locks",
        "roleDefinitionIds": ROLES,
        "deployment": {"properties": {"mode": "incremental", "template": {"resources": []}}},
    },
    "auditAction": {"actionNames": ["delete"]},
    "enforceOPAConstraint": {"constraint": "https://contoso.example/c", "values": {"r": "[field('name')]"}},
    "enforceRegoPolicy": {"policy": "https://contoso.example/p"},
    "enforceSetting": {"setting": {"name": "logFilter", "value": {"filters": []}}},
    "modify": {"roleDefinitionIds": ROLES, "operations": [{"operation": "addOrReplace", "field": "tags['a']", "value": "b"}]},
    "mutate": {"mutationInfo": {"sourceType": "Base64Encoded", "content": "YQ=="}},
}


def then_of(effect: Json, details: Json = None) -> dict[str, Json]:
    """Return a `then` block; without details where there are none."""
    return {"effect": effect} if details is None else {"effect": effect, "details": details}


def evaluate(then: Json, resource: Json = RESOURCE, aliases: Json = None, **call: Any) -> Any:  # noqa: ANN401
    """Evaluate a rule that matches every link."""
    return compile_policy({"if": {"field": "type", "equals": LINK}, "then": then}, aliases).evaluate(resource, **call)


def problems(then: Json, aliases: Json = None, parameters: Json = None) -> list[tuple[str, str]]:
    """Return pointer and message of everything that is wrong with a `then` block."""
    rule = {"if": {"field": "type", "equals": LINK}, "then": then}
    document = {"properties": {"policyRule": rule, "parameters": parameters}} if parameters is not None else rule
    with pytest.raises(PolicyError) as caught:
        compile_policy(document, aliases)
    return [(problem.pointer, problem.message) for problem in caught.value.problems]


@pytest.mark.parametrize("effect", [*EFFECTS, *LEGACY_EFFECTS])
@pytest.mark.parametrize("casing", [str, str.upper, str.lower])
def test_every_effect_is_known_in_any_casing(effect: str, casing: Any) -> None:  # noqa: ANN401
    """The outcome has the casing of the documentation."""
    assert evaluate(then_of(casing(effect), SAMPLE_DETAILS.get(effect))).effect == effect


@pytest.mark.parametrize("effect", EFFECTS)
def test_an_effect_does_not_happen_to_what_the_rule_leaves_out(effect: str) -> None:
    """Another type: no effect and no details."""
    found = evaluate(then_of(effect, SAMPLE_DETAILS.get(effect)), {**RESOURCE, "type": "Contoso.Lab/other"})
    assert (None, {}) == (found.effect, found.details)


REFUSED: list[tuple[Json, str, str]] = [
    ("deny", "/then", "an object"),
    ({}, "/then", "`effect` is missing"),
    (then_of(7), "/then/effect", "an effect is a string"),
    (then_of(None), "/then/effect", "an effect is a string"),
    (then_of("denny"), "/then/effect", "there is no effect `denny`"),
    (then_of("[[parameters('effect')]"), "/then/effect", "there is no effect"),
    (then_of("EnforceOPAConstraint"), "/then", "`details` is missing"),
    ({"effect": "deny", "detials": {}}, "/then/detials", "means nothing here"),
    (then_of("append"), "/then", "`details` is missing"),
    (then_of("append", {}), "/then/details", "is an array of objects"),
    (then_of("append", []), "/then/details", "is an array of objects"),
    (then_of("append", ["x"]), "/then/details/0", "is an array of objects"),
    (then_of("append", [{"field": "tags.a"}]), "/then/details/0", "`value` is missing"),
    (then_of("append", [{"field": "name", "value": "x"}]), "/then/details/0/field", "cannot be changed"),
    (then_of("append", [{"field": 7, "value": "x"}]), "/then/details/0/field", "`field` is a string"),
    (then_of("modify"), "/then", "`details` is missing"),
    (then_of("modify", []), "/then/details", "is an object"),
    (then_of("modify", {"roleDefinitionIds": ROLES}), "/then/details", "`operations` is missing"),
    (then_of("modify", {"roleDefinitionIds": ROLES, "operations": []}), "/then/details/operations", "is empty"),
    (then_of("modify", {"roleDefinitionIds": ROLES, "operations": {}}), "/then/details/operations", "is an array of objects"),
    (
        then_of("modify", {**SAMPLE_DETAILS["modify"], "roleDefinitionIds": "x"}),
        "/then/details/roleDefinitionIds",
        "is an array of role ids",
    ),
    (then_of("modify", {**SAMPLE_DETAILS["modify"], "conflictEffect": "modify"}), "/then/details/conflictEffect", "cannot be `modify`"),
    (then_of("modify", {**SAMPLE_DETAILS["modify"], "conflictEfect": "deny"}), "/then/details/conflictEfect", "means nothing here"),
    (then_of("auditIfNotExists"), "/then", "`details` is missing"),
    (then_of("auditIfNotExists", {"name": "x"}), "/then/details", "`type` is missing"),
    (then_of("auditIfNotExists", {"type": 5}), "/then/details/type", "`type` is a string"),
    (then_of("auditIfNotExists", {"type": "a/b", "existenceScope": "tenant"}), "/then/details/existenceScope", "cannot be `tenant`"),
    (then_of("auditIfNotExists", {"type": "a/b", "evaluationDelay": "PT7H"}), "/then/details/evaluationDelay", "is not a delay"),
    (then_of("auditIfNotExists", {"type": "a/b", "evaluationDelay": "soon"}), "/then/details/evaluationDelay", "is not a delay"),
    (then_of("auditIfNotExists", {"type": "a/b", "existanceCondition": {}}), "/then/details/existanceCondition", "means nothing here"),
    (then_of("auditIfNotExists", {"type": "a/b", "existenceCondition": {"field": "kind"}}), "/then/details/existenceCondition", ""),
    (then_of("denyAction"), "/then", "`details` is missing"),
    (then_of("denyAction", {}), "/then/details", "`actionNames` is missing"),
    (then_of("denyAction", {"actionNames": ["write"]}), "/then/details/actionNames", "is `delete`"),
    (then_of("denyAction", {"actionNames": "delete"}), "/then/details/actionNames", "an array of actions"),
    (
        then_of("denyAction", {"actionNames": ["delete"], "cascadeBehaviors": {"resourceGroup": "audit"}}),
        "/then/details/cascadeBehaviors/resourceGroup",
        "cannot be `audit`",
    ),
    (then_of("manual", {"defaultState": "Fine"}), "/then/details/defaultState", "cannot be `Fine`"),
    (then_of("mutate"), "/then", "`details` is missing"),
    (then_of("mutate", {"mutationInfo": {"sourceType": "File"}}), "/then/details/mutationInfo/sourceType", "cannot be `File`"),
    (then_of("addToNetworkGroup", {}), "/then/details", "`networkGroupId` is missing"),
]


@pytest.mark.parametrize(("then", "pointer", "message"), REFUSED)
def test_a_wrong_structure_is_a_problem_where_it_is(then: Json, pointer: str, message: str) -> None:
    """The pointer leads to the member, or to the object that lacks it."""
    assert any(found.startswith(pointer) and message in text for found, text in problems(then)), problems(then)


@pytest.mark.parametrize(
    ("then", "message"),
    [
        (then_of("modify", {"operations": SAMPLE_DETAILS["modify"]["operations"]}), "`roleDefinitionIds` is missing"),
        (then_of("deployIfNotExists", {"type": "a/b", "deployment": {}}), "`roleDefinitionIds` is missing"),
        (then_of("deployIfNotExists", {"type": "a/b", "roleDefinitionIds": ROLES}), "`deployment` is missing"),
    ],
)
def test_what_only_the_deployment_needs_is_a_warning(then: Json, message: str) -> None:
    """Azure refuses a definition without roles or template; what it would decide can be said all the same."""
    policy = compile_policy({"if": {"field": "type", "equals": LINK}, "then": then})
    assert [("/then/details", f"{message}: Azure refuses the definition")] == [
        (warning.pointer, warning.message)
        for warning in policy.warnings
        if "missing" in warning.message and warning.pointer == "/then/details"
    ]


def test_an_effect_that_is_misspelt_gets_a_hint() -> None:
    """The close match is named."""
    with pytest.raises(PolicyError) as caught:
        compile_policy({"if": {"field": "type", "equals": LINK}, "then": {"effect": "audititnotexists"}})
    assert "auditIfNotExists" in caught.value.problems[0].hint


# -- the effect as a parameter --


def declared(*allowed: str) -> dict[str, Json]:
    """Return the declaration of a parameter `effect`."""
    return {"effect": {"type": "String", "allowedValues": list(allowed), "defaultValue": allowed[0]}}


INTERCHANGEABLE: list[tuple[tuple[str, ...], Json]] = [
    (("Audit", "Deny", "Disabled"), None),
    (("Modify", "Deny", "Audit", "Disabled"), SAMPLE_DETAILS["modify"]),
    (("Append", "Deny", "Audit", "Disabled"), SAMPLE_DETAILS["append"]),
    (("AuditIfNotExists", "DeployIfNotExists", "Disabled"), SAMPLE_DETAILS["deployIfNotExists"]),
    (("Manual", "Disabled"), None),
    (("DenyAction", "Disabled"), SAMPLE_DETAILS["denyAction"]),
]


@pytest.mark.parametrize(("allowed", "details"), INTERCHANGEABLE)
def test_each_allowed_effect_can_be_chosen(allowed: tuple[str, ...], details: Json) -> None:
    """The parameter decides; the definition says which effects are possible."""
    rule = {"if": {"field": "type", "equals": LINK}, "then": then_of("[parameters('effect')]", details)}
    policy = compile_policy({"properties": {"mode": "All", "policyRule": rule, "parameters": declared(*allowed)}})
    assert [name.lower() for name in allowed] == [name.lower() for name in policy.effects]
    for name in allowed:
        assert policy.evaluate(RESOURCE, {"effect": name}).effect == next(one for one in EFFECTS if one.lower() == name.lower())


NOT_INTERCHANGEABLE = [
    ("Manual", "Audit"),
    ("Modify", "Append"),
    ("Audit", "AuditIfNotExists"),
    ("DenyAction", "Deny"),
    ("Modify", "DeployIfNotExists"),
]


@pytest.mark.parametrize("allowed", NOT_INTERCHANGEABLE)
def test_effects_that_need_other_details_cannot_be_offered_together(allowed: tuple[str, ...]) -> None:
    """Azure's guidance on interchanging effects, as a problem of the definition."""
    found = problems(then_of("[parameters('effect')]", SAMPLE_DETAILS["modify"]), parameters=declared(*allowed))
    assert any(pointer.endswith("/then/effect") and "cannot be offered" in message for pointer, message in found)


def test_an_allowed_value_that_is_no_effect_is_a_problem() -> None:
    """`Denied` is not an effect, wherever it stands."""
    found = problems(then_of("[parameters('effect')]"), parameters=declared("Audit", "Denied"))
    assert any("Denied" in message for _, message in found)


OPEN: list[tuple[Json, str, str | None]] = [
    (None, "deny", "deny"),
    (None, "Disabled", "disabled"),
    (None, "manual", "manual"),
    (None, "nonsense", "error"),
    (None, "modify", "error"),
    (SAMPLE_DETAILS["modify"], "modify", "modify"),
    (SAMPLE_DETAILS["modify"], "audit", "audit"),
    (SAMPLE_DETAILS["modify"], "append", "error"),
    (SAMPLE_DETAILS["append"], "append", "append"),
    (SAMPLE_DETAILS["auditIfNotExists"], "auditIfNotExists", "auditIfNotExists"),
    (SAMPLE_DETAILS["auditIfNotExists"], "deployIfNotExists", "error"),
    (SAMPLE_DETAILS["deployIfNotExists"], "deployIfNotExists", "deployIfNotExists"),
    (SAMPLE_DETAILS["deployIfNotExists"], "auditIfNotExists", "auditIfNotExists"),
    (SAMPLE_DETAILS["denyAction"], "denyAction", "denyAction"),
]


@pytest.mark.parametrize(("details", "given", "effect"), OPEN)
def test_an_open_effect_is_checked_when_it_is_known(details: Json, given: str, effect: str) -> None:
    """A bare rule takes any effect that its details fit; another one fails the evaluation."""
    assert effect == evaluate(then_of("[parameters('effect')]", details), parameters={"effect": given}).effect


def test_an_effect_can_be_any_expression() -> None:
    """The literals in it say what is possible."""
    effect = "[if(equals(field('location'), 'uksouth'), 'Deny', 'Audit')]"
    policy = compile_policy({"if": {"field": "type", "equals": LINK}, "then": then_of(effect)})
    assert {"deny", "audit"} == set(policy.effects)
    assert ["deny", "audit"] == [policy.evaluate({**RESOURCE, "location": place}).effect for place in ("UK South", "westeurope")]


def test_an_unknown_effect_is_an_unknown_outcome() -> None:
    """A parameter that is not known is never compliant."""
    assert UNKNOWN == evaluate(then_of("[parameters('effect')]"), parameters={"effect": Unknown("after apply")}).effect


# -- append --


def test_append_returns_its_fields_with_their_values() -> None:
    """Expressions in field and value are evaluated."""
    details = [{"field": "[concat('tags[', 'owner', ']')]", "value": "[field('location')]"}]
    found = evaluate(then_of("append", details))
    assert {"fields": [{"field": "tags[owner]", "value": "uksouth"}]} == found.details


APPENDED: list[tuple[str, Json, Json]] = [
    ("tags.owner", "net", ("tags", {"Stage": "live", "owner": "net"})),
    (f"{LINK}/owner", "net", ("properties", {**RESOURCE["properties"], "owner": "net"})),
    (f"{LINK}/a.b.c", 1, ("properties", {**RESOURCE["properties"], "a": {"b": {"c": 1}}})),
    (f"{LINK}/ranges[*]", "10.9.0.0/16", ("properties", {**RESOURCE["properties"], "ranges": ["10.0.0.0/8", "10.9.0.0/16"]})),
    (f"{LINK}/other[*]", 1, ("properties", {**RESOURCE["properties"], "other": [1]})),
    (f"{LINK}/MODE", "Default", ("properties", RESOURCE["properties"])),
    ("identity.type", "SystemAssigned", ("identity", {"type": "SystemAssigned"})),
]


@pytest.mark.parametrize(("field", "value", "changed"), APPENDED)
def test_append_adds_what_is_missing(field: str, value: Json, changed: tuple[str, Json]) -> None:
    """Objects and arrays around it are made, the rest is left as it is, and the resource given is not touched."""
    before = repr(RESOURCE)
    found = evaluate(then_of("append", [{"field": field, "value": value}]))
    after = apply_changes(RESOURCE, found.details)
    assert ("append", {**RESOURCE, changed[0]: changed[1]}) == (found.effect, dict(after))
    assert before == repr(RESOURCE)


@pytest.mark.parametrize(("field", "value"), [("tags['stage']", "test"), (f"{LINK}/ranges", ["10.1.0.0/16"]), (f"{LINK}/probe.port", 81)])
def test_append_never_overrides(field: str, value: Json) -> None:
    """Another value in the request makes append act as deny: the details say so, and nothing is changed."""
    found = evaluate(then_of("append", [{"field": field, "value": value}]))
    assert ("append", "deny", [field]) == (
        found.effect,
        found.details["conflictEffect"],
        [one["field"] for one in found.details["conflicts"]],
    )
    assert RESOURCE == apply_changes(RESOURCE, found.details)


# -- modify --


def modify(*operations: Json, **details: Json) -> Json:
    """Return a `then` block with these operations."""
    return then_of("modify", {"roleDefinitionIds": ROLES, "operations": list(operations), **details})


def test_modify_returns_operations_with_their_values() -> None:
    """Operations in the documentation's casing, conflictEffect deny where it is left out, the roles."""
    found = evaluate(modify({"operation": "ADDORREPLACE", "field": "tags['at']", "value": "[field('location')]"}))
    assert found.effect == "modify"
    assert found.details == {
        "operations": [{"operation": "addOrReplace", "field": "tags['at']", "value": "uksouth"}],
        "conflictEffect": "deny",
        "roleDefinitionIds": ROLES,
    }


CHANGED: list[tuple[Json, str, Json]] = [
    ({"operation": "addOrReplace", "field": "tags['stage']", "value": "x"}, "tags", {"Stage": "x"}),
    ({"operation": "add", "field": "tags.new", "value": "x"}, "tags", {"Stage": "live", "new": "x"}),
    ({"operation": "Remove", "field": "tags['STAGE']"}, "tags", {}),
    ({"operation": "remove", "field": "tags.none"}, "tags", RESOURCE["tags"]),
    ({"operation": "addOrReplace", "field": f"{LINK}/mode", "value": "Only"}, "properties", {**RESOURCE["properties"], "mode": "Only"}),
    ({"operation": "addOrReplace", "field": f"{LINK}/new", "value": 1}, "properties", {**RESOURCE["properties"], "new": 1}),
    (
        {"operation": "addOrReplace", "field": f"{LINK}/probe.port", "value": 1},
        "properties",
        {**RESOURCE["properties"], "probe": {"port": 1}},
    ),
    ({"operation": "addOrReplace", "field": f"{LINK}/gone.port", "value": 1}, "properties", RESOURCE["properties"]),
    (
        {"operation": "add", "field": f"{LINK}/ranges[*]", "value": "x"},
        "properties",
        {**RESOURCE["properties"], "ranges": ["10.0.0.0/8", "x"]},
    ),
]


@pytest.mark.parametrize(("operation", "part", "after"), CHANGED)
def test_modify_changes_the_request(operation: Json, part: str, after: Json) -> None:
    """A nested property whose parent is not in the request is left alone ("Property not present")."""
    found = evaluate(modify(operation))
    assert after == apply_changes(RESOURCE, found.details)[part]


TAGS: list[tuple[str, str]] = [
    ("tags.cost.center", "cost.center"),
    ("tags[cost center]", "cost center"),
    ("tags['cost-center']", "cost-center"),
    ("tags['it''s']", "it's"),
    ("tags['''x''']", "'x'"),
    ("TAGS['a']", "a"),
]


@pytest.mark.parametrize(("field", "name"), TAGS)
def test_tags_in_every_spelling(field: str, name: str) -> None:
    """The name of the tag is what stands between the brackets, quotes in it are doubled (policy-rule, "Fields")."""
    found = evaluate(modify({"operation": "add", "field": field, "value": "v"}))
    assert {"Stage": "live", name: "v"} == apply_changes(RESOURCE, found.details)["tags"]
    assert evaluate(modify({"operation": "remove", "field": field}), {**RESOURCE, "tags": {name: "v"}}).details["operations"] == [
        {"operation": "remove", "field": field}
    ]
    assert {} == apply_changes({**RESOURCE, "tags": {name: "v"}}, {"operations": [{"operation": "remove", "field": field}]})["tags"]


MADE: list[tuple[str, Json, Json, Json]] = [
    ("properties.mode", {}, {"properties": {"mode": 1}}, {"properties": {"mode": 1}}),
    ("properties.a.b", {}, {}, {"properties": {"a": {"b": 1}}}),
    ("properties.a.b", {"properties": {"a": {}}}, {"properties": {"a": {"b": 1}}}, {"properties": {"a": {"b": 1}}}),
    ("properties.a.b", {"properties": {"a": None}}, {"properties": {"a": {"b": 1}}}, {"properties": {"a": {"b": 1}}}),
    ("properties.a[*].b.c", {"properties": {"a": [{}]}}, {"properties": {"a": [{}]}}, {"properties": {"a": [{"b": {"c": 1}}]}}),
    ("properties.a[*].b", {"properties": {"a": [{}]}}, {"properties": {"a": [{"b": 1}]}}, {"properties": {"a": [{"b": 1}]}}),
    ("properties.a[*].b", {"properties": {}}, {"properties": {}}, {"properties": {}}),
    ("properties.a[*]", {"properties": {"a": [1]}}, {"properties": {"a": [1]}}, {"properties": {"a": [1]}}),
]


@pytest.mark.parametrize(("field", "resource", "modified", "appended"), MADE)
def test_what_is_made_around_a_property(field: str, resource: Json, modified: Json, appended: Json) -> None:
    """Append makes what is missing around it; modify only `properties` itself ("Property not present")."""
    assert modified == apply_changes(resource, {"operations": [{"operation": "addOrReplace", "field": field, "value": 1}]})
    assert appended == apply_changes(resource, {"fields": [{"field": field, "value": 1}]})


@pytest.mark.parametrize("field", [f"{LINK}/mode.below", f"{LINK}/mode[*]", f"{LINK}/mode[*].below", f"{LINK}/ranges[*].below"])
def test_nothing_is_set_below_a_value_of_another_kind(field: str) -> None:
    """A text has no members: the token type is not the one expected (effect-modify, "Modify evaluation")."""
    found = evaluate(modify({"operation": "addOrReplace", "field": field, "value": 1}))
    assert [{"field": field, "reason": "a value of another kind is in its place"}] == found.details["conflicts"]


def test_roles_can_be_an_expression() -> None:
    """Evaluated as everything else in the details."""
    details = {"roleDefinitionIds": "[parameters('roles')]", "operations": [{"operation": "add", "field": "tags.a", "value": "b"}]}
    assert ROLES == evaluate(then_of("modify", details), parameters={"roles": ROLES}).details["roleDefinitionIds"]


def test_modify_changes_every_member() -> None:
    """`[*].name` stands for the property of each member of the array."""
    resource = {**RESOURCE, "properties": {"routes": [{"name": "a", "properties": {"hop": 1}}, {"name": "b", "properties": {"hop": 2}}]}}
    catalogue = {f"{LINK}/routes[*].hop": "properties.routes[*].properties.hop"}
    found = evaluate(modify({"operation": "addOrReplace", "field": f"{LINK}/routes[*].hop", "value": 9}), resource, catalogue)
    after = apply_changes(resource, found.details, compile_catalogue(catalogue))
    assert [9, 9] == [route["properties"]["hop"] for route in after["properties"]["routes"]]


def compile_catalogue(source: Json) -> Any:  # noqa: ANN401
    """Return a catalogue of aliases."""
    from s2sguard.azure_policy.language.aliases import AliasCatalogue

    return AliasCatalogue.load(source)


CONDITIONS: list[tuple[Json, bool]] = [
    ("[equals(requestContext().apiVersion, '2020-01-01')]", True),
    ("[equals(requestContext().apiVersion, '2019-01-01')]", False),
    ("true", True),
    (False, False),
]


@pytest.mark.parametrize(("condition", "holds"), CONDITIONS)
def test_an_operation_whose_condition_is_false_is_skipped(condition: Json, holds: bool) -> None:  # noqa: FBT001
    """It is listed as skipped, and its value is not evaluated."""
    operation = {"operation": "addOrReplace", "field": "tags.a", "value": "b" if holds else "[substring('', 5)]", "condition": condition}
    found = evaluate(modify(operation), api_version="2020-01-01")
    assert (holds, not holds) == (bool(found.details["operations"]), "skipped" in found.details)


REFUSED_OPERATIONS: list[tuple[Json, str, str]] = [
    ({"operation": "replace", "field": "tags.a", "value": 1}, "/operation", "`add`, `addOrReplace` or `remove`"),
    ({"operation": "add", "field": "tags.a"}, "", "`value` is missing"),
    ({"operation": "add", "value": 1}, "", "`field` is missing"),
    ({"field": "tags.a", "value": 1}, "", "`operation` is missing"),
    ({"operation": "remove", "field": f"{LINK}/mode"}, "/field", "only supported for tags"),
    ({"operation": "add", "field": "type", "value": 1}, "/field", "cannot be changed"),
    ({"operation": "add", "field": "tags.a", "value": 1, "condition": "[equals(field('name'), 'x')]"}, "/condition", "`field()`"),
    ({"operation": "add", "field": "tags.a", "value": 1, "condition": "[empty(resourceGroup().tags)]"}, "/condition", "`resourcegroup()`"),
    ({"operation": "add", "field": "tags.a", "value": 1, "condition": "yes"}, "/condition", "true or false"),
]


@pytest.mark.parametrize(("operation", "where", "message"), REFUSED_OPERATIONS)
def test_a_wrong_operation_is_a_problem(operation: Json, where: str, message: str) -> None:
    """Each with the member that is wrong."""
    found = problems(modify(operation))
    assert any(pointer == f"/then/details/operations/0{where}" and message in text for pointer, text in found), found


def test_a_condition_that_is_neither_true_nor_false_is_an_error() -> None:
    """Azure denies what it cannot evaluate."""
    assert evaluate(modify({"operation": "add", "field": "tags.a", "value": 1, "condition": "[string(1)]"})).effect == "error"


CATALOGUE = [
    {"name": f"{LINK}/mode", "defaultPath": "properties.mode", "defaultMetadata": {"type": "String", "attributes": "Modifiable"}},
    {"name": f"{LINK}/port", "defaultPath": "properties.port", "defaultMetadata": {"type": "Integer", "attributes": "None"}},
    {
        "name": f"{LINK}/late",
        "defaultPath": "properties.late",
        "defaultMetadata": {"type": "Integer", "attributes": "None"},
        "paths": [{"path": "properties.late", "apiVersions": ["2022-01-01"], "metadata": {"attributes": "Modifiable"}}],
    },
]


def test_an_alias_that_is_not_modifiable_is_a_problem() -> None:
    """The catalogue knows; one that says nothing about attributes gives a warning."""
    operation = {"operation": "addOrReplace", "field": f"{LINK}/port", "value": 1}
    assert [("/then/details/operations/0/field", f"`{LINK}/port` is not modifiable")] == problems(modify(operation), CATALOGUE)
    policy = compile_policy({"if": {"field": "type", "equals": LINK}, "then": modify(operation)}, {f"{LINK}/port": "properties.port"})
    assert ["the catalogue does not say which aliases are modifiable"] == [warning.message for warning in policy.warnings]


def test_an_alias_that_the_catalogue_says_nothing_about_is_a_warning() -> None:
    """It may be modifiable, so it is neither a problem nor a conflict."""
    silent = [*CATALOGUE, {"name": f"{LINK}/silent", "defaultPath": "properties.silent", "defaultMetadata": {"type": "String"}}]
    operation = {"operation": "addOrReplace", "field": f"{LINK}/silent", "value": "x"}
    policy = compile_policy({"if": {"field": "type", "equals": LINK}, "then": modify(operation)}, silent)
    assert [f"the catalogue does not say whether `{LINK}/silent` is modifiable"] == [warning.message for warning in policy.warnings]
    assert "conflicts" not in policy.evaluate(RESOURCE).details


@pytest.mark.parametrize(
    ("token", "value", "reason"),
    [
        ("String", "x", None),
        ("String", 5, "its type is String, and the value is a number"),
        ("Boolean", "true", "its type is Boolean, and the value is a string"),
        ("Boolean", True, None),
        ("Integer", True, "its type is Integer, and the value is a boolean"),
        ("Integer", 5, None),
        ("Integer", 5.5, "its type is Integer, and the value is a number"),
        ("Number", 5.5, None),
        ("Array", {"a": 1}, "its type is Array, and the value is an object"),
        ("Array", ["a"], None),
        ("Object", {"a": 1}, None),
        ("Object", "a", "its type is Object, and the value is a string"),
        ("NotSpecified", 5, None),
        ("Any", 5, None),
        ("String", None, None),
        (None, 5, None),
    ],
)
def test_a_value_of_another_type_is_for_the_conflict_effect(token: str | None, value: Json, reason: str | None) -> None:
    """The token type has to match the expected one (effect-modify, "Modify evaluation"), where the catalogue says which one that is."""
    metadata = {"attributes": "Modifiable"} if token is None else {"attributes": "Modifiable", "type": token}
    catalogue = [{"name": f"{LINK}/new", "defaultPath": "properties.new", "type": "PlainText", "defaultMetadata": metadata}]
    found = evaluate(
        modify({"operation": "addOrReplace", "field": f"{LINK}/new", "value": value}, conflictEffect="audit"), aliases=catalogue
    )
    expected = None if reason is None else [{"field": f"{LINK}/new", "reason": reason}]
    assert ("modify", expected) == (found.effect, found.details.get("conflicts"))


@pytest.mark.parametrize(("version", "conflicting"), [("2022-01-01", True), ("2019-01-01", False), (None, False)])
def test_the_expected_type_is_that_of_the_api_version(version: str | None, conflicting: bool) -> None:  # noqa: FBT001
    """A type that is not said for a version is the default one."""
    path = {"path": "properties.new", "apiVersions": ["2022-01-01"], "metadata": {"attributes": "Modifiable", "type": "String"}}
    alias = {"name": f"{LINK}/new", "defaultPath": "properties.new", "defaultMetadata": {"attributes": "Modifiable", "type": "Integer"}}
    then = modify({"operation": "addOrReplace", "field": f"{LINK}/new", "value": 5})
    found = evaluate(then, aliases=[{**alias, "paths": [path]}], api_version=version)
    assert conflicting is ("conflicts" in found.details)


def test_an_alias_that_is_not_in_the_catalogue_is_a_problem() -> None:
    """As in conditions."""
    operation = {"operation": "addOrReplace", "field": f"{LINK}/mood", "value": 1}
    assert ["/then/details/operations/0/field"] == [pointer for pointer, _ in problems(modify(operation), CATALOGUE)]


@pytest.mark.parametrize(("version", "conflicting"), [("2022-01-01", False), ("2019-01-01", True), (None, True)])
def test_modifiable_in_some_versions_is_for_the_conflict_effect(version: str | None, conflicting: bool) -> None:  # noqa: FBT001
    """In a request with another API version the evaluation falls back to conflictEffect, and nothing is changed."""
    then = modify({"operation": "addOrReplace", "field": f"{LINK}/late", "value": 1}, conflictEffect="audit")
    found = evaluate(then, aliases=CATALOGUE, api_version=version)
    assert ("modify", "audit", conflicting) == (found.effect, found.details["conflictEffect"], "conflicts" in found.details)
    after = apply_changes(RESOURCE, found.details, compile_catalogue(CATALOGUE), version)
    assert conflicting is (after == RESOURCE)


def test_add_does_not_replace() -> None:
    """`add` behaves like append: another value is a conflict."""
    found = evaluate(modify({"operation": "add", "field": "tags.stage", "value": "x"}))
    assert [{"field": "tags.stage", "reason": "it has another value already"}] == found.details["conflicts"]


CLASHES: list[tuple[Json, Json, bool]] = [
    (True, 1, True),
    (False, 0, True),
    ([True], [1], True),
    ({"a": [{"b": 1}]}, {"a": [{"b": True}]}, True),
    (1, 1.0, False),
    ("Live", "live", False),
    ({"a": "X"}, {"A": "x"}, False),
]


@pytest.mark.parametrize(("held", "added", "clash"), CLASHES)
def test_append_compares_as_conditions_do(held: Json, added: Json, clash: bool) -> None:  # noqa: FBT001
    """True is not 1, and casing does not count; an array has an equal member already."""
    resource = {**RESOURCE, "properties": {"mode": held, "ranges": [held]}}
    assert clash is ("conflicts" in evaluate(then_of("append", [{"field": f"{LINK}/mode", "value": added}]), resource).details)
    found = evaluate(then_of("append", [{"field": f"{LINK}/ranges[*]", "value": added}]), resource)
    assert [held, added] * clash + [held] * (not clash) == apply_changes(resource, found.details)["properties"]["ranges"]


def test_a_tag_removed_and_added_again_is_no_conflict() -> None:
    """Operations see those before them."""
    found = evaluate(modify({"operation": "remove", "field": "tags.stage"}, {"operation": "add", "field": "tags.stage", "value": "x"}))
    assert "conflicts" not in found.details
    assert {"stage": "x"} == apply_changes(RESOURCE, found.details)["tags"]


@pytest.mark.parametrize(("kind", "effect"), [(LINK, None), ("Microsoft.Compute/virtualMachines", "modify")])
def test_identities_are_modified_on_machines_only(kind: str, effect: str | None) -> None:
    """Elsewhere the policy is not applicable ("Non VM or VMSS identity operation")."""
    then = modify({"operation": "addOrReplace", "field": "identity.type", "value": "SystemAssigned"})
    policy = compile_policy({"if": {"field": "location", "exists": True}, "then": then})
    assert effect == policy.evaluate({**RESOURCE, "type": kind}).effect


# -- denyAction, manual, and the ones that others carry out --

ACTIONS: list[tuple[Json, str | None]] = [
    (None, "denyAction"),
    ({"action": "delete"}, "denyAction"),
    ({"Action": "Contoso.Lab/links/DELETE"}, "denyAction"),
    ({"requestContext": {"action": "delete"}}, "denyAction"),
    ({"action": "write"}, None),
    ({"action": "write", "requestContext": {"action": "delete"}}, None),
    ({"action": "delete", "requestContext": {"action": "write"}}, "denyAction"),
    ({"requestContext": {}}, "denyAction"),
    ({"action": Unknown("not known")}, "unknown"),
]


@pytest.mark.parametrize(("context", "effect"), ACTIONS)
def test_deny_action_is_about_deletions(context: Json, effect: str | None) -> None:
    """Without an action in the context it is evaluated as for a delete."""
    assert effect == evaluate(then_of("denyAction", SAMPLE_DETAILS["denyAction"]), context=context).effect


def test_deny_action_returns_its_details() -> None:
    """What happens with a deleted resource group is as written, deny where it is left out."""
    details = {"actionNames": ["Delete"], "cascadeBehaviors": {"resourceGroup": "allow"}}
    found = evaluate(then_of("denyAction", details)).details
    assert {"actionNames": ["Delete"], "action": "delete", "cascadeBehaviors": {"resourceGroup": "allow"}} == found


def test_some_types_are_never_protected() -> None:
    """Locks and assignments can always be deleted, so that nobody is locked out."""
    policy = compile_policy({"if": {"field": "name", "exists": True}, "then": then_of("denyAction", {"actionNames": ["delete"]})})
    assert policy.evaluate({"name": "x", "type": "Microsoft.Authorization/locks"}).effect is None


@pytest.mark.parametrize(
    ("details", "state"),
    [
        (None, "Unknown"),
        ({}, "Unknown"),
        ({"defaultState": "non-compliant"}, "Non-compliant"),
        ({"defaultState": "[concat('Compl', 'iant')]"}, "Compliant"),
    ],
)
def test_manual_has_a_default_state(details: Json, state: str) -> None:
    """Unknown where it is not said."""
    found = evaluate(then_of("manual", details))
    assert ("manual", {"defaultState": state}) == (found.effect, found.details)


def test_details_of_kubernetes_are_returned_evaluated() -> None:
    """Others carry them out; parameters in them have their values."""
    details = {"templateInfo": {"sourceType": "PublicURL", "url": "u"}, "kinds": ["Pod"], "values": {"regex": "[parameters('p')]"}}
    found = evaluate(then_of("deny", details), parameters={"p": "x"})
    assert {**details, "values": {"regex": "x"}} == found.details


GARBAGE: list[Json] = [
    None,
    True,
    1,
    "x",
    [],
    {},
    [[]],
    {"a": 1},
    [None],
    {"type": {}},
    {"operations": [{}]},
    {"operations": [1]},
    "[",
    "[x",
    "[x()]",
]


@pytest.mark.parametrize("effect", [*EFFECTS, "[parameters('effect')]", "[if(true(), 'deny', 'x')]"])
@pytest.mark.parametrize("details", GARBAGE, ids=repr)
def test_any_details_give_a_result_or_a_policy_error(effect: str, details: Json) -> None:
    """Nothing else is raised, compiling or evaluating."""
    try:
        policy = compile_policy({"if": {"field": "type", "equals": LINK}, "then": {"effect": effect, "details": details}})
    except PolicyError:
        return
    for given in (*EFFECTS, 7):
        assert isinstance(policy.evaluate(RESOURCE, {"effect": given}).details, dict)


# -- effects of built-in definitions only, and what is likely not meant --


def document(then: Json, mode: str = "All", **properties: Json) -> dict[str, Json]:
    """Return a definition whose `if` block names the type."""
    return {"properties": {"mode": mode, "policyRule": {"if": {"field": "type", "equals": LINK}, "then": then}, **properties}}


def messages(definition: Json) -> list[str]:
    """Return the warnings of a definition."""
    return [warning.message for warning in compile_policy(definition).warnings]


@pytest.mark.parametrize("effect", LEGACY_EFFECTS)
@pytest.mark.parametrize(("kind", "warned"), [("BuiltIn", 0), ("Static", 0), ("Custom", 1), (None, 1)])
def test_an_effect_of_built_in_definitions_only(effect: str, kind: str | None, warned: int) -> None:
    """It compiles everywhere, and is a warning where a customer wrote the definition."""
    then = then_of(effect, SAMPLE_DETAILS[effect])
    found = messages(document(then, **({} if kind is None else {"policyType": kind})))
    assert warned == len(found)
    assert all(f"`{effect}`" in message for message in found)
    parameter = {"effect": {"type": "String", "allowedValues": [effect, "Disabled"], "defaultValue": effect}}
    policy = compile_policy(document(then_of("[parameters('effect')]", SAMPLE_DETAILS[effect]), policyType="BuiltIn", parameters=parameter))
    assert [effect, "disabled"] == [policy.evaluate(RESOURCE, {"effect": name}).effect for name in (effect, "Disabled")]


def test_audit_action_stands_beside_deny_action() -> None:
    """Built-in definitions offer both for the same details; both are about a deletion, and lock-outs matter for the denial only."""
    parameter = {"effect": {"type": "String", "allowedValues": ["AuditAction", "DenyAction", "Disabled"], "defaultValue": "AuditAction"}}
    then = then_of("[parameters('effect')]", {"actionNames": ["delete"]})
    policy = compile_policy(document(then, policyType="BuiltIn", parameters=parameter))
    calls: list[Json] = [{}, {"context": {"action": "write"}}]
    assert ["auditAction", None] == [policy.evaluate(RESOURCE, **call).effect for call in calls]
    assert ["denyAction", None] == [policy.evaluate(RESOURCE, {"effect": "DenyAction"}, **call).effect for call in calls]
    lock = {"if": {"field": "type", "like": "*"}, "then": then_of("[parameters('effect')]", {"actionNames": ["delete"]})}
    resource = {"type": "Microsoft.Authorization/locks"}
    effects = [compile_policy(lock).evaluate(resource, {"effect": name}).effect for name in ("auditAction", "denyAction")]
    assert effects == ["auditAction", None]


def test_details_of_a_legacy_effect_are_returned_evaluated() -> None:
    """Another service reads them."""
    found = evaluate(then_of("enforceOPAConstraint", SAMPLE_DETAILS["enforceOPAConstraint"]))
    assert {"constraint": "https://contoso.example/c", "values": {"r": "one"}} == found.details


@pytest.mark.parametrize(("mode", "warned"), [("All", True), ("all", True), ("Indexed", False)])
def test_cascade_behaviours_need_mode_indexed(mode: str, warned: bool) -> None:  # noqa: FBT001
    """Only supported in mode Indexed (effect-deny-action)."""
    then = then_of("denyAction", {"actionNames": ["delete"], "cascadeBehaviors": {"resourceGroup": "deny"}})
    assert (["`cascadeBehaviors` has no effect in mode All"] if warned else []) == messages(document(then, mode))
    assert messages(document(then)["properties"]["policyRule"]) == []


@pytest.mark.parametrize("effect", ["append", "modify", "audit"])
@pytest.mark.parametrize("mode", ["Microsoft.KeyVault.Data", "Indexed"])
def test_a_request_is_not_changed_in_a_resource_provider_mode(effect: str, mode: str) -> None:
    """Modes of resource providers look at what a data plane holds, not at requests to Resource Manager."""
    found = messages(document(then_of(effect, SAMPLE_DETAILS.get(effect)), mode))
    wanted = f"`{effect}` has no effect in mode Microsoft.KeyVault.Data: it changes requests to Resource Manager"
    assert ([wanted] if mode != "Indexed" and effect != "audit" else []) == found


@pytest.mark.parametrize(
    ("condition", "details", "warned"),
    [
        ({"field": "type", "equals": LINK.upper()}, {}, True),
        ({"allOf": [{"anyOf": [{"field": "Type", "in": ["A.B/c", LINK]}]}]}, {}, True),
        ({"field": "type", "equals": LINK}, {"name": "[field('name')]"}, False),
        ({"field": "type", "equals": f"{LINK}/locks"}, {}, False),
        ({"not": {"field": "type", "equals": LINK}}, {}, False),
        ({"field": "type", "equals": "[parameters('type')]"}, {}, False),
    ],
)
def test_the_type_of_the_if_block_needs_a_name(condition: Json, details: Json, warned: bool) -> None:  # noqa: FBT001
    """Where `details.type` is the type of the `if` block, `name` is required (effect-audit-if-not-exists)."""
    rule = {"if": condition, "then": then_of("auditIfNotExists", {"type": LINK, **details})}
    assert (["/then/details/type"] if warned else []) == [warning.pointer for warning in compile_policy(rule).warnings]


def test_a_singleton_is_changed_where_it_is_read() -> None:
    """A first step that repeats the resource's own name is no property."""
    resource = {"type": f"{LINK}/stores", "name": "one/default", "properties": {"purge": {"enabled": False}}}
    operation = {"operation": "addOrReplace", "field": f"{LINK}/stores/default.purge.enabled", "value": True}
    policy = compile_policy({"if": {"field": "type", "equals": f"{LINK}/stores"}, "then": modify(operation)})
    after = apply_changes(resource, policy.evaluate(resource).details)
    assert {**resource, "properties": {"purge": {"enabled": True}}} == after
