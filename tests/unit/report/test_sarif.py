"""SARIF: valid by the standard's schema, takeable by GitHub, and telling the whole story of a finding."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from s2sguard.evaluate.join import fingerprint
from s2sguard.evaluate.pack import load_pack, page_of
from s2sguard.facts.document import Witness
from s2sguard.model.inventory import Gap, Position, Source
from s2sguard.report import sarif, sarif_run
from s2sguard.report.interface import Report
from s2sguard.report.sarif import SarifRenderer
from s2sguard.report.sarif_places import artifact
from tests.golden.cases import CASES, accepted, doubtful, hostile, leaking, template
from tests.unit.report.builders import connection_id, gateway_id, report, transit, verdict, witness
from tests.unit.report.hostile import HOSTILE
from tests.unit.report.sarif_schema import problems

Node = dict[str, Any]
LINK = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")
MAX_GITHUB = {"rules": 25_000, "results": 25_000, "locations": 1000, "tags": 20, "relatedLocations": 1000}
"""What GitHub takes of one run, rule or result (docs.github.com, SARIF support for code scanning, validating your file)."""


def run_of(built: Report, **options: Any) -> Node:
    """Return the one run of a report's log."""
    log = json.loads(SarifRenderer(**options).render(built))
    (run,) = log["runs"]
    found: Node = run
    return found


def results(built: Report) -> list[Node]:
    """Return the results of a report's log."""
    found: list[Node] = run_of(built)["results"]
    return found


def region(location: Node) -> Node:
    """Return the region of a location."""
    found: Node = location["physicalLocation"]["region"]
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_every_log_is_valid(case: Callable[[], Report]) -> None:
    """The JSON Schema that OASIS publishes finds nothing wrong with any report."""
    assert problems(json.loads(SarifRenderer().render(case()))) == []


@pytest.mark.parametrize("evil", HOSTILE)
def test_no_name_makes_a_log_invalid(evil: str) -> None:
    """A hostile name in every place leaves the log valid, and its text one line without any link but ours."""
    text = SarifRenderer().render(hostile(evil))
    assert (problems(json.loads(text)), text.isascii(), "##" in text) == ([], True, False)
    for result in json.loads(text)["runs"][0]["results"]:
        message = result["message"]["text"]
        assert (message.isprintable(), {target for _, target in LINK.findall(message)} - {"1"}) == (True, set())


def test_the_schema_can_refuse() -> None:
    """The schema is the real one: a misspelt key, a wrong level and a bad time are found."""
    log = json.loads(SarifRenderer().render(leaking()))
    run = log["runs"][0]
    run["results"][0]["level"] = "fatal"
    run["results"][1]["ruleid"] = "x"
    run["invocations"][0]["startTimeUtc"] = "yesterday"
    found = problems(log)
    assert [any(word in line for line in found) for word in ("fatal", "ruleid", "yesterday")] == [True, True, True]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_github_takes_every_log(case: Callable[[], Report]) -> None:
    """Each result has a known rule, a text, a relative place with a region, and the fingerprint that GitHub compares."""
    run = run_of(case())
    rules = run["tool"]["driver"]["rules"]
    assert len(rules) <= MAX_GITHUB["rules"]
    for rule in rules:
        assert len(rule["properties"]["tags"]) <= MAX_GITHUB["tags"]
        assert "security" in rule["properties"]["tags"]
        assert 0 < float(rule["properties"]["security-severity"]) <= 10
        assert all(len(rule[key]["text"]) in range(1, 1025) for key in ("shortDescription", "fullDescription"))
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        assert result["partialFingerprints"]["primaryLocationLineHash"]
        for location in (*result["locations"], *result.get("relatedLocations", ())):
            place = location["physicalLocation"]["artifactLocation"]
            assert (place["uriBaseId"], place["uri"][:1] not in {"/", "."}, ":" in place["uri"]) == ("%SRCROOT%", True, False)
            assert 0 < region(location)["startLine"] <= region(location)["endLine"]


