"""Initiatives: what is refused, what is passed to each definition, and what several effects come to together."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, TypeAlias

import pytest

from s2sguard.azure_policy import PolicyError, compile_policy
from s2sguard.azure_policy.assignment.initiative import Initiative, compile_initiative
from s2sguard.azure_policy.assignment.layering import STRENGTH, denies_request, strongest
from s2sguard.azure_policy.language.outcome import EFFECTS, LEGACY_EFFECTS, Evaluation
from s2sguard.model.value import Unknown

Json: TypeAlias = Any

LINK = "Contoso.Lab/links"
PREFIX = "/providers/Microsoft.Authorization/policyDefinitions/"
ROLES = ["/providers/Microsoft.Authorization/roleDefinitions/4d97b98b-1d4f-4787-a291-c67834d212e7"]
RESOURCE: dict[str, Any] = {"type": LINK, "name": "one", "location": "uksouth", "tags": {}, "properties": {"mode": "Default"}}
WRONG_MODE = {"field": f"{LINK}/mode", "notEquals": "Only"}


def definition(name: str, rule: Json, parameters: Json = None, **properties: Json) -> dict[str, Json]:
    """Return the document of a definition."""
    body = {"mode": "All", "parameters": parameters or {}, "policyRule": rule, **properties}
    return {"id": PREFIX + name, "name": name, "properties": body}


def rule(effect: str, condition: Json = None, details: Json = None) -> dict[str, Json]:
    """Return a rule; it matches every link where there is no condition."""
    then = {"effect": effect} if details is None else {"effect": effect, "details": details}
    return {"if": condition or {"field": "type", "equals": LINK}, "then": then}


def reference(name: str, parameters: Json = None, **members: Json) -> dict[str, Json]:
    """Return a member of `policyDefinitions` whose reference id is its name."""
    given = {} if parameters is None else {"parameters": {key: {"value": value} for key, value in parameters.items()}}
    return {"policyDefinitionId": PREFIX + name, "policyDefinitionReferenceId": name, **given, **members}


def document(*references: Json, parameters: Json = None, **properties: Json) -> dict[str, Json]:
    """Return the document of an initiative."""
    return {"name": "set", "properties": {"policyDefinitions": list(references), "parameters": parameters or {}, **properties}}


def layered(*rules: Json) -> Initiative:
    """Return an initiative of rules that are named a, b, c..."""
    names = [chr(ord("a") + index) for index in range(len(rules))]
    return compile_initiative(document(*map(reference, names)), [definition(name, one) for name, one in zip(names, rules, strict=True)])


def modify(*operations: Json, conflict: str = "deny", condition: Json = None) -> dict[str, Json]:
    """Return a modify rule."""
    return rule("modify", condition, {"roleDefinitionIds": ROLES, "operations": list(operations), "conflictEffect": conflict})


def set_mode(value: str, conflict: str = "deny", condition: Json = None) -> dict[str, Json]:
    """Return a modify rule that sets the mode."""
    return modify({"operation": "addOrReplace", "field": f"{LINK}/mode", "value": value}, conflict=conflict, condition=condition)


def effects(initiative: Initiative, resource: Json = RESOURCE, **call: Json) -> list[str | None]:
    """Return the effect of each definition."""
    return [result.effect for result in initiative.evaluate(resource, **call).results]


# -- structure --

STRING = {"type": "String"}
SIMPLE = definition("simple", rule("audit"))
WITH_PARAMETER = definition("wide", rule("audit", {"field": "location", "in": "[parameters('places')]"}), {"places": {"type": "Array"}})
WITH_EFFECT = definition(
    "choice",
    {"if": WRONG_MODE, "then": {"effect": "[parameters('effect')]"}},
    {"effect": {"type": "String", "allowedValues": ["Audit", "Deny", "Disabled"], "defaultValue": "Audit"}},
)
ALL = [SIMPLE, WITH_PARAMETER, WITH_EFFECT, definition("broken", {"if": {}, "then": {"effect": "audit"}})]
LIST = {"type": "Array", "defaultValue": []}

REFUSED: list[tuple[Json, str, str]] = [
    (None, "", "an initiative is a JSON object"),
    ([], "", "an initiative is a JSON object"),
    ({"properties": []}, "/properties", "is an object"),
    ({"properties": {}}, "/properties", "`policyDefinitions` is missing"),
    (document(), "/properties/policyDefinitions", "at least one definition"),
    ({"policyDefinitions": "x"}, "/policyDefinitions", "is an array of objects"),
    ({"policyDefinitions": [1]}, "/policyDefinitions/0", "is an array of objects"),
    ({"policyDefinitions": [{}]}, "/policyDefinitions/0", "`policyDefinitionId` is missing"),
    ({"policyDefinitions": [{"policyDefinitionId": 1}]}, "/policyDefinitions/0/policyDefinitionId", "is a string"),
    (document(reference("simpel")), "/properties/policyDefinitions/0/policyDefinitionId", "there is no definition"),
    (document(reference("broken")), "/properties/policyDefinitions/0/policyDefinitionId", "does not compile"),
    (document(reference("simple"), reference("SIMPLE")), "/properties/policyDefinitions/1/policyDefinitionReferenceId", "used twice"),
    (document(reference("simple", groupNames=["g"])), "/properties/policyDefinitions/0/groupNames/0", "no group `g`"),
    (document(reference("simple", groupNames="g")), "/properties/policyDefinitions/0/groupNames", "an array of strings"),
    (document(reference("simple"), policyDefinitionGroups=[{}]), "/properties/policyDefinitionGroups/0/name", "has a name"),
    (
        document(reference("simple"), policyDefinitionGroups=[{"name": "g"}, {"name": "G"}]),
        "/properties/policyDefinitionGroups/1/name",
        "declared twice",
    ),
    (document(reference("simple", definitionVersion="latest")), "/properties/policyDefinitions/0/definitionVersion", "not one"),
    (document(reference("wide")), "/properties/policyDefinitions/0/parameters", "needs a value for its parameter `places`"),
    (document(reference("wide", {"places": "x"})), "/properties/policyDefinitions/0/parameters/places/value", "`places`"),
    (document(reference("wide", {"places": [], "place": 1})), "/properties/policyDefinitions/0/parameters/place", "no parameter `place`"),
    (
        document(reference("wide", {"places": "[parameters('all')]"})),
        "/properties/policyDefinitions/0/parameters/places/value",
        "`all` is not declared",
    ),
    (
        document(reference("wide", {"places": "[parameters('all')]"}), parameters={"all": STRING}),
        "/properties/policyDefinitions/0/parameters/places/value",
        "declared as string",
    ),
    (
        document(reference("choice", {"effect": "[parameters('e')]"}), parameters={"e": {"type": "String", "defaultValue": "deny"}}),
        "/properties/policyDefinitions/0/parameters/effect/value",
        "the default of `e`",
    ),
    (document(reference("choice", {"effect": "deny"})), "/properties/policyDefinitions/0/parameters/effect/value", "allowedValues"),
    (
        document(reference("choice", {"effect": "[field('name')]"})),
        "/properties/policyDefinitions/0/parameters/effect/value",
        "`field()` has nothing to look at",
    ),
    (
        document({**reference("choice"), "parameters": {"effect": "Deny"}}),
        "/properties/policyDefinitions/0/parameters/effect",
        "is an object",
    ),
    (document(reference("simple"), parameters={"p": {"type": "Text"}}), "/properties/parameters/p", "type"),
]


@pytest.mark.parametrize(("source", "pointer", "message"), REFUSED)
def test_what_is_wrong_is_a_problem_where_it_is(source: Json, pointer: str, message: str) -> None:
    """Every problem has a pointer into the initiative."""
    with pytest.raises(PolicyError) as caught:
        compile_initiative(source, ALL)
    found = [(problem.pointer, problem.message) for problem in caught.value.problems]
    assert any(at.startswith(pointer) and message in text for at, text in found), found


def test_all_problems_are_found() -> None:
    """Not only the first."""
    with pytest.raises(PolicyError) as caught:
        compile_initiative(document(reference("simpel"), reference("wide"), reference("broken")), ALL)
    assert {0, 1, 2} == {int(problem.pointer.split("/")[3]) for problem in caught.value.problems}


def test_limits() -> None:
    """At most 1000 definitions and 400 parameters (facts 5.8)."""
    most = document(*(reference("simple", policyDefinitionReferenceId=str(number)) for number in range(1000)))
    most["properties"]["parameters"] = {f"p{number}": LIST for number in range(400)}
    assert len(compile_initiative(most, ALL).members) == 1000
    most["properties"]["policyDefinitions"].append(reference("simple"))
    most["properties"]["parameters"] = {f"p{number}": LIST for number in range(401)}
    with pytest.raises(PolicyError) as caught:
        compile_initiative(most, ALL)
    assert ["/properties/parameters", "/properties/policyDefinitions"] == [problem.pointer for problem in caught.value.problems]


DEFINITIONS: list[Json] = [
    [SIMPLE],
    {PREFIX + "simple": SIMPLE},
    {"simple": SIMPLE["properties"]},
    {"SIMPLE": compile_policy(SIMPLE)},
    {"another name": SIMPLE},
    iter([SIMPLE]),
]


@pytest.mark.parametrize("definitions", DEFINITIONS)
def test_definitions_are_found_by_id_or_name(definitions: Json) -> None:
    """Documents or compiled ones; the scope in front of an id does not matter, nor does its casing."""
    source = document({**reference("simple"), "policyDefinitionId": "/subscriptions/1" + PREFIX.upper() + "Simple"})
    assert effects(compile_initiative(source, definitions)) == ["audit"]


def test_a_missing_reference_id_is_made_up_and_noted() -> None:
    """Azure makes one up too, a number that nobody knows beforehand."""
    source = document({"policyDefinitionId": PREFIX + "simple"}, {"policyDefinitionId": PREFIX + "simple"})
    found = compile_initiative(source, ALL)
    assert found.reference_ids == ("simple", "simple_")
    assert ["/properties/policyDefinitions/0"] == [warning.pointer for warning in found.warnings]


def test_groups_and_controls_are_in_the_results() -> None:
    """A result says which control it is about."""
    ours = definition("ours", rule("audit"), metadata={"s2sguard": {"control": "S2S-IKE-001"}})
    source = document(reference("ours", groupNames=["IKE"]), policyDefinitionGroups=[{"name": "ike", "displayName": "IKE"}])
    (result,) = compile_initiative(source, [ours]).evaluate(RESOURCE).results
    assert ("ours", "S2S-IKE-001", ("ike",), "audit") == (result.reference_id, result.control, result.groups, result.effect)


# -- parameters --


def test_parameters_are_passed_on() -> None:
    """By expression, with the default of the initiative, of the definition, or the value of the call."""
    source = document(
        reference("choice", {"effect": "[if(equals(parameters('strict'), true()), 'Deny', 'Audit')]"}),
        reference("wide", {"places": ["[parameters('place')]", "ukwest"]}),
        parameters={"strict": {"type": "Boolean", "defaultValue": False}, "place": {"type": "String", "defaultValue": "nowhere"}},
    )
    initiative = compile_initiative(source, ALL)
    assert effects(initiative) == ["audit", None]
    assert effects(initiative, parameters={"STRICT": True, "place": {"value": "uksouth"}}) == ["deny", "audit"]


WRONG_VALUES: list[tuple[Json, str]] = [
    ({}, "/parameters/all"),
    ({"all": "x"}, "/parameters/all"),
    ({"all": [], "al": 1}, "/parameters/al"),
    ([], "/parameters"),
]


@pytest.mark.parametrize(("values", "pointer"), WRONG_VALUES)
def test_wrong_values_are_a_policy_error(values: Json, pointer: str) -> None:
    """As for a single definition."""
    initiative = compile_initiative(
        document(reference("wide", {"places": "[parameters('all')]"}), parameters={"all": {"type": "Array"}}), ALL
    )
    with pytest.raises(PolicyError) as caught:
        initiative.evaluate(RESOURCE, values)
    assert [pointer] == [problem.pointer for problem in caught.value.problems]


def test_a_parameter_that_fails_is_an_error_of_its_definition_only() -> None:
    """The others are evaluated."""
    source = document(
        reference("wide", {"places": "[createArray(substring(parameters('p'), 9))]"}), reference("simple"), parameters={"p": STRING}
    )
    found = compile_initiative(source, ALL).evaluate(RESOURCE, {"p": "x"})
    assert [result.effect for result in found.results] == ["error", "audit"]
    assert ("error", ("wide",)) == (found.effect, found.denied_by)
    assert "`places`" in found.results[0].evaluation.reason


def test_an_unknown_parameter_makes_its_definition_unknown() -> None:
    """What is passed on is unknown too."""
    source = document(reference("wide", {"places": "[parameters('all')]"}), reference("simple"), parameters={"all": {"type": "Array"}})
    found = compile_initiative(source, ALL).evaluate(RESOURCE, {"all": Unknown("after apply")})
    assert ["unknown", "audit"] == [result.effect for result in found.results]
    assert found.effect == "unknown"


def test_policy_function_knows_its_place() -> None:
    """`policy()` gives the reference id and the ids; what the caller says wins."""
    named = definition("named", rule("audit", {"value": "[policy().definitionReferenceId]", "equals": "first"}))
    whole = definition("whole", rule("audit", {"value": "[concat(policy().setDefinitionId, policy().assignmentId)]", "equals": "setA"}))
    first = {**reference("named"), "policyDefinitionReferenceId": "first"}
    initiative = compile_initiative(document(first, reference("named"), reference("whole")), [named, whole])
    assert effects(initiative, context={"Policy": {"assignmentId": "A"}}) == ["audit", None, "audit"]
    assert effects(initiative, context={"policy": {"setDefinitionID": "B"}}) == ["audit", None, None]


# -- order of effects --


def test_modify_comes_before_deny_wherever_it_stands() -> None:
    """A change might prevent a deny from triggering (effect-basics)."""
    found = layered(rule("deny", WRONG_MODE), set_mode("Only")).evaluate(RESOURCE)
    assert [None, "modify"] == [result.effect for result in found.results]
    assert ((), "Only") == (found.denied_by, found.resource["properties"]["mode"])
    assert RESOURCE["properties"] == {"mode": "Default"}


def test_changes_see_those_before_them() -> None:
    """An operation can depend on a tag that an earlier definition adds."""
    tag = {"operation": "add", "field": "tags.a", "value": "1"}
    seen = {"field": "tags.a", "equals": "1"}
    assert effects(layered(modify(tag), set_mode("Only", condition=seen))) == ["modify", "modify"]
    assert effects(layered(set_mode("Only", condition=seen), modify(tag))) == [None, "modify"]


def test_append_is_seen_by_the_others() -> None:
    """As modify is."""
    append = rule("append", None, [{"field": "tags.owner", "value": "net"}])
    assert effects(layered(rule("deny", {"field": "tags.owner", "exists": False}), append)) == [None, "append"]


def test_an_append_that_would_override_denies() -> None:
    """And leaves the request as it is."""
    found = layered(rule("append", None, [{"field": f"{LINK}/mode", "value": "Only"}]), rule("audit", WRONG_MODE)).evaluate(RESOURCE)
    assert (("a",), ["append", "audit"]) == (found.denied_by, [result.effect for result in found.results])


CONFLICTS: list[tuple[tuple[str, ...], str, tuple[str, ...]]] = [
    (("deny", "deny"), "first", ("a", "b")),
    (("deny", "audit"), "first", ()),
    (("audit", "deny"), "second", ()),
    (("audit", "audit"), "Default", ()),
    (("audit", "disabled"), "Default", ()),
]


@pytest.mark.parametrize(("conflict", "mode", "denied"), CONFLICTS)
def test_two_definitions_that_set_one_property(conflict: tuple[str, str], mode: str, denied: tuple[str, ...]) -> None:
    """One deny wins, several deny the request, none leaves the property as it was (effect-modify, conflictEffect)."""
    found = layered(set_mode("first", conflict[0]), set_mode("second", conflict[1])).evaluate(RESOURCE)
    assert (denied, ["modify", "modify"]) == (found.denied_by, [result.effect for result in found.results])
    assert mode == found.resource["properties"]["mode"]
    assert [("b",), ("a",)] * bool(denied) == [result.conflicts_with for result in found.results if result.conflicts_with]


def test_two_definitions_that_agree_do_not_conflict() -> None:
    """The same value is no conflict."""
    found = layered(set_mode("same"), set_mode("same")).evaluate(RESOURCE)
    assert ((), "same") == (found.denied_by, found.resource["properties"]["mode"])


@pytest.mark.parametrize(("first", "second", "agree"), [(True, 1, False), ([0], [False], False), ({"a": 1}, {"a": 1.0}, True)])
def test_true_is_not_1(first: Json, second: Json, agree: bool) -> None:  # noqa: FBT001
    """Neither on its own nor inside of an array or an object."""
    rules = [modify({"operation": "addOrReplace", "field": f"{LINK}/mode", "value": value}) for value in (first, second)]
    assert (() if agree else ("a", "b")) == layered(*rules).evaluate(RESOURCE).denied_by


def test_declarations_that_are_likely_not_meant() -> None:
    """A default that is misspelt is a warning, as in a definition."""
    found = compile_initiative(document(reference("simple"), parameters={"p": {"type": "String", "defaultVal": ""}}), [SIMPLE])
    assert ["/properties/parameters/p/defaultVal"] == [warning.pointer for warning in found.warnings]


def test_read_only_documents_and_resources() -> None:
    """Read-only mappings and tuples are objects and arrays, in the initiative and in what it judges."""
    places = {"places": {"type": "Array"}}
    frozen = MappingProxyType(document(MappingProxyType(reference("wide", {"places": ("uksouth",)}))))
    initiative = compile_initiative(
        frozen, [definition("wide", rule("audit", {"field": f"{LINK}/in[*]", "in": "[parameters('places')]"}), places)]
    )
    properties = MappingProxyType({"in": ("ukSouth",)})
    assert effects(initiative, MappingProxyType({**RESOURCE, "properties": properties})) == ["audit"]
    assert effects(initiative, {**RESOURCE, "properties": {"in": ("ukwest",)}}) == [None]


def test_the_loser_of_a_conflict_was_never_there() -> None:
    """What it would have changed besides is not changed either, and nobody sees it."""
    tag = {"operation": "add", "field": "tags.loser", "value": "yes"}
    mode = {"operation": "addOrReplace", "field": f"{LINK}/mode", "value": "first"}
    found = layered(modify(mode, tag, conflict="audit"), set_mode("second"), rule("audit", {"field": "tags.loser", "exists": True}))
    assert effects(found) == ["modify", "modify", None]
    assert found.evaluate(RESOURCE).resource["tags"] == {}


DENIALS: list[tuple[str | None, Json, Json, bool]] = [
    ("deny", {}, None, True),
    ("error", {}, None, True),
    ("unknown", {}, None, False),
    ("audit", {}, None, False),
    (None, {}, None, False),
    ("modify", {"conflictEffect": "deny"}, None, False),
    ("modify", {"conflictEffect": "deny", "conflicts": [1]}, None, True),
    ("modify", {"conflictEffect": "audit", "conflicts": [1]}, None, False),
    ("append", {"conflicts": [1]}, None, True),
    ("denyAction", {}, None, False),
    ("denyAction", {}, {"action": "Delete"}, True),
    ("denyAction", {}, {"action": "write"}, False),
    ("denyAction", {}, {"action": Unknown("x")}, False),
]


@pytest.mark.parametrize(("effect", "details", "context", "denied"), DENIALS)
def test_what_refuses_a_request(effect: str | None, details: Json, context: Json, denied: bool) -> None:  # noqa: FBT001
    """An error does, as a deny does; denyAction only where the request is known to be a delete."""
    assert denied is denies_request(Evaluation(effect=effect, details=details), context)


def test_every_outcome_has_a_strength() -> None:
    """The strongest is what the initiative comes to."""
    assert sorted({*EFFECTS, *LEGACY_EFFECTS, "error", "unknown"}) == sorted(STRENGTH)
    evaluations = [Evaluation(effect=effect) for effect in (None, "disabled", "audit", "deny", "unknown")]
    assert ["deny", "audit", "disabled", None] == [
        strongest(evaluations[:-1]),
        strongest(evaluations[:3]),
        strongest(evaluations[:2]),
        strongest([]),
    ]


def test_related_resources_are_given_to_every_definition() -> None:
    """Also where they come from a generator."""
    details = {"type": f"{LINK}/locks"}
    both = layered(rule("auditIfNotExists", None, details), rule("auditIfNotExists", None, details))
    assert effects(both, related=iter([{"type": f"{LINK}/locks", "name": "one/x"}])) == [None, None]


@pytest.mark.parametrize("call", [{"resource": 7}, {"context": 7}])
def test_a_bad_call_is_a_policy_error(call: Json) -> None:
    """Nothing else is raised."""
    with pytest.raises(PolicyError):
        layered(rule("audit")).evaluate(**{"resource": RESOURCE, **call})
