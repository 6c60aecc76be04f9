"""Every control folder is complete, says of itself what its Rego does, and judges its own cases as they say.

One file for all controls: a folder that is added is tested without a line here.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Literal, NotRequired, TypedDict, cast

import pytest

from s2sguard.azure_policy import compile_policy
from s2sguard.azure_policy.shipped.definitions import ControlDefinition, load_aliases, load_definitions
from s2sguard.azure_policy.shipped.lint import lint_definition
from s2sguard.azure_policy.shipped.settings import identity_parameters, settings_parameters
from s2sguard.collect import read_inventory
from s2sguard.config import load_config
from s2sguard.evaluate import Engine, judge, load_pack, open_engine, validate
from s2sguard.evaluate.verdict import Verdict
from s2sguard.facts import build_document
from s2sguard.facts.document import ConnectionFacts, FactsDocument, GatewayFacts, PolicyFacts, SiteFacts
from s2sguard.facts.key_facts import SharedKeyFacts
from s2sguard.facts.options import DEFAULT_ASSUMPTIONS, HARDENED_SETTINGS
from s2sguard.model.inventory import Inventory

POLICIES = Path(__file__).resolve().parents[2] / "policies"
PACK = load_pack(POLICIES)
CONTROLS = {control.id: control for control in PACK.controls}
FOLDERS = {control.id: POLICIES / Path(control.page).parent for control in PACK.controls}
CASES = [(control, path) for control, folder in FOLDERS.items() for path in sorted((folder / "cases").glob("*.json"))]

SHIPPED = {
    "critical": "ISO-001 OBS-001 OBS-002",
    "high": "SEC-001 IKE-001 IKE-002 IKE-003 IKE-004 IKE-005 SEL-001 SEL-002 SEL-003 ISO-002 ISO-003 ISO-004 ISO-006 "
    "ADR-001 ADR-002 ADR-003 ADR-004 RTE-001 RTE-002 GWY-001 GWY-002 OBS-003 OBS-004 VWN-001 VWN-002 "
    "AGR-001 AGR-002 AGR-003 AGR-006",
    "medium": "IKE-007 IKE-008 SEL-004 SEL-005 ISO-005 GWY-003 GWY-004 AGR-004 AGR-005 INS-001 INS-002 INS-003 INS-004",
    "low": "IKE-006 ADR-005",
}
"""Ids are permanent, and waivers and baselines rest on severities: a change here is a breaking change."""

HEADINGS = [
    "Why",
    "Bad",
    "Good",
    "Fix",
    "What the fix does to a running tunnel",
    "Limits",
    "Mappings",
]

SUBJECTS: dict[str, Any] = {"connection": ConnectionFacts, "site": SiteFacts, "gateway": GatewayFacts, "shared_key": SharedKeyFacts}
CHOOSING = {"id", "name", "how", "unknown", "trust", "connection_type", "present", "partner_facing", "gateway_type", "device"}
"""Facts that choose the subjects: while they are unknown the control applies."""
BEHIND = {
    "lib.fixed_connections": {"fixed_selectors"},
    "lib.custom_connections": {"custom_policy"},
    "lib.observed_connections": {"observed"},
    "lib.observed_algorithms": {"observed"},
    "lib.agreed_connections": {"agreement"},
    "lib.signed_connections": {"agreement"},
    "lib.policy_unknowns": {"custom_policy", "ipsec_policy"},
}
"""Facts that a shared rule decides on."""

UNDECIDED: dict[tuple[str, str], dict[str, object]] = {
    ("S2S-ISO-004", "shared_gateway"): {"bgp": True},
    ("S2S-ADR-004", "policy_based_selectors"): {"nat_rules": 1},
}
"""Where another fact of the passing document decides alone: what it must be for this one to matter."""

DEFINITIONS = {one.control.id: one for one in load_definitions(POLICIES) if one.kind != "derived"}
READINGS: tuple[Literal["true", "false"], ...] = ("true", "false")
"""What a condition on every member of a missing array gives: sources disagree, so no verdict may depend on it (facts 5.4)."""

NEEDS = [(control.id, need) for control in PACK.controls for need in control.needs]
MAY_BE_ABSENT = {
    # No default site, and what a policy leaves out, have a meaning of their own.
    ("S2S-RTE-002", "default_site"),
    ("S2S-IKE-006", "ipsec_policy.sa_lifetime_seconds"),
    ("S2S-IKE-006", "ipsec_policy.sa_data_size_kilobytes"),
    ("S2S-IKE-007", "ipsec_policy.ike_encryption"),
    ("S2S-IKE-007", "ipsec_policy.ike_integrity"),
    # Nobody looked, and nobody asked.
    *((f"S2S-OBS-00{number}", "observed") for number in range(1, 5)),
    ("S2S-GWY-004", "ike_log"),
    *((f"S2S-AGR-00{number}", "agreement") for number in range(1, 7)),
    # Not a virtual WAN.
    ("S2S-VWN-001", "road"),
    ("S2S-VWN-002", "learned"),
    # Nobody set out to inspect: neither a route table nor a firewall.
    ("S2S-INS-001", "uninspected_inbound"),
    ("S2S-INS-002", "uninspected_return"),
    ("S2S-INS-003", "bypass_routes"),
    ("S2S-INS-004", "gateway_subnet_problems"),
}

Decide = Callable[[FactsDocument, str], Verdict | None]


class Expected(TypedDict):
    """What one path says of a case: `pass`, `fail`, `unknown` or `not-applicable`, and of which resource."""

    status: str
    resource: str


class Case(TypedDict):
    """One file of `cases/`: resources as Azure returns them, and what every path must say of them.

    `azure_policy` is Rego's status, or an object with another status and why the two differ.
    It is null where the control is attested (METADATA says why) or Azure never sees the value.
    """

    description: str
    resources: list[dict[str, object]]
    expect: dict[str, Any]
    documents: NotRequired[dict[str, object]]
    """Files, by name, that are read instead of the resources: what a control judges that Azure never sees."""
    config: NotRequired[dict[str, object]]
    agreements: NotRequired[list[dict[str, object]]]
    """What was signed with partners, as in a file of agreements."""
    today: NotRequired[str]


def passing() -> FactsDocument:
    """Return a facts document to which every control applies and which every control passes."""
    document = json.loads((Path(__file__).parent / "passing.json").read_text(encoding="utf-8"))
    return cast("FactsDocument", {**document, "settings": HARDENED_SETTINGS, "assumptions": DEFAULT_ASSUMPTIONS})


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """Return the engine that needs nothing but pip; that the others agree with it is tested elsewhere."""
    opened = open_engine("regopy", pack=POLICIES)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def verdict(engine: Engine) -> Decide:
    """Return a function from a document and a control to its only verdict, None where it does not apply."""

    def decide(document: FactsDocument, control: str) -> Verdict | None:
        validate(document)
        results = engine.evaluate(json.dumps(document).encode())
        found = [one for one in judge(results, PACK.controls, document, Inventory(())) if one.control_id == control]
        assert len(found) <= 1
        return found[0] if found else None

    return decide


def rego(control: str) -> str:
    """Return the text of a control's rule without comments."""
    return re.sub(r"^\s*#.*\n", "", (FOLDERS[control] / f"{CONTROLS[control].name}.rego").read_text(encoding="utf-8"), flags=re.MULTILINE)


