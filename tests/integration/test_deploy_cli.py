"""The actions that talk to Azure from the command line, with the shipped definitions, against a service on loopback."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from s2sguard.azure_policy.deploy import session as sessions
from s2sguard.azure_policy.shipped.definitions import ALIASES, load_definitions
from s2sguard.cli import main
from tests.integration.fake_arm.server import TOKEN, FakeArm, Fault
from tests.integration.fake_arm.sessions import connection_to_fake

SUB = "00000000-0000-0000-0000-000000000000"
"""The subscription of the samples."""
ASSIGNMENT = f"/subscriptions/{SUB}/providers/Microsoft.Authorization/policyAssignments/s2sguard"
OPEN, HARDENED = "samples/lab/stage-1-default/arm.json", "samples/lab/stage-5-hardened/arm.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How one run ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, root: Path) -> Iterator[FakeArm]:
    """Return a running fake service that every session talks to."""
    monkeypatch.chdir(root)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with FakeArm().running() as running:
        running.page_size = 10
        monkeypatch.setattr(sessions, "connection_to", lambda _: connection_to_fake(running))
        yield running


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs `s2sguard policy ...`; no run may print the token."""

    def call(*arguments: str) -> Ended:
        code = main(["policy", *arguments])
        printed = capsys.readouterr()
        assert TOKEN not in printed.out + printed.err
        return Ended(code=code, out=printed.out, err=printed.err)

    return call


class Terminal(io.StringIO):
    """Standard input with a person at it."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def put(path: Path, value: object) -> str:
    """Write JSON and return the file's name."""
    path.write_text(json.dumps(value), encoding="utf-8")
    return str(path)


@pytest.mark.usefixtures("service")
def test_plan_apply_plan(run: Run) -> None:
    """A plan ends with 1 while there is something to do, an apply does it, and the next plan ends with 0."""
    number = len([each for each in load_definitions() if each.kind != "derived"]) + 2
    first = run("plan", "--scope", SUB)
    assert (1, True) == (first.code, f"{number} to create" in first.out)
    applied = run("apply", "--scope", SUB, "--yes")
    assert (0, True) == (applied.code, f"done: {number} objects written" in applied.out)
    second = run("plan", "--scope", SUB)
    assert (0, True) == (second.code, f"nothing to do: {number} objects as it should be" in second.out)


