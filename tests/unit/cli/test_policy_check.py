"""`s2sguard policy check`: exit codes, what is evaluated, and what the report says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli_estate import GROUP, RED, lab, write_lab
from tests.unit.conftest import Ran, Run

TYPE = "Microsoft.Network/connections"
TODAY = ("--today", "2026-01-01")
BAD = {"if": {"allOf": [{"field": "type", "equals": TYPE}, {"field": f"{TYPE}/connectionMode", "notEquals": "InitiatorOnly"}]}}
Put = Callable[[str, object], Path]


def connection(name: str = "to-green", **properties: object) -> dict[str, Any]:
    """Return the hardened connection of the lab under another name, with some of its properties changed."""
    (red,) = (each for each in lab(5) if each["id"] == RED)
    return {**red, "id": f"{GROUP}/connections/{name}", "name": name, "properties": red["properties"] | properties}


def found(ran: Ran) -> dict[str, tuple[str, list[str]]]:
    """Return state and rules of each resource by name."""
    return {each["name"]: (each["state"], [outcome["rule"] for outcome in each["outcomes"]]) for each in ran.json["resources"]}


@pytest.mark.parametrize(("stage", "code"), [(1, 1), (4, 1), (5, 0)])
def test_the_stages_of_the_article(run: Run, tmp_path: Path, stage: int, code: int) -> None:
    """A hardened estate would pass, the others would be flagged."""
    assert code == run("policy", "check", write_lab(tmp_path, stage), *TODAY).code


@pytest.mark.parametrize(("effect", "state"), [("Audit", "flagged"), ("Deny", "denied"), ("Disabled", "clean")])
def test_the_effect_decides_the_state(run: Run, put: Put, effect: str, state: str) -> None:
    """`--effect` is the effect that the initiative would be assigned with."""
    ran = run("policy", "check", put("a.json", connection(connectionMode="Default")), "--effect", effect, "--format", "json")
    assert {"to-green": (state, [] if state == "clean" else ["S2S-IKE-001"])} == found(ran)


def test_only_what_is_asked_for_ends_with_1(run: Run, put: Put) -> None:
    """With `--fail-on denied` what is only flagged is reported and lets the run pass."""
    path = put("a.json", connection(connectionMode="Default"))
    assert [1, 0, 1] == [
        run("policy", "check", path, *more).code for more in ((), ("--fail-on", "denied"), ("--fail-on", "denied", "--effect", "Deny"))
    ]


def test_a_wrong_effect_is_refused(run: Run, put: Put) -> None:
    """An effect that the initiative does not have goes by what was typed, with the values that it has."""
    ran = run("policy", "check", put("a.json", connection()), "--effect", "dney")
    said = " ".join(ran.err.split())
    assert (2, True) == (
        ran.code,
        "--effect dney: `effect`: " in said and "Audit, Deny, Disabled" in said and "did you mean `Deny`?" in said,
    )


def test_an_effect_in_any_casing_will_do(run: Run, put: Put) -> None:
    """On the command line nobody should have to know how a definition writes its effects."""
    path = put("a.json", connection(connectionMode="Default"))
    assert "denied" == run("policy", "check", path, "--effect", "deny", "--format", "json").json["resources"][0]["state"]
    declared = {"effect": {"type": "String", "allowedValues": ["audit", "deny"], "defaultValue": "audit"}}
    rule = {"if": {"field": "type", "exists": True}, "then": {"effect": "[parameters('effect')]"}}
    own = put("own.json", {"properties": {"mode": "All", "parameters": declared, "policyRule": rule}})
    ran = run("policy", "check", path, "--definition", own, "--effect", "DENY", "--format", "json")
    assert (1, "denied") == (ran.code, ran.json["resources"][0]["state"])


def test_a_rule_with_a_doubtful_alias_decides_nothing(run: Run, put: Put) -> None:
    """Azure ignores a rule with an alias that does not exist: no verdict, and no green pipeline either."""
    typo = {"field": f"{TYPE}/conectionMode", "exists": False}
    rule = {"if": {"allOf": [{"field": "type", "equals": TYPE}, typo]}, "then": {"effect": "deny"}}
    own = put("own.json", rule)
    ran = run("policy", "check", put("a.json", connection()), "--definition", own, "--format", "json")
    assert (3, "unknown") == (ran.code, ran.json["resources"][0]["state"])
    assert "deny, if `Microsoft.Network/connections/conectionMode` exists" in ran.json["resources"][0]["outcomes"][0]["reason"]
    assert "if it does not exist, Azure ignores the whole rule" in ran.json["rules"]["notes"][0]
    catalogue = put("aliases.json", [f"{TYPE}/conectionMode"])
    assert 1 == run("policy", "check", "a.json", "--definition", own, "--aliases", catalogue).code


def test_the_configuration_sets_the_parameters(run: Run, put: Put) -> None:
    """Scans and Azure Policy judge by the same settings."""
    (red,) = (each for each in lab(5) if each["id"] == RED)
    path = put("a.json", red)
    put("s2sguard.yaml", "settings:\n  dh_group: [ECP384]\n")
    ran = run("policy", "check", path, "--format", "json")
    assert (1, {"dhGroup": ["ECP384"]}, {"to-red": ("flagged", ["S2S-IKE-004"])}) == (ran.code, ran.json["rules"]["parameters"], found(ran))


def test_what_the_parameters_cannot_hold_is_told(run: Run, put: Put) -> None:
    """A connection that is our own by its name is flagged all the same, and the report says why."""
    put("s2sguard.yaml", "identity: {partners: {to-own: {trust: internal}, red: {partner: red}}}")
    path = put("a.json", connection("to-own", connectionMode="Default"))
    table, report = run("policy", "check", path), run("policy", "check", path, "--format", "json")
    assert (1, ("flagged", ["S2S-IKE-001"])) == (table.code, found(report)["to-own"])
    assert ["`to-own`"] == [note.split()[0] for note in report.json["rules"]["notes"]]
    assert "note: `to-own` is our own in identity.partners" in " ".join(table.out.split())


def test_a_plan_names_what_is_new(run: Run, root: Path) -> None:
    """What a plan creates is new; what it will be is evaluated."""
    ran = run("policy", "check", root / "samples/lab/stage-3-fixed-selectors/tfplan.json", *TODAY, "--format", "json")
    assert {"new"} == {each["standing"] for each in ran.json["resources"]}


def test_what_is_deployed_is_flagged_and_not_denied(run: Run, put: Put, tmp_path: Path) -> None:
    """Laid over what is deployed, a deny stops what is new and leaves what exists."""
    live = write_lab(tmp_path, 4)
    ran = run(
        "policy", "check", put("new.json", connection(connectionMode="Default")), "--with", live, "--effect", "Deny", "--format", "json"
    )
    standing = {each["name"]: (each["standing"], each["state"]) for each in ran.json["resources"]}
    assert (("new", "denied"), ("unchanged", "flagged")) == (standing["to-green"], standing["to-red"])


def test_a_definition_of_ones_own_replaces_ours(run: Run, put: Put, tmp_path: Path) -> None:
    """Only what is given is evaluated, each definition by itself."""
    own = put("own.json", {**BAD, "then": {"effect": "deny"}})
    ran = run("policy", "check", write_lab(tmp_path, 1), "--definition", own, "--format", "json")
    assert {("denied", (str(own),))} == {(state, tuple(rules)) for state, rules in found(ran).values()}


def test_a_folder_of_definitions_is_taken_whole(run: Run, put: Put) -> None:
    """Every `*.json` of the folder is a definition."""
    put("own/a.json", {**BAD, "then": {"effect": "deny"}})
    put("own/b.json", {**BAD, "then": {"effect": "audit"}})
    ran = run("policy", "check", put("r.json", connection(connectionMode="Default")), "--definition", "own", "--format", "json")
    assert {"to-green": ("denied", ["own/a.json", "own/b.json"])} == found(ran)


def test_an_initiative_of_ones_own_passes_its_parameters(run: Run, put: Put) -> None:
    """Definitions are found by name, and the initiative's parameters reach them."""
    declared = {"mode": {"type": "String"}}
    rule = {"if": {"field": f"{TYPE}/connectionMode", "equals": "[parameters('mode')]"}, "then": {"effect": "deny"}}
    own = put("d.json", {"name": "one", "properties": {"displayName": "A mode", "mode": "All", "parameters": declared, "policyRule": rule}})
    entry = {
        "policyDefinitionId": "/providers/Microsoft.Authorization/policyDefinitions/one",
        "policyDefinitionReferenceId": "the-mode",
        "parameters": {"mode": {"value": "[parameters('wanted')]"}},
    }
    properties = {"displayName": "Mine", "parameters": {"wanted": {"type": "String"}}, "policyDefinitions": [entry]}
    initiative = put("i.json", {"name": "mine", "properties": properties})
    arguments = ("policy", "check", put("r.json", connection()), "--initiative", initiative, "--definition", own, "--format", "json")
    ran = run(*arguments, "--parameters", put("p.json", {"wanted": "InitiatorOnly"}))
    assert (1, {"to-green": ("denied", ["the-mode"])}) == (ran.code, found(ran))
    assert "A mode" == ran.json["resources"][0]["outcomes"][0]["title"]
    assert run(*arguments).code == 2