def subject_of(control: str) -> str:
    """Return whether a control stands on a `connection`, a `site` or a `gateway`."""
    found = re.search(r"applies contains (\w+)\.id", rego(control))
    assert found is not None
    return found.group(1)


def test_the_shipped_ids_and_severities_stay() -> None:
    """The pack holds at least the shipped controls, each with the severity waivers and baselines rest on."""
    shipped = {f"S2S-{name}": severity for severity, names in SHIPPED.items() for name in names.split()}
    assert {id_: CONTROLS[id_].severity for id_ in shipped} == shipped


@pytest.mark.parametrize("control", CONTROLS)
def test_a_folder_is_complete(control: str) -> None:
    """A control's folder holds its rule, its test, its page, its definition and its cases, and nothing else unnamed."""
    folder, name = FOLDERS[control], CONTROLS[control].name
    needed = {f"{name}.rego", f"{name}_test.rego", "control.md", "cases", "azure_policy.json"}
    found = {path.name for path in folder.iterdir()}
    assert needed <= found <= needed | {"azure_policy_derived.json"}


@pytest.mark.parametrize("control", CONTROLS)
def test_the_rule_has_the_id_of_its_metadata_and_family(control: str) -> None:
    """The Rego constant `id`, the METADATA and the family agree, and the rule stays short."""
    text = rego(control)
    assert re.findall(r'^id := "(.*)"$', text, flags=re.MULTILINE) == [control]
    assert control.split("-")[1].lower() == CONTROLS[control].family
    assert len(text.splitlines()) <= 80


