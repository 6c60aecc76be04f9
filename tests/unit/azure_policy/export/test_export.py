"""Our definitions as other tools deploy them: nothing is lost or changed on the way."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from s2sguard.azure_policy import compile_policy
from s2sguard.azure_policy.assignment.initiative import compile_initiative
from s2sguard.azure_policy.export import ArmExporter, Assignment, Bundle, EpacExporter, PlainExporter, shipped_bundle
from s2sguard.azure_policy.export.arm import escaped
from s2sguard.azure_policy.shipped.definitions import load_aliases, load_definitions
from tests.unit.azure_policy.epac_schemas import ASSIGNMENT, DEFINITION, INITIATIVE

SCOPE = "/providers/Microsoft.Management/managementGroups/landing-zones"
LEVELS = ("subscription", "managementGroup")
Node = dict[str, Any]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet="[]a ", max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    """Return what is shipped, with an assignment to a management group."""
    return shipped_bundle(Assignment(scope=SCOPE, parameters={"effect": "Deny", "dhGroup": ["ECP384"]}))


def unescaped(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Read a value as Resource Manager reads a template without expressions (template-expressions, "Escape characters")."""
    if isinstance(value, str):
        if not (value.startswith("[") and value.endswith("]")):
            return value
        assert value.startswith("[["), f"an expression: {value}"
        return value[1:]
    if isinstance(value, dict):
        return {key: unescaped(member) for key, member in value.items()}
    return [unescaped(member) for member in value] if isinstance(value, list) else value


@given(JSON)
def test_escaping_is_undone_by_a_template(value: object) -> None:
    """Whatever a policy holds, a template gives it back."""
    assert unescaped(escaped(value)) == value


@pytest.mark.parametrize(
    ("written", "expected"),
    [("[field('x')]", "[[field('x')]"), ("[[x]", "[[[x]"), ("[x] y", "[x] y"), ("[]", "[[]"), ("[", "["), ("x", "x"), (7, 7)],
)
def test_only_what_a_template_would_evaluate_is_escaped(written: object, expected: object) -> None:
    """A bracket at the start counts only together with one at the end."""
    assert expected == escaped(written)


def resources(bundle: Bundle, level: str, kind: str) -> list[Node]:
    """Return the resources of one kind of a template."""
    return [each for each in ArmExporter().files(bundle)[f"s2sguard.{level}.json"]["resources"] if each["type"].endswith(f"/{kind}")]


@pytest.mark.parametrize("level", LEVELS)
def test_a_template_deploys_every_definition_unchanged(bundle: Bundle, level: str) -> None:
    """Read as Resource Manager reads it, each definition is the one in the pack."""
    found = {each["name"]: unescaped(each["properties"]) for each in resources(bundle, level, "policyDefinitions")}
    assert {each.name: dict(each.document["properties"]) for each in load_definitions()} == found


def resolved(expression: str, level: str) -> str:
    """Return the id that an expression for an id stands for, at one kind of scope; fails for any other expression."""
    start = {"subscription": r"\[subscriptionResourceId\(", "managementGroup": r"\[extensionResourceId\(managementGroup\(\)\.id, "}[level]
    found = re.fullmatch(rf"{start}'Microsoft\.Authorization/(policy(?:Set)?Definitions)', '([0-9a-f-]{{36}})'\)\]", expression)
    assert found is not None, expression
    return f"/scope/providers/Microsoft.Authorization/{found[1]}/{found[2]}"


@pytest.mark.parametrize("level", LEVELS)
def test_a_template_deploys_the_initiative_after_its_definitions(bundle: Bundle, level: str) -> None:
    """It compiles with the definitions of the same template, refers to all of them by id, and waits for each."""
    definitions = [
        {"name": each["name"], "properties": unescaped(each["properties"])} for each in resources(bundle, level, "policyDefinitions")
    ]
    for each in resources(bundle, level, "policySetDefinitions"):
        ids = [entry["policyDefinitionId"] for entry in each["properties"]["policyDefinitions"]]
        assert ids == each["dependsOn"]
        entries = [
            {
                **unescaped({key: value for key, value in entry.items() if key != "policyDefinitionId"}),
                "policyDefinitionId": resolved(id_, level),
            }
            for entry, id_ in zip(each["properties"]["policyDefinitions"], ids, strict=True)
        ]
        own = unescaped({key: value for key, value in each["properties"].items() if key != "policyDefinitions"})
        initiative = compile_initiative(
            {"name": each["name"], "properties": {**own, "policyDefinitions": entries}}, definitions, load_aliases()
        )
        assert [entry["policyDefinitionReferenceId"] for entry in entries] == list(initiative.reference_ids)