def test_apply_asks_first(service: FakeArm, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anything but the whole word yes writes nothing and ends with 1."""
    for word, code in (("", 1), ("y", 1), ("no", 1), ("YES", 0)):
        monkeypatch.setattr("sys.stdin", Terminal(f"{word}\n"))
        ended = run("apply", "--scope", SUB)
        assert (code, code == 0) == (ended.code, bool(service.writes()))
        assert ("nothing was written" in ended.out) == (code == 1)


def test_apply_without_a_person_needs_yes(service: FakeArm, run: Run) -> None:
    """Where nobody can answer, --yes is needed, and no request is made without it."""
    ended = run("apply", "--scope", SUB)
    assert (2, "error: nobody is there to confirm", []) == (ended.code, ended.err.splitlines()[0], service.seen)


def test_a_refused_step_ends_with_3(service: FakeArm, run: Run) -> None:
    """A definition that somebody else made is shown, and neither plan nor apply goes past it."""
    run("apply", "--scope", SUB, "--yes")
    service.store.objects[ASSIGNMENT.lower()]["properties"]["metadata"] = {}
    written = len(service.writes())
    plan = run("plan", "--scope", SUB)
    applied = run("apply", "--scope", SUB, "--yes")
    assert (3, 3, written) == (plan.code, applied.code, len(service.writes()))
    assert "! refused  assignment s2sguard" in plan.out
    assert "nothing was written" in applied.err


def test_the_plan_for_machines(service: FakeArm, run: Run) -> None:
    """JSON has every step with its id, and every change with both values."""
    run("apply", "--scope", SUB, "--yes")
    ended = run("plan", "--scope", SUB, "--enforce", "--format", "json")
    document: dict[str, Any] = json.loads(ended.out)
    (step,) = (step for step in document["steps"] if step["action"] == "update")
    assert (1, 0, ASSIGNMENT) == (document["pending"], document["refused"], step["id"])
    assert [{"pointer": "/enforcementMode", "before": "DoNotEnforce", "after": "Default"}] == step["changes"]
    assert service.count("PUT") == len(document["steps"])


def test_text_from_azure_is_safe_to_print(service: FakeArm, run: Run) -> None:
    """Names and values that somebody wrote in Azure cannot act on the terminal."""
    run("apply", "--scope", SUB, "--yes")
    stored = service.store.objects[ASSIGNMENT.lower()]["properties"]
    stored["description"] = "\x1b[2Jgone\u202e" + "x" * 500
    stored["parameters"] = {"\x1b]0;title\x07": {"value": "\n+ create fake"}}
    ended = run("plan", "--scope", SUB)
    assert not any(char in ended.out for char in "\x1b\x07\u202e")
    assert "\n+ create fake" not in ended.out


def test_derived_assignments_are_planned(service: FakeArm, run: Run, tmp_path: Path) -> None:
    """The output of `policy parameters` goes through plan and apply as it is, and a second apply has nothing to do."""
    from s2sguard.azure_policy.shipped.definitions import load_initiative

    declared = load_initiative(kind="derived")["properties"]["parameters"]
    empty: dict[str, Any] = {"array": [], "object": {}}
    values = {name: {"value": empty[node["type"].lower()]} for name, node in declared.items() if "defaultValue" not in node}
    group = f"/subscriptions/{SUB}/resourceGroups/hub"
    document = {
        "assignments": [{"name": "s2sguard-hub", "scope": group, "parameters": values}],
        "gaps": [{"subject": "x", "reason": "why"}],
    }
    path = put(tmp_path / "derived.json", document)
    assert 0 == run("apply", "--scope", SUB, "--derived", path, "--yes").code
    ended = run("plan", "--scope", SUB, "--derived", path)
    assert (0, True) == (ended.code, "the derived parameters are incomplete: x: why" in ended.out)
    assert service.store.get(f"{group}/providers/Microsoft.Authorization/policyAssignments/s2sguard-hub") is not None


def test_parameters_reach_the_assignment(service: FakeArm, run: Run, tmp_path: Path) -> None:
    """Values of a file and of our configuration become parameters of the assignment; defaults are left to the initiative."""
    config = tmp_path / "s2sguard.yaml"
    config.write_text("settings:\n  dh_group: [ECP384]\n  pfs_group: [ECP384]\n", encoding="utf-8")
    path = put(tmp_path / "p.json", {"parameters": {"pfsGroup": {"value": ["ECP256"]}, "TRUSTTAG": "own"}})
    run("apply", "--scope", SUB, "--yes", "--config", str(config), "--parameters", path, "--effect", "Deny")
    stored = service.store.get(ASSIGNMENT)
    assert stored is not None
    expected = {"dhGroup": ["ECP384"], "effect": "Deny", "pfsGroup": ["ECP256"], "trustTag": "own"}
    assert {name: {"value": value} for name, value in expected.items()} == stored["properties"]["parameters"]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"dhGruop": []}, "no parameter `dhGruop`"),
        ({"dhGroup": "ECP384"}, "`dhGroup` is not of type Array"),
        ({"effect": "deny"}, "`effect` has a value that is not allowed"),
        ({"assignments": []}, "the output of `policy parameters`"),
        ([], "holds no JSON object"),
    ],
)
def test_wrong_parameters_are_usage_errors(service: FakeArm, run: Run, tmp_path: Path, parameters: object, message: str) -> None:
    """What does not fit the initiative is said before Azure is asked."""
    ended = run("plan", "--scope", SUB, "--parameters", put(tmp_path / "p.json", parameters))
    assert (2, True, []) == (ended.code, message in ended.err, service.seen)


def test_a_failure_is_lines_and_no_traceback(service: FakeArm, run: Run) -> None:
    """A stopped apply ends with 3, the id and what is left; the next one goes on."""
    service.faults.append(Fault("PUT", "/policySetDefinitions/", times=99, status=403, code="AuthorizationFailed"))
    ended = run("apply", "--scope", SUB, "--yes")
    assert (3, True, False) == (ended.code, "no permission (403 AuthorizationFailed)" in ended.err, "Traceback" in ended.err)
    assert "not done: assignment s2sguard" in ended.err
    assert "hint: the role `Resource Policy Contributor`" in ended.err
    service.faults.clear()
    assert "done: 2 objects written" in run("apply", "--scope", SUB, "--yes").out


def test_attest_shows_and_then_writes(service: FakeArm, run: Run) -> None:
    """Without --yes nothing is written; with it, the isolation verdicts of the open lab are NonCompliant; a second run does nothing."""
    run("apply", "--scope", SUB, "--yes")
    before = len(service.writes())
    dry = run("attest", OPEN, "--assignment", ASSIGNMENT)
    assert (0, True, before) == (dry.code, "nothing was written; --yes writes" in dry.out, len(service.writes()))
    assert 0 == run("attest", OPEN, "--assignment", ASSIGNMENT, "--yes").code
    found = [body["properties"] for key, body in service.store.objects.items() if "/attestations/" in key]
    isolation = [each["complianceState"] for each in found if each["policyDefinitionReferenceId"] == "S2S-ISO-001"]
    assert ["NonCompliant", "NonCompliant"] == isolation
    again = run("attest", OPEN, "--assignment", ASSIGNMENT, "--yes")
    assert f"{len(found)} unchanged" in again.out


def test_attest_for_machines(service: FakeArm, run: Run) -> None:
    """JSON has each step with its state."""
    run("apply", "--scope", SUB, "--yes")
    ended = run("attest", HARDENED, "--assignment", ASSIGNMENT, "--format", "json")
    states = {step["control"]: step["state"] for step in json.loads(ended.out)["steps"]}
    assert "Compliant" == states["S2S-ISO-001"]
    assert service.count("PUT", "/attestations/") == 0


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--evidence", "http://reports.example.com"),
        ("--evidence", "https://me:secret@reports.example.com"),
        ("--evidence", "https://x.blob.core.windows.net/r?sv=1&sig=" + "a" * 9),
        ("--evidence", "https://[broken"),
        ("--owner", "alice"),
        ("--expires-in", "0"),
        ("--assignment", "/subscriptions/x"),
    ],
)
def test_attest_refuses_what_must_not_be_published(service: FakeArm, run: Run, option: str, value: str) -> None:
    """A link with a credential in it, or a value of another form, is a usage error that does not repeat it."""
    ended = run("attest", OPEN, "--assignment", ASSIGNMENT, option, value)
    assert (2, [], False) == (ended.code, service.seen, "secret" in ended.err or "aaaaaaaaa" in ended.err)


def records(compliance: Callable[[str, str], str]) -> list[dict[str, Any]]:
    """Return one policy state for every verdict of the open lab."""
    from datetime import UTC, datetime

    from s2sguard.audit import Request, audit
    from s2sguard.config import load_config

    request = Request(paths=(OPEN,), input_format="auto", overlay=None, config=load_config(), today=datetime.now(UTC).date())
    _, report = audit(request, now=lambda: "")
    names = {each.control.id: each.name for each in load_definitions() if each.kind != "derived"}
    return [
        {
            "resourceId": verdict.resource.lower(),
            "policyAssignmentId": ASSIGNMENT.lower(),
            "policyDefinitionId": f"/subscriptions/{SUB}/providers/microsoft.authorization/policydefinitions/{names[verdict.control_id]}",
            "policyDefinitionReferenceId": verdict.control_id,
            "complianceState": compliance(verdict.control_id, verdict.status),
        }
        for verdict in report.verdicts
    ]


def test_states_agree_disagree_or_are_missing(service: FakeArm, run: Run) -> None:
    """0 where all agree, 1 with one disagreement, 3 where a record is missing."""
    run("apply", "--scope", SUB, "--yes")
    words = {"pass": "Compliant", "fail": "NonCompliant"}
    service.store.states = records(lambda _, status: words[status])
    agreed = run("states", OPEN, "--scope", SUB)
    assert (0, True) == (agreed.code, "no difference" in agreed.out)
    (changed,) = (each for each in service.store.states if each["policyDefinitionReferenceId"] == "S2S-GWY-001")
    changed["complianceState"] = "NonCompliant"
    other = run("states", OPEN, "--scope", SUB)
    assert (1, True) == (other.code, "Azure: NonCompliant, we: pass: S2S-GWY-001" in other.out)
    service.store.states.remove(changed)
    missing = run("states", OPEN, "--scope", SUB, "--assignment", ASSIGNMENT, "--format", "json")
    (difference,) = json.loads(missing.out)["differences"]
    assert (3, "azure-not-judged", "S2S-GWY-001") == (missing.code, difference["kind"], difference["control"])


@pytest.mark.usefixtures("service")
def test_states_without_an_assignment_are_an_error(run: Run) -> None:
    """Where nothing of ours is assigned there is nothing to compare, which is not agreement."""
    ended = run("states", OPEN, "--scope", SUB)
    assert (3, True) == (ended.code, "none of our initiatives is assigned" in ended.err)
    assert 3 == run("states", OPEN, "--scope", SUB, "--assignment", ASSIGNMENT).code


def test_shipped_aliases_against_a_provider(service: FakeArm, run: Run) -> None:
    """0 where the provider has them all, 1 where one is gone."""
    service.store.provider = json.loads(ALIASES.read_text(encoding="utf-8"))
    assert 0 == run("aliases").code
    kinds = service.store.provider["resourceTypes"]
    gone = kinds[-1]["aliases"].pop()["name"]
    kinds[0]["aliases"][0]["defaultMetadata"] = {"attributes": "Modifiable"}
    ended = run("aliases", "--subscription", SUB, "--format", "json")
    found = json.loads(ended.out)["findings"]
    assert (1, [("missing", gone), ("modifiable", kinds[0]["aliases"][0]["name"])]) == (
        ended.code,
        [(f["kind"], f["alias"]) for f in found],
    )
    assert (1, True) == (run("aliases").code, "does not exist" in run("aliases").out)
    assert 2 == run("aliases", "--subscription", "x").code


def test_waivers_there_and_back(service: FakeArm, run: Run, tmp_path: Path) -> None:
    """A waivers file is written as exemptions with --yes alone, and exported as the same file; a pair is refused with 3."""
    run("apply", "--scope", SUB, "--yes")
    before = len(service.writes())
    resource = f"/subscriptions/{SUB}/resourceGroups/hub/providers/Microsoft.Network/connections/to-red"
    entry = {
        "control": "S2S-IKE-001",
        "resource": resource,
        "reason": "old: device",
        "owner": "net",
        "ticket": "I-1",
        "expires": "2030-01-31",
    }
    path = put(tmp_path / "waivers.yaml", {"waivers": [entry]})
    assert (0, before) == (run("exemptions", "import", path, "--assignment", ASSIGNMENT).code, len(service.writes()))
    assert "1 exemption written" in run("exemptions", "import", path, "--assignment", ASSIGNMENT, "--yes").out
    out = str(tmp_path / "out.yaml")
    assert 0 == run("exemptions", "export", "--scope", SUB, "-o", out).code
    again = run("exemptions", "import", out, "--assignment", ASSIGNMENT, "--yes")
    assert (0, True) == (again.code, "1 unchanged" in again.out)
    pair = {key: value for key, value in entry.items() if key != "resource"} | {"pair": {"gateway": resource, "partners": ["a", "b"]}}
    refused = run("exemptions", "import", put(tmp_path / "w.yaml", {"waivers": [pair]}), "--assignment", ASSIGNMENT)
    assert (3, True) == (refused.code, "one pair of partners" in refused.out)


def test_an_export_that_leaves_something_out_ends_with_3(service: FakeArm, run: Run) -> None:
    """An exemption that is no waiver is named on standard error."""
    run("apply", "--scope", SUB, "--yes")
    properties = {"policyAssignmentId": ASSIGNMENT, "exemptionCategory": "Waiver"}
    service.store.put(f"/subscriptions/{SUB}/providers/Microsoft.Authorization/policyExemptions/all", {"properties": properties})
    ended = run("exemptions", "export", "--scope", SUB)
    assert (3, "waivers: []\n", True) == (ended.code, ended.out, "left out: all at" in ended.err)


@pytest.mark.usefixtures("service")
def test_without_the_azure_packages_the_extra_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without the extra is told what to install."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    ended = run("plan", "--scope", SUB)
    assert (2, True) == (ended.code, "pip install 's2sguard[azure]'" in ended.err)


def test_a_plan_repeats_no_secret(service: FakeArm, run: Run) -> None:
    """A key that somebody put into an assignment of ours is named and not shown, by plan and apply, in text and JSON."""
    run("apply", "--scope", SUB, "--yes")
    planted = "Planted-" + "Key-7781"
    properties = service.store.objects[ASSIGNMENT.lower()]["properties"]
    properties["parameters"] = {**(properties.get("parameters") or {}), "sharedKey": {"value": planted}}
    properties["description"] = f"the key is {planted}"
    ran = [run("plan", "--scope", SUB), run("plan", "--scope", SUB, "--format", "json"), run("apply", "--scope", SUB, "--yes")]
    assert ["parameters/sharedKey" in each.out for each in ran] == [True, True, True]
    assert [planted in each.out + each.err for each in ran] == [False, False, False]