def test_problems_of_all_definitions_are_told_together(run: Run, put: Put) -> None:
    """Nothing is evaluated, and every file that does not compile is named."""
    for name in ("a", "b"):
        put(f"own/{name}.json", {"if": {"field": "type", "equal": name}, "then": {"effect": "deny"}})
    ran = run("policy", "check", put("r.json", connection()), "--definition", "own")
    assert (2, "", True) == (ran.code, ran.out, "own/a.json#/if" in ran.err and "own/b.json#/if" in ran.err)


@pytest.mark.parametrize("path", ["absent.json", "empty"])
def test_definitions_that_are_not_there_are_a_usage_error(run: Run, put: Put, tmp_path: Path, path: str) -> None:
    """A wrong path must not mean that nothing is checked."""
    (tmp_path / "empty").mkdir()
    assert run("policy", "check", put("r.json", connection()), "--definition", path).code == 2


def test_a_parameter_that_nobody_has_is_a_usage_error(run: Run, put: Put) -> None:
    """A typing error in a parameter file must not be taken for a default."""
    own = put("own.json", {"properties": {"mode": "All", "policyRule": {**BAD, "then": {"effect": "deny"}}}})
    ran = run("policy", "check", put("r.json", connection()), "--definition", own, "--parameters", put("p.json", {"nobody": 1}))
    assert (2, "`nobody`" in ran.err) == (ran.code, True)