@pytest.mark.parametrize("control", CONTROLS)
def test_needs_are_the_facts_the_rule_reads(control: str) -> None:
    """`needs` names every fact the rule decides on, and no other."""
    text, subject = rego(control), subject_of(control)
    names = set(re.findall(rf"\b{subject}\.(\w+)", text)) | set(re.findall(r'"([a-z_]+)"', text))
    read = names & set(SUBJECTS[subject].__annotations__) - CHOOSING
    read |= {f"ipsec_policy.{name}" for name in names & set(PolicyFacts.__annotations__)}
    read |= {fact for rule, facts in BEHIND.items() if rule in text for fact in facts}
    assert sorted(CONTROLS[control].needs) == sorted(read)


@pytest.mark.parametrize("control", CONTROLS)
def test_the_page_has_every_section(control: str) -> None:
    """A page has the fixed headings in their order, text below each, and the three ways to write the fix."""
    page = (FOLDERS[control] / "control.md").read_text(encoding="utf-8")
    prose = re.sub(r"^```.*?^```", lambda block: block.group().replace("\n#", "\n //"), page, flags=re.MULTILINE | re.DOTALL)
    title, *sections = re.split(r"^#{1,2} ", prose, flags=re.MULTILINE)[1:]
    texts = {heading: text.strip() for heading, _, text in (section.partition("\n") for section in sections)}
    assert title.strip() == f"{control} {CONTROLS[control].title}"
    assert list(texts) == HEADINGS
    assert all(texts.values())
    assert {"sh", "bicep", "hcl"} <= set(re.findall(r"^```(\w+)", texts["Fix"], flags=re.MULTILINE))


@pytest.mark.parametrize("control", CONTROLS)
def test_a_control_passes_where_nothing_is_wrong(control: str, verdict: Decide) -> None:
    """Every control applies to the passing document and passes it, so what the next tests change is what decides."""
    found = verdict(passing(), control)
    assert found is not None
    assert (found.status, found.details, found.advice) == ("pass", (), ())


@pytest.mark.parametrize(("control", "need"), NEEDS)
def test_a_needed_fact_that_is_unknown_makes_the_verdict_unknown(control: str, need: str, verdict: Decide) -> None:
    """A fact taken away with a reason never passes, and never fails either."""
    assert decided(verdict(without(control, need, "known only after apply"), control)) == "unknown"


@pytest.mark.parametrize(("control", "need"), [pair for pair in NEEDS if pair not in MAY_BE_ABSENT])
def test_a_needed_fact_that_is_absent_never_passes(control: str, need: str, verdict: Decide) -> None:
    """A fact the document forgets, without any reason, is not taken for a good one."""
    assert decided(verdict(without(control, need, ""), control)) in {"unknown", "fail"}