@pytest.mark.parametrize("level", LEVELS)
def test_a_template_assigns_the_initiative_and_enforces_nothing_unasked(bundle: Bundle, level: str) -> None:
    """The assignment follows the parameters of the template, whose default is not to enforce."""
    template = ArmExporter().files(bundle)[f"s2sguard.{level}.json"]
    (assignment,) = resources(bundle, level, "policyAssignments")
    initiative = resources(bundle, level, "policySetDefinitions")[0]
    assert resolved(assignment["properties"]["policyDefinitionId"], level).endswith(initiative["name"])
    assert assignment["dependsOn"] == [assignment["properties"]["policyDefinitionId"]]
    assert template["parameters"]["enforcementMode"]["defaultValue"] == "DoNotEnforce"
    assert template["parameters"]["assignmentParameters"]["defaultValue"] == {"effect": {"value": "Deny"}, "dhGroup": {"value": ["ECP384"]}}
    used = {
        match
        for each in (assignment["name"], *map(str, assignment["properties"].values()))
        for match in re.findall(r"parameters\('(\w+)'\)", each)
    }
    assert used | {"assign"} == set(template["parameters"])


@pytest.mark.parametrize(
    ("level", "name"),
    [("subscription", "2018-05-01/subscriptionDeploymentTemplate"), ("managementGroup", "2019-08-01/managementGroupDeploymentTemplate")],
)
def test_each_scope_has_its_schema(bundle: Bundle, level: str, name: str) -> None:
    """The schema that Microsoft documents for the scope."""
    assert f"https://schema.management.azure.com/schemas/{name}.json#" == ArmExporter().files(bundle)[f"s2sguard.{level}.json"]["$schema"]


@pytest.mark.parametrize("level", LEVELS)
def test_a_template_stays_within_the_limits_of_resource_manager(bundle: Bundle, level: str) -> None:
    """At most 800 resources, 256 parameters and 4 MB (azure-docs: templates/best-practices)."""
    template = ArmExporter().files(bundle)[f"s2sguard.{level}.json"]
    assert len(template["resources"]) <= 800
    assert len(json.dumps(template, indent=2)) <= 4_000_000
    assert len(template["parameters"]) <= 256


def test_one_template_can_be_asked_for(bundle: Bundle) -> None:
    """A level leaves the other template out."""
    assert ["s2sguard.subscription.json"] == list(ArmExporter("subscription").files(bundle))


@pytest.mark.parametrize(
    ("folder", "schema"), [("policyDefinitions", DEFINITION), ("policySetDefinitions", INITIATIVE), ("policyAssignments", ASSIGNMENT)]
)
def test_every_epac_file_is_valid(bundle: Bundle, folder: str, schema: Node) -> None:
    """Each file of the tree is what EPAC's schema for its folder asks for."""
    files = {path: document for path, document in EpacExporter().files(bundle).items() if path.startswith(f"Definitions/{folder}/")}
    assert files
    problems = {path: [error.message for error in Draft202012Validator(schema).iter_errors(document)] for path, document in files.items()}
    assert {path: [] for path in files} == problems


def test_epac_files_name_their_schema(bundle: Bundle) -> None:
    """Editors find the schema by the first line."""
    found = {path.split("/")[1]: document["$schema"].rpartition("/")[2] for path, document in EpacExporter().files(bundle).items()}
    assert {
        "policyDefinitions": "policy-definition-schema.json",
        "policySetDefinitions": "policy-set-definition-schema.json",
        "policyAssignments": "policy-assignment-schema.json",
    } == found