def test_unknown_ends_with_3_only_when_asked(run: Run, put: Put) -> None:
    """An unknown is shown as such; `--fail-on-unknown` makes it the end of a run."""
    text = put(
        "r.json", f'{{"type": "{TYPE}", "name": "x", "id": "{GROUP}/connections/x", "location": "uksouth", "properties": {{"a": 1}}}}'
    )
    own = put("own.json", {"if": {"field": "location", "equals": "uksouth"}, "then": {"effect": "deny"}})
    ran = run("policy", "check", text, "--definition", own)
    assert (0, True) == (ran.code, "no answer (not the same as clean)" in ran.out)
    assert run("policy", "check", text, "--definition", own, "--fail-on-unknown").code == 3


def test_a_rule_that_fails_ends_with_3(run: Run, put: Put) -> None:
    """Azure would deny the request; no definition says so, so it is an error and not a denial."""
    own = put("own.json", {"if": {"value": "[substring('a', 9)]", "equals": 1}, "then": {"effect": "audit"}})
    ran = run("policy", "check", put("r.json", connection()), "--definition", own)
    assert (3, True) == (ran.code, ran.out.count("the evaluation fails, so Azure would deny the request") == 1)


def test_an_unread_input_ends_with_3(run: Run, put: Put) -> None:
    """The rest is judged all the same, and the report says what was not read."""
    ran = run("policy", "check", put("a.json", connection()), put("b.json", "{"))
    assert (3, True) == (ran.code, "NOT READ: 1 gap" in ran.out)