def test_a_finding_is_at_its_lines() -> None:
    """The region is the one of the resource in its template; a line alone is a place too."""
    found = {result["ruleId"] + result["locations"][0]["logicalLocations"][0]["name"]: result for result in results(template())}
    assert region(found["S2S-ISO-001to-red"]["locations"][0]) == {"startLine": 87, "startColumn": 5, "endLine": 121, "endColumn": 6}
    key = found["S2S-SEC-001--shared-key"]
    assert (region(key["locations"][0])["startLine"], key["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]) == (
        12,
        "deploy/keys.sh",
    )
    assert "pointer" not in key["properties"]


def test_the_other_partner_is_the_related_place() -> None:
    """A finding about two connections names the other one, where it is written and whose it is, and the message links to it."""
    (red,) = [result for result in results(template()) if "to-red: two-way" in result["message"]["text"]]
    (related,) = red["relatedLocations"]
    assert related["message"]["text"] == "to-blue, the connection of blue"
    assert (related["physicalLocation"]["artifactLocation"]["uri"], region(related)["startLine"]) == ("infra/blue%20side.json", 12)
    assert LINK.findall(red["message"]["text"]) == [("the other connection", str(related["id"]))]


def test_every_other_end_is_related_once() -> None:
    """Three packets to two others give two related places, each with an id of its own; the own connection is none of them."""
    packets = (witness("to-red", "to-blue"), witness("to-blue", "to-red"), witness("to-red", "to-green"))
    (found,) = results(report(replace(transit(), witnesses=packets)))
    assert [(entry["id"], entry["logicalLocations"][0]["name"]) for entry in found["relatedLocations"]] == [(1, "to-blue"), (2, "to-green")]


def test_the_code_flow_is_the_way_of_the_packet() -> None:
    """The packet goes in by one connection, through the gateway and out by the other, each at its place, with selectors and reasons."""
    (red,) = [result for result in results(template()) if "to-red: two-way" in result["message"]["text"]]
    (flow,) = red["codeFlows"]
    (thread,) = flow["threadFlows"]
    assert [(hop["executionOrder"], region(hop["location"])["startLine"]) for hop in thread["locations"]] == [(1, 87), (2, 30), (3, 12)]
    assert [hop["location"]["message"]["text"] for hop in thread["locations"]] == [
        "10.1.0.10, behind red, is let in by any <-> any",
        "gw routes it by its destination",
        "10.2.0.10, behind blue, is reached by 172.16.0.0/12 <-> 10.2.0.0/16",
    ]
    assert flow["message"]["text"].startswith("a packet from red to blue, because to-red: any selector fits; ")


def test_a_packet_without_reasons_or_gateway_has_a_shorter_flow() -> None:
    """Nothing is invented where a witness has no reasons and the verdict no gateway; an unknown verdict has no flow."""
    packet: Witness = {**witness(), "because": []}
    bare = replace(transit(), witness=packet, gateway=None)
    unknown = replace(transit(), status="unknown")
    found, open_one = results(report(bare, unknown))
    (flow,) = found["codeFlows"]
    assert (flow["message"]["text"], len(flow["threadFlows"][0]["locations"])) == ("a packet from red to blue", 2)
    assert ("codeFlows" in open_one, open_one["kind"], open_one["level"]) == (False, "open", "none")


def test_rules_carry_the_page_of_their_control() -> None:
    """The help of every control of the pack is its `control.md`, whole, and its fix in plain text; what a page lacks is left out."""
    pack = load_pack()
    rules = run_of(replace(report(), controls=pack.controls))["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [control.id for control in pack.controls]
    for rule, control in zip(rules, pack.controls, strict=True):
        assert rule["help"]["markdown"] == page_of(control)
        assert rule["help"]["text"].endswith(f"Fix: {control.fix}")
    (bare,) = run_of(report(replace(verdict(), fix="")))["tool"]["driver"]["rules"]
    assert bare["help"] == {"text": "Only Azure may start the tunnel"}


def test_a_fingerprint_survives_moves() -> None:
    """Other lines, another file, another order and another message leave a finding's fingerprint as it is."""
    before = {result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]: result for result in results(template())}
    built = template()
    there = Source(file="elsewhere.json", pointer="/resources/9")
    moved = tuple(replace(one, source=there, message="worded anew") for one in reversed(built.verdicts))
    position = Position(line=999, column=1, end_line=1000, end_column=1)
    after = results(replace(built, verdicts=moved, positions={there: position}))
    for result in after:
        old = before[result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]]
        assert result["partialFingerprints"] == old["partialFingerprints"]
        assert region(result["locations"][0])["startLine"] == 999


def test_fingerprints_tell_findings_apart() -> None:
    """Two controls on one resource, one control on two resources, and parts that only together look alike: all differ."""
    ids = [connection_id(name) for name in ("a", "b", "ab")] + [gateway_id("a"), "S2S-IKE-001/x", "x"]
    controls = [control.id for control in load_pack().controls]
    made = [fingerprint(control, resource) for control in controls for resource in ids]
    assert len(set(made)) == len(made) == len(controls) * len(ids)
    assert fingerprint("S2S-IKE-001", connection_id("A")) == fingerprint("S2S-IKE-001", connection_id("a"))