def test_epac_definitions_say_the_same(bundle: Bundle) -> None:
    """Only the effect is written differently: the rule, and the effects it can have, are ours; manual ones can be switched off besides."""
    files = EpacExporter().files(bundle)
    by_name = {document["name"]: document for path, document in files.items() if "/policyDefinitions/" in path}
    for ours in load_definitions():
        theirs = by_name[ours.name]
        assert theirs["properties"]["policyRule"]["if"] == ours.document["properties"]["policyRule"]["if"]
        compiled = compile_policy(theirs, load_aliases())
        assert set(ours.policy.effects) | ({"disabled"} if ours.kind == "manual" else set()) == set(compiled.effects)


def test_epac_initiative_refers_to_files_of_the_tree(bundle: Bundle) -> None:
    """Every name in an initiative is a definition in the tree, and the assignment's initiative is there too."""
    files = EpacExporter().files(bundle)
    names = {document["name"] for path, document in files.items() if "/policyDefinitions/" in path}
    sets = [document for path, document in files.items() if "/policySetDefinitions/" in path]
    assert {entry["policyDefinitionName"] for each in sets for entry in each["properties"]["policyDefinitions"]} == names
    (assignment,) = [document for path, document in files.items() if "/policyAssignments/" in path]
    assert assignment["definitionEntry"]["policySetName"] in {each["name"] for each in sets}
    assert assignment["parameters"] == {"dhGroup": ["ECP384"], "effect": "Deny"}


def test_epac_assignment_is_for_the_scope_and_environment_given(bundle: Bundle) -> None:
    """The scope is listed below the pacSelector; without one a placeholder stands there that no tenant has."""
    path = "Definitions/policyAssignments/s2sguard.json"
    assert {"tenant": [SCOPE]} == EpacExporter("tenant").files(bundle)[path]["scope"]
    (missing,) = EpacExporter().files(shipped_bundle())[path]["scope"]["epac-dev"]
    assert "fill-in" in missing


@pytest.mark.parametrize(("enforce", "mode"), [(False, "DoNotEnforce"), (True, "Default")])
def test_enforcement_is_asked_for(enforce: bool, mode: str) -> None:  # noqa: FBT001
    """Every format enforces only when told to."""
    bundle = shipped_bundle(Assignment(enforce=enforce))
    assert mode == EpacExporter().files(bundle)["Definitions/policyAssignments/s2sguard.json"]["enforcementMode"]
    assert mode == PlainExporter().files(bundle)["policyAssignments/s2sguard.json"]["properties"]["enforcementMode"]
    assert mode == ArmExporter().files(bundle)["s2sguard.subscription.json"]["parameters"]["enforcementMode"]["defaultValue"]


def test_plain_files_are_what_is_shipped(bundle: Bundle) -> None:
    """Each definition is the file of the pack; ids start with the scope."""
    files = PlainExporter().files(bundle)
    assert [dict(each.document) for each in load_definitions()] == [
        document for path, document in files.items() if path.startswith("policyDefinitions/")
    ]
    entries = files["policySetDefinitions/s2sguard.json"]["properties"]["policyDefinitions"]
    assert all(entry["policyDefinitionId"].startswith(f"{SCOPE}/providers/Microsoft.Authorization/policyDefinitions/") for entry in entries)
    assert files["policyAssignments/s2sguard.json"]["properties"]["policyDefinitionId"].startswith(f"{SCOPE}/providers/")


def test_messages_go_by_reference_ids_of_the_initiative(bundle: Bundle) -> None:
    """One message for everything, then one for each definition of the initiative, each id once."""
    messages = bundle.messages()
    named = [each["policyDefinitionReferenceId"] for each in messages[1:]]
    referred = [entry["policyDefinitionReferenceId"] for entry in bundle.initiatives[0]["properties"]["policyDefinitions"]]
    assert "policyDefinitionReferenceId" not in messages[0]
    assert sorted(referred) == sorted(named)