def test_a_gap_ends_with_3_only_when_asked(run: Run, put: Put) -> None:
    """What could not be read inside a file is listed."""
    path = put(
        "a.json",
        [
            connection(),
            {
                "type": "Microsoft.Network/virtualNetworks",
                "name": "x",
                "id": f"{GROUP}/virtualNetworks/x",
                "tags": 7,
                "properties": {"a": 1},
            },
        ],
    )
    assert [0, 3] == [run("policy", "check", path, *more).code for more in ((), ("--fail-on-gap",))]


def test_nothing_read_is_not_clean(run: Run, put: Put) -> None:
    """An empty listing may lack permission."""
    ran = run("policy", "check", put("a.json", {"value": []}))
    assert (3, True) == (ran.code, ran.out.startswith("NOTHING WAS READ"))


def test_controls_to_attest_are_named_apart(run: Run, put: Put) -> None:
    """Manual definitions do not make a resource fail, and are not forgotten."""
    ran = run("policy", "check", put("a.json", connection()))
    assert (0, True) == (ran.code, "attest   " in ran.out and "S2S-ISO-001" in ran.out)


def test_derived_rules_know_the_other_partners(run: Run, put: Put, tmp_path: Path) -> None:
    """With the parameters of an estate, a new connection to another partner's range would be denied."""
    live = write_lab(tmp_path, 5)
    assert run("policy", "parameters", live, "-o", "derived.json").code == 0
    selectors = [{"localAddressRanges": ["172.16.1.0/24"], "remoteAddressRanges": ["10.2.7.0/24"]}]
    path = put("new.json", {**connection(trafficSelectorPolicies=selectors), "tags": {"partner": "red"}})
    ran = run("policy", "check", path, "--derived", "derived.json", "--effect", "Deny", "--format", "json")
    state, rules = found(ran)["to-green"]
    assert ("denied", True) == (state, "S2S-ISO-003/derived" in rules)
    assert "denied" not in {
        each["state"] for each in run("policy", "check", live, "--derived", "derived.json", "--format", "json").json["resources"]
    }


def test_the_report_goes_to_a_file_when_asked(run: Run, put: Put, tmp_path: Path) -> None:
    """`--output` writes the report whole, and nothing to the terminal."""
    ran = run("policy", "check", put("a.json", connection()), "--output", "out.txt")
    assert ("", True) == (ran.out, "1 resource judged" in (tmp_path / "out.txt").read_text(encoding="utf-8"))


def test_many_resources_are_cut_and_counted(run: Run, put: Put) -> None:
    """A person sees the first ones and true counts; the JSON report has them all."""
    path = put("a.json", [connection(f"c{number:02}", connectionMode="Default") for number in range(30)])
    ran = run("policy", "check", path)
    assert (20, True) == (ran.out.count("FLAGGED  c"), "and 10 more resources (all of them: --format json): S2S-IKE-001 (10)" in ran.out)
    assert "30 resources judged: 30 flagged, 0 clean" in ran.out
    assert len(run("policy", "check", path, "--format", "json").json["resources"]) == 30