def without(control: str, need: str, reason: str) -> FactsDocument:
    """Return the passing document without one fact of a control's subject."""
    document = passing()
    subject = cast("dict[str, Any]", document[f"{subject_of(control)}s"][0])  # type: ignore[literal-required]
    subject.update(UNDECIDED.get((control, need), {}))
    owner, _, name = need.rpartition(".")
    (subject[owner] if owner else subject).pop(name, None)
    subject["unknown"].update({need: reason} if reason else {})
    return document


def decided(verdict: Verdict | None) -> str:
    """Return the status of a verdict."""
    return "not-applicable" if verdict is None else verdict.status


@pytest.mark.parametrize("control", CONTROLS)
def test_the_cases_show_every_answer(control: str) -> None:
    """The cases of a control hold a pass, a fail and an unknown."""
    statuses = {read_case(path)["expect"]["rego"]["status"] for id_, path in CASES if id_ == control}
    assert {"pass", "fail", "unknown"} <= statuses <= {"pass", "fail", "unknown", "not-applicable"}


@pytest.mark.parametrize(("control", "path"), CASES, ids=[f"{path.parts[-3]}-{path.stem}" for _, path in CASES])
def test_a_case_is_judged_as_it_says(control: str, path: Path, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From resources through facts and Rego to the verdict the case expects."""
    case = read_case(path)
    expected = cast("Expected", case["expect"]["rego"])
    monkeypatch.chdir(tmp_path)
    files = case.get("documents", {"resources.json": case["resources"]})
    for name, content in files.items():
        Path(name).write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    given = {} if "agreements" not in case else {"agreements": ["agreements.json"]}
    Path("agreements.json").write_text(json.dumps({"agreements": case.get("agreements")}), encoding="utf-8")
    (tmp_path / "s2sguard.yaml").write_text(json.dumps(case.get("config", {"complete": False}) | given), encoding="utf-8")
    inventory = read_inventory(list(files))
    config = load_config(file=str(tmp_path / "s2sguard.yaml"), environ={})
    document = build_document(inventory, config.facts_options(date.fromisoformat(case.get("today", "2026-06-01"))))
    validate(document)
    verdicts = judge(engine.evaluate(json.dumps(document).encode()), PACK.controls, document, inventory)
    found = {one.resource: one.status for one in verdicts if one.control_id == control}
    named = {cast("str", resource["id"]) for resource in case["resources"]} | {key.id for key in inventory.shared_keys}
    assert any(expected["resource"].startswith(one) for one in named) or (expected["status"] == "not-applicable" and "documents" in case)
    assert found.get(expected["resource"], "not-applicable") == expected["status"]


@pytest.mark.parametrize("control", CONTROLS)
def test_a_definition_says_what_its_control_says(control: str) -> None:
    """Title and description are those of the METADATA, which also says why a control is attested and not evaluated."""
    definition = DEFINITIONS[control]
    properties = definition.document["properties"]
    attested = re.search(r"^#\s+azure_policy: (.*)$", (FOLDERS[control] / f"{CONTROLS[control].name}.rego").read_text(), re.MULTILINE)
    reason = f" Attested, not evaluated: {attested.group(1)}." if attested else ""
    assert properties["displayName"] == f"{control} {CONTROLS[control].title}"
    assert properties["description"] == " ".join(CONTROLS[control].description.split()) + reason
    assert definition.message.startswith(f"{control}: ")
    assert definition.kind == ("manual" if attested else "deny")


@pytest.mark.parametrize("definition", load_definitions(POLICIES), ids=lambda one: f"{one.control.id}-{one.kind}")
def test_a_definition_has_no_problem(definition: ControlDefinition) -> None:
    """Every definition compiles with confirmed aliases alone, stays within the limits, and keeps the rules of the house."""
    assert lint_definition(definition.document) == ()


@pytest.mark.parametrize(("control", "path"), CASES, ids=[f"{path.parts[-3]}-{path.stem}" for _, path in CASES])
def test_a_case_says_why_azure_policy_differs(control: str, path: Path) -> None:
    """The two halves of a control agree on a case, or the case says why they cannot."""
    expect = read_case(path)["expect"]
    rego, azure = expect["rego"]["status"], expect["azure_policy"]
    if DEFINITIONS[control].kind == "manual":
        assert azure is None
    elif isinstance(azure, dict):
        assert azure["status"] in {"pass", "fail", "not-applicable"} - {rego}
        assert azure["why"]
    else:
        assert azure == (None if rego == "unknown" else rego)


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize(("control", "path"), CASES, ids=[f"{path.parts[-3]}-{path.stem}" for _, path in CASES])
def test_a_case_is_judged_by_azure_policy_as_it_says(control: str, path: Path, reading: Literal["true", "false"], tmp_path: Path) -> None:
    """From the resource of the case, with the parameters its configuration gives, to the verdict it expects."""
    case = read_case(path)
    azure = case["expect"]["azure_policy"]
    expected = azure["status"] if isinstance(azure, dict) else azure
    rego = case["expect"]["rego"]["status"]
    (tmp_path / "s2sguard.yaml").write_text(json.dumps(case.get("config", {"complete": False})), encoding="utf-8")
    found = azure_verdict(DEFINITIONS[control], case, tmp_path / "s2sguard.yaml", reading)
    if DEFINITIONS[control].kind == "manual":
        # What scans judge is what attestations are written on; Azure asks for more of them where it sees less.
        assert found == "manual" or rego == "not-applicable"
    elif expected is not None:
        assert found == expected


def azure_verdict(definition: ControlDefinition, case: Case, config_file: Path, reading: Literal["true", "false"]) -> str:
    """Return `pass`, `fail` or `not-applicable` (no condition but the last of a branch excludes the resource), or `manual`."""
    config = load_config(file=str(config_file), environ={})
    given = settings_parameters(config.settings) | identity_parameters(config.identity) | {"effect": "Deny"}
    parameters = {name: value for name, value in given.items() if name in definition.document["properties"]["parameters"]}
    context = {"utcNow": f"{case.get('today', '2026-06-01')}T00:00:00.0000000Z"}
    wanted = case["resources"][0]["id"] if "documents" in case else case["expect"]["rego"]["resource"]
    held = (resource["properties"].get("connections", ()) for resource in cast("list[Any]", case["resources"]))
    everything = [*case["resources"], *(one for inner in held for one in inner)]
    (resource,) = (one for one in everything if is_or_holds(str(one.get("id")), str(wanted)))

    def effect(document: Any) -> str | None:  # noqa: ANN401 - a JSON document
        policy = compile_policy(document, load_aliases(), missing_array=reading)
        return policy.evaluate(resource, parameters, context).effect

    found = effect(definition.document)
    if found is not None:
        return {"deny": "fail"}.get(found, found)
    return "pass" if effect(subjects_of(definition)) == "deny" else "not-applicable"


def is_or_holds(resource_id: str, wanted: str) -> bool:
    """Say whether a resource is the one, or the virtual WAN connection whose link it is."""
    return wanted == resource_id or re.fullmatch(re.escape(resource_id) + "/vpnLinkConnections/[^/]+", wanted) is not None


def subjects_of(definition: ControlDefinition) -> dict[str, Any]:
    """Return a definition that flags whatever the given one judges: its branches without their last condition, the fault."""
    document = copy.deepcopy(dict(definition.document))
    condition = document["properties"]["policyRule"]["if"]
    for branch in condition.get("anyOf", [condition]):
        assert branch["allOf"][0]["field"] == "type", "a branch names the type it is about first"
        branch["allOf"].pop()
    return document


def read_case(path: Path) -> Case:
    """Read a case file and check its shape."""
    case = cast("Case", json.loads(path.read_text(encoding="utf-8")))
    assert set(case) - {"agreements", "config", "documents", "today"} == {"description", "resources", "expect"}, path
    assert set(case["expect"]) == {"rego", "azure_policy"}, path
    return case