@pytest.mark.parametrize("exporter", [ArmExporter(), EpacExporter(), PlainExporter()], ids=lambda each: type(each).__name__)
def test_no_two_definitions_share_a_file(bundle: Bundle, exporter: ArmExporter | EpacExporter | PlainExporter) -> None:
    """Equal bundles give equal files, and each definition is in one of them."""
    files = exporter.files(bundle)
    assert files == exporter.files(bundle)
    if not isinstance(exporter, ArmExporter):
        assert len(load_definitions()) == sum("policyDefinitions/" in path for path in files)


SUB = "11111111-2222-3333-4444-555555555555"
RANGES = [{"range": "10.2.0.0/16", "partner": "[blue]", "gateway": "/g"}]
PLACES = (f"/subscriptions/{SUB}", f"/subscriptions/{SUB}/resourceGroups/hub")


@pytest.fixture(scope="module")
def derived_bundle() -> Bundle:
    """Return what is shipped, with derived assignments to a subscription and to a resource group of the same name."""
    return shipped_bundle(
        derived=tuple(Assignment(name="one", family="derived", scope=place, parameters={"partnerRanges": RANGES}) for place in PLACES)
    )


@pytest.mark.parametrize("level", LEVELS)
def test_a_template_assigns_derived_parameters_where_they_belong(derived_bundle: Bundle, level: str) -> None:
    """Each assignment is a nested deployment to its scope, waits for its initiative, and its values arrive unchanged."""
    nested = resources(derived_bundle, level, "deployments")
    targets = [(each["subscriptionId"], each.get("resourceGroup"), each.get("location")) for each in nested]
    assert [(SUB, None, "[deployment().location]"), (SUB, "hub", None)] == targets
    assert 2 == len({each["name"] for each in nested})
    for each in nested:
        (id_,) = each["dependsOn"]
        assert resolved(id_, level).endswith(derived_bundle.initiatives[1]["name"])
        handed, template = each["properties"]["parameters"], each["properties"]["template"]
        assert {"initiativeId": {"value": id_}, "enforcementMode": {"value": "[parameters('enforcementMode')]"}} == handed
        assert ("inner", set(handed)) == (each["properties"]["expressionEvaluationOptions"]["scope"], set(template["parameters"]))
        (assignment,) = template["resources"]
        properties = assignment["properties"]
        assert {"partnerRanges": {"value": RANGES}} == unescaped(properties["parameters"])
        assert ("one", "[parameters('initiativeId')]") == (assignment["name"], properties["policyDefinitionId"])
        assert {"S2S-ISO-003"} < {message.get("policyDefinitionReferenceId") for message in properties["nonComplianceMessages"]}


def test_a_nested_template_has_the_schema_of_its_scope(derived_bundle: Bundle) -> None:
    """A resource group's schema is another than a subscription's."""
    found = [each["properties"]["template"]["$schema"] for each in resources(derived_bundle, "managementGroup", "deployments")]
    assert ["subscriptionDeploymentTemplate.json#", "deploymentTemplate.json#"] == [schema.rpartition("/")[2] for schema in found]


def test_epac_assigns_derived_parameters(derived_bundle: Bundle) -> None:
    """One valid file for each assignment, below the environment that was named, with plain values."""
    files = EpacExporter("tenant").files(derived_bundle)
    found = [files[f"Definitions/policyAssignments/s2sguard.derived.{number:02}.json"] for number in (1, 2)]
    assert [[], []] == [list(Draft202012Validator(ASSIGNMENT).iter_errors(each)) for each in found]
    assert [({"tenant": [place]}, {"partnerRanges": RANGES}) for place in PLACES] == [(each["scope"], each["parameters"]) for each in found]
    assert {derived_bundle.initiatives[1]["name"]} == {each["definitionEntry"]["policySetName"] for each in found}


def test_plain_files_say_where_an_assignment_acts(derived_bundle: Bundle) -> None:
    """The id of a derived assignment has its own scope."""
    files = PlainExporter().files(derived_bundle)
    found = [files[f"policyAssignments/s2sguard.derived.{number:02}.json"] for number in (1, 2)]
    assert [f"{place}/providers/Microsoft.Authorization/policyAssignments/one" for place in PLACES] == [each["id"] for each in found]
    assert [{"partnerRanges": {"value": RANGES}}] * 2 == [each["properties"]["parameters"] for each in found]