def test_hostile_names_cannot_act_on_the_terminal(run: Run, put: Put) -> None:
    """Names from an inventory are printed and do nothing."""
    evil = "x\x1b[2J\u202e\nclean    "
    own = put("own.json", {"properties": {"displayName": evil, "mode": "All", "policyRule": {**BAD, "then": {"effect": "deny"}}}})
    path = put("a.json", {**connection(connectionMode=evil), "name": evil})
    for more in ((), ("--definition", own)):
        out = run("policy", "check", path, *more).out
        assert [] == [character for character in ("\x1b", "\u202e") if character in out]
        assert [] == [line for line in out.splitlines() if line.startswith("clean")]


def test_what_is_unknown_stands_below_what_is_denied(run: Run, put: Put) -> None:
    """A resource with both is denied, and the open question is marked as such, with the field that leaves it open."""
    put("own/deny.json", {**BAD, "then": {"effect": "deny"}})
    put("own/where.json", {"if": {"field": "location", "equals": "uksouth"}, "then": {"effect": "deny"}})
    out = run("policy", "check", put("r.json", connection(connectionMode="Default")), "--definition", "own").out
    block = out.partition("DENIED   to-green")[2]
    assert 0 < block.index("own/deny.json") < block.index("own/where.json [unknown]")
    assert "?    location: unknown" in out


def test_gaps_are_in_the_json_report(run: Run, put: Put) -> None:
    """What was not read is listed with its place."""
    ran = run("policy", "check", put("a.json", connection()), put("b.json", "{"), "--format", "json")
    (gap,) = ran.json["gaps"]
    assert ("not-json", True, 1) == (gap["kind"], gap["source"]["file"].endswith("b.json"), ran.json["summary"]["gaps"])


def test_many_kinds_of_gaps_are_cut_and_counted(run: Run, put: Put) -> None:
    """A person sees the first kinds and how many more there are."""
    for number in range(12):
        put(f"bad/{number:02}.json", "{" * (number + 1))
    ran = run("policy", "check", put("a.json", connection()), "bad")
    assert "NOT READ: 12 gaps" in ran.out


def test_derived_parameters_that_do_not_hold_everything_are_told(run: Run, put: Put, tmp_path: Path) -> None:
    """What `policy parameters` could not express is repeated, and counts as a gap."""
    live = write_lab(tmp_path, 5)
    run("policy", "parameters", live, "-o", "derived.json")
    document = json.loads((tmp_path / "derived.json").read_text(encoding="utf-8"))
    document["not_expressed"] = [{"partner": "violet", "reason": "120 ranges"}]
    path = put("derived.json", document)
    ran = run("policy", "check", live, "--derived", path)
    assert (0, True) == (ran.code, "NOT EXPRESSED in the derived parameters: 1\n  violet: 120 ranges\n" in ran.out)
    assert run("policy", "check", live, "--derived", path, "--fail-on-gap").code == 3


def test_derived_parameters_that_do_not_fit_are_refused(run: Run, put: Put, tmp_path: Path) -> None:
    """An assignment without what the definitions need would fail in Azure; here it is a usage error."""
    document = {"assignments": [{"name": "a", "scope": "/subscriptions/11111111-2222-3333-4444-555555555555", "parameters": {}}]}
    ran = run("policy", "check", write_lab(tmp_path, 5), "--derived", put("d.json", document))
    assert (2, True) == (ran.code, "needs a value" in ran.err)


def test_a_value_of_the_wrong_type_is_told_with_its_definition(run: Run, put: Put) -> None:
    """Before any resource is looked at."""
    rule = {"if": {"field": "type", "in": "[parameters('types')]"}, "then": {"effect": "deny"}}
    own = put("own.json", {"properties": {"mode": "All", "parameters": {"types": {"type": "Array"}}, "policyRule": rule}})
    ran = run("policy", "check", put("r.json", connection()), "--definition", own, "--parameters", put("p.json", {"types": "x"}))
    assert (2, True) == (ran.code, "own.json" in ran.err and "Array" in ran.err)


def test_nothing_to_judge_is_said(run: Run, put: Put) -> None:
    """Resources that no rule is about are no clean result."""
    other = {"type": "Microsoft.Network/publicIPAddresses", "name": "x", "id": f"{GROUP}/publicIPAddresses/x", "properties": {"a": 1}}
    assert "nothing to judge: no resource of these types" in run("policy", "check", put("a.json", other)).out