def test_what_is_accepted_is_suppressed() -> None:
    """Accepted findings say by whom and why, the others have an empty list; with a baseline each result says whether it is new."""
    found = results(accepted())
    assert [len(result["suppressions"]) for result in found] == [1, 1, 1, 0, 1]
    assert found[0]["suppressions"][0]["justification"].startswith("waived: red and blue are one company")
    assert [result["baselineState"] for result in found] == ["new", "new", "unchanged", "new", "new"]
    assert all("baselineState" not in result for result in results(leaking()))


def test_what_was_not_read_is_a_notification() -> None:
    """The run is not successful, and says why, what was not read, where, and of which resource."""
    run = run_of(doubtful())
    (ended,) = run["invocations"]
    assert (ended["executionSuccessful"], ended["exitCode"]) == (False, 3)
    told = [(entry["descriptor"]["id"], entry["level"]) for entry in ended["toolExecutionNotifications"]]
    assert told[:2] == [("incomplete", "error"), ("incomplete", "error")]
    assert {("unknown-shape", "warning"), ("missing-reference", "warning"), ("too-large", "error")} <= set(told)
    places = [entry["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for entry in ended["toolExecutionNotifications"][4:5]]
    assert places == ["stdin"]


def test_what_does_not_fit_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of too many results the worst stay, in the report's order, of too many gaps the first; the rest is counted."""
    monkeypatch.setattr(sarif, "MAX_RESULTS", 2)
    monkeypatch.setattr(sarif_run, "MAX_NOTIFICATIONS", 1)
    gap = Gap(kind="missing-reference", reason="gone")
    waived = accepted().verdicts[0]
    low = verdict("c", severity="low")
    run = run_of(report(waived, verdict("b", "unknown"), low, verdict("d"), gaps=(gap, gap, gap)))
    assert [result["message"]["text"][:2] for result in run["results"]] == ["c:", "d:"]
    told = [entry["message"]["text"] for entry in run["invocations"][0]["toolExecutionNotifications"]]
    assert told == [
        "not read: gone",
        "2 more gaps are not listed here",
        "2 results are left out, for which a run has no room; the worst are in it",
    ]


def test_times_are_in_utc() -> None:
    """`+00:00` is written `Z`; another time is left as it is."""
    built = report()
    odd = replace(built, run=replace(built.run, ended="2026-01-01T00:00:01"))
    (ended,) = run_of(odd)["invocations"]
    assert (ended["startTimeUtc"], ended["endTimeUtc"]) == ("2026-01-01T00:00:00Z", "2026-01-01T00:00:01")


@pytest.mark.parametrize(
    ("file", "root", "expected"),
    [
        ("infra/main.json", "", "infra/main.json"),
        ("./infra//a b.json", "", "infra/a%20b.json"),
        ("c:colon.json", "", "c%3Acolon.json"),
        ("/repo/infra/main.json", "/repo", "infra/main.json"),
        ("/repo/infra/main.json", "/repo/", "infra/main.json"),
        ("/repository/main.json", "/repo", "file:///repository/main.json"),
        ("/repo/main.json", "", "file:///repo/main.json"),
        ("//double/main.json", "", "file:///double/main.json"),
        ("../main.json", "", "../main.json"),
        ("../main.json", "/repo/sub", "file:///repo/main.json"),
        ("C:\\repo\\a b.json", "", "file:///C:/repo/a%20b.json"),
        ("-", "", "stdin"),
        ("caf\u00e9\udce9.json", "", "caf%C3%A9%E9.json"),
        ("half\ud800.json", "", "half%3F.json"),
    ],
)
def test_files_are_uris(file: str, root: str, expected: str) -> None:
    """A path below the source root is relative to it and escaped; another absolute one is a file URI."""
    found = artifact(file, root)
    assert (found["uri"], "uriBaseId" in found) == (expected, not expected.startswith("file:"))


def test_a_finding_without_any_place_is_at_the_input() -> None:
    """A verdict without a source is placed in the first input; without one, in standard input."""
    lost = replace(verdict(), source=None)
    built = report(lost)
    (found,) = results(built)
    assert found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "estate.json"
    (found,) = results(replace(built, run=replace(built.run, inputs=())))
    assert found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "stdin"