def first(text: str) -> str:
    """Return the first line of a report."""
    return text.splitlines()[0]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ((), "1 flagged of 1 resource, effect Audit: nothing would be refused; with --effect Deny 1 would be."),
        (("--effect", "Deny"), "1 denied of 1 resource, effect Deny."),
        (("--effect", "Disabled"), "No answer: effect Disabled switches every rule off, and 1 resource went unjudged."),
    ],
)
def test_the_first_line_is_the_answer(run: Run, put: Put, more: tuple[str, ...], expected: str) -> None:
    """How many, with which effect, and what Deny would do."""
    assert expected == first(run("policy", "check", put("a.json", connection(connectionMode="Default")), *more).out)


def test_a_clean_result_says_by_which_effect(run: Run, put: Put) -> None:
    """Nothing found is an answer, and the first line too."""
    assert "Nothing denied or flagged on 1 resource, effect Audit." == first(run("policy", "check", put("a.json", connection())).out)


def test_what_exists_would_not_be_refused(run: Run, put: Put, tmp_path: Path) -> None:
    """With Deny, what is only flagged exists and stays as it is, so another effect would change nothing."""
    live = write_lab(tmp_path, 4)
    out = run("policy", "check", put("new.json", connection()), "--with", live, "--effect", "Deny").out
    assert (True, False) == ("effect Deny: nothing would be refused." in first(out), "--effect" in out)


def test_the_note_is_about_the_effect(run: Run, put: Put) -> None:
    """A report by Audit does not talk of what a deny stops, and one by Disabled calls nothing clean."""
    path = put("a.json", connection(connectionMode="Default"))
    audit, deny, disabled = (run("policy", "check", path, "--effect", effect).out for effect in ("Audit", "Deny", "Disabled"))
    assert [False, True, False] == ["A deny stops" in out for out in (audit, deny, disabled)]
    assert (True, False) == ("Audit refuses nothing" in audit, "would pass" in disabled)


def test_the_json_report_says_what_deny_would_do(run: Run, put: Put) -> None:
    """The effect and the number that Deny would refuse."""
    summary = run("policy", "check", put("a.json", connection(connectionMode="Default")), "--format", "json").json["summary"]
    assert ("Audit", 1, 0) == (summary["effect"], summary["denied_with_deny"], summary["denied"])


def test_what_a_derived_rule_judged_is_not_left_to_attest(run: Run, put: Put, tmp_path: Path) -> None:
    """One report says of one control either that a rule decided it, or that none can."""
    assert run("policy", "parameters", write_lab(tmp_path, 5), "-o", "derived.json").code == 0
    path = put("new.json", connection())

    def attest(*more: str) -> str:
        return " ".join(run("policy", "check", path, *more).out.partition("attest   ")[2].partition("\n\n")[0].split())

    without, with_derived = attest(), attest("--derived", "derived.json")
    assert (True, True) == ("S2S-ISO-003" in without, "3 of them can be judged here with --derived" in without)
    assert (False, True, False) == tuple(text in with_derived for text in ("S2S-ISO-003", "S2S-ISO-001", "--derived"))


def test_derived_parameters_beside_definitions_of_ones_own_are_refused(run: Run, put: Put) -> None:
    """They would not be looked at."""
    own = put("own.json", {**BAD, "then": {"effect": "deny"}})
    ran = run("policy", "check", put("a.json", connection()), "--definition", own, "--derived", "derived.json")
    assert (2, True) == (ran.code, "--derived" in ran.err)


def test_the_output_has_its_short_name(run: Run, put: Put, tmp_path: Path) -> None:
    """`-o` means the same in every action."""
    run("policy", "check", put("a.json", connection()), "-o", "out.txt")
    assert (tmp_path / "out.txt").is_file()
