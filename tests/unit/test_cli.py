"""The command line, end to end: real inputs, the real pack, exit codes and what is printed."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from s2sguard import __version__
from s2sguard.cli.output import OutputError, Progress, write
from s2sguard.config import load_config
from s2sguard.evaluate.pack import load_pack
from s2sguard.model.inventory import Gap, GapKind
from s2sguard.report.outcome import exit_code
from tests.unit.cli_estate import BLUE, RED, lab, write_lab
from tests.unit.conftest import Run
from tests.unit.report.builders import report, verdict

PLANTED = "planted-" + "key"


@pytest.mark.parametrize(("stage", "code"), [(1, 1), (2, 1), (3, 1), (4, 1), (5, 0)])
def test_the_stages_of_the_article(run: Run, tmp_path: Path, stage: int, code: int) -> None:
    """Stages 1 to 3 leak, stage 4 does not and still has weak algorithms, stage 5 is clean."""
    ran = run("scan", write_lab(tmp_path, stage), "--format", "json", "--today", "2026-01-01")
    transit = {found["status"] for found in ran.json["verdicts"] if found["control_id"] == "S2S-ISO-001"}
    assert (ran.code, transit) == (code, {"fail"} if stage < 4 else {"pass"})


@pytest.mark.parametrize("kind", ["arm", "tfplan"])
@pytest.mark.parametrize(
    ("stage", "code"),
    [("1-default", 1), ("2-policy-based", 1), ("3-fixed-selectors", 1), ("4-initiator-only", 1), ("5-hardened", 0)],
)
def test_the_samples_are_what_they_are_called(run: Run, root: Path, stage: str, kind: str, code: int) -> None:
    """Each stage of samples/lab, as deployed and as planned, has transit up to stage 3 and is clean in stage 5."""
    ran = run("scan", root / "samples" / "lab" / f"stage-{stage}" / f"{kind}.json", "--format", "json", "--today", "2026-01-01")
    statuses = {found["status"] for found in ran.json["verdicts"] if found["control_id"] == "S2S-ISO-001"}
    assert (ran.code, statuses, ran.json["gaps"]) == (code, {"fail"} if stage < "4" else {"pass"}, [])


def test_a_witness_is_a_packet_between_the_partners(run: Run, tmp_path: Path) -> None:
    """The packet goes from red's addresses to blue's by their connections, with reasons."""
    ran = run("scan", write_lab(tmp_path, 3), "--format", "json")
    (found,) = [item for item in ran.json["verdicts"] if (item["control_id"], item["resource"]) == ("S2S-ISO-001", RED)]
    witness = found["witness"]
    assert (witness["src"][:5], witness["dst"][:5], witness["from"], witness["to"], found["pairs"]) == ("10.1.", "10.2.", RED, BLUE, 1)
    assert witness["because"] != []


def test_the_table_answers_first(run: Run, tmp_path: Path) -> None:
    """The first lines say which gateway is open."""
    lines = run("scan", write_lab(tmp_path, 3)).out.splitlines()
    assert lines[:2] == ["GATEWAYS", "  OPEN     vpngw  2 partners, 1 of 1 pair open (1 two-way)"]
    assert "\x1b" not in "".join(lines)


def test_an_accepted_child_sa_opens_every_ceiling(run: Run, tmp_path: Path) -> None:
    """Under the other assumption even the hardened lab has transit, and the report names the assumption."""
    ran = run("scan", write_lab(tmp_path, 5), "--assume", "peer_child_sa=accepted", "--format", "json")
    assert (ran.code, ran.json["run"]["assumptions"]["peer_child_sa"]) == (1, "accepted")


def test_a_gateway_that_is_only_referred_to_is_unknown(run: Run, tmp_path: Path) -> None:
    """Without the gateway itself other connections may exist: unknown, 3 if asked for, and 0 when the caller vouches."""
    path = tmp_path / "part.json"
    path.write_text(json.dumps([resource for resource in lab(5) if not resource["type"].endswith("/virtualNetworkGateways")]))
    assert run("scan", path, "--fail-on", "critical").code == 0
    assert run("scan", path, "--fail-on", "critical", "--fail-on-unknown").code == 3
    vouched = run("scan", path, "--complete", "--format", "json").json["verdicts"]
    assert {found["status"] for found in vouched if found["control_id"] == "S2S-ISO-003"} == {"pass"}


def test_an_estate_without_vpn_is_clean_and_says_so(run: Run, tmp_path: Path) -> None:
    """A readable estate without VPN connections ends with 0 and a loud first line."""
    path = tmp_path / "network.json"
    path.write_text(json.dumps([lab(1)[0]]))
    ran = run("scan", path)
    assert (ran.code, ran.out.splitlines()[0]) == (0, "nothing to judge: no VPN connections in 2 resources")


def test_a_plan_without_network_resources_is_clean_and_says_so(run: Run, tmp_path: Path) -> None:
    """A whole plan that has nothing of ours ends with 0, or every other plan of a pipeline would fail; a listing beside it does not."""
    path = tmp_path / "plan.json"
    group = {"address": "azurerm_resource_group.g", "mode": "managed", "type": "azurerm_resource_group", "name": "g", "values": {}}
    document = {"format_version": "1.2", "terraform_version": "1.9.8", "planned_values": {"root_module": {"resources": [group]}}}
    path.write_text(json.dumps({**document, "resource_changes": []}))
    ran = run("scan", path, "--fail-on-unknown", "--fail-on-gap")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "nothing to judge: no VPN connections in 0 resources")
    (tmp_path / "empty.json").write_text("[]")
    assert run("scan", path, tmp_path / "empty.json").code == 3
    path.write_text(json.dumps({**document, "resource_changes": [], "errored": True}))
    assert run("scan", path).code == 3


def test_an_empty_listing_is_not_clean(run: Run, tmp_path: Path) -> None:
    """Nothing read ends with 3, as it may mean that permission was missing."""
    path = tmp_path / "empty.json"
    path.write_text("[]")
    ran = run("scan", path)
    assert (ran.code, ran.out.splitlines()[0]) == (3, "NOTHING WAS READ: no resource in this input, so this is not a clean result")


@pytest.mark.parametrize(("name", "text"), [("a.json", "{"), ("a.json", ""), ("a.json", "\x00"), ("a.json", '"text"')])
def test_an_unreadable_input_is_one_line_and_3(run: Run, tmp_path: Path, name: str, text: str) -> None:
    """Bad input ends in one line that names the file, and a hint."""
    (tmp_path / name).write_text(text)
    ran = run("scan", tmp_path / name)
    assert (ran.code, ran.out) == (3, "")
    assert re.fullmatch(r"error: .*a\.json.*\n  hint: .*\n", ran.err)


def test_a_bad_file_beside_good_ones_is_a_gap_and_3(run: Run, tmp_path: Path) -> None:
    """The rest of a folder is judged and the gap is in the report; an input that was not read is never a clean end."""
    folder = tmp_path / "estate"
    folder.mkdir()
    write_lab(folder, 5)
    (folder / "bad.json").write_text("{")
    ran = run("scan", folder, "--format", "json")
    assert (ran.code, [gap["kind"] for gap in ran.json["gaps"]]) == (3, ["not-json"])
    assert {found["status"] for found in ran.json["verdicts"]} == {"pass", "unknown"}


def test_a_mistyped_path_beside_a_good_one_is_3(run: Run, tmp_path: Path) -> None:
    """A path that does not exist is unreadable input, whatever else is clean; a finding still wins with 1."""
    assert run("scan", write_lab(tmp_path, 5), tmp_path / "typo.json", "--fail-on", "never").code == 3
    assert run("scan", write_lab(tmp_path, 3), tmp_path / "typo.json").code == 1


def test_a_gap_inside_a_file_ends_with_3_only_if_asked_for(run: Run, tmp_path: Path) -> None:
    """A readable file with a reference to nothing is a gap, not unreadable input."""
    path = tmp_path / "estate.json"
    path.write_text(json.dumps([*lab(5), {"name": "ca", "type": "Microsoft.Network/connections", "properties": {}}]))
    assert run("scan", path, "--fail-on", "never").code == 0
    assert run("scan", path, "--fail-on", "never", "--fail-on-gap").code == 3


def test_no_output_holds_a_key(run: Run, tmp_path: Path) -> None:
    """The planted shared key is in the input and in nothing that is printed or written."""
    path = write_lab(tmp_path, 3)
    assert PLANTED in path.read_text()
    for command in (
        ["scan", path],
        ["scan", path, "--format", "json", "--with-facts"],
        ["facts", path],
        ["explain", path, "--connection", "to-red"],
        ["snapshot", path, "-o", "snapshot.json"],
    ):
        ran = run(*command)
        assert PLANTED not in ran.out + ran.err
    assert PLANTED not in (tmp_path / "snapshot.json").read_text()


@pytest.mark.parametrize(
    ("argv", "message", "hint"),
    [
        ([], "the following arguments are required: COMMAND", "see `s2sguard --help`"),
        (["facts"], "the following arguments are required: PATH", "see `s2sguard facts --help`"),
        (
            ["scan"],
            "nothing says what to read",
            "give files or folders, or one of --subscription, --management-group and --all-subscriptions",
        ),
        (["scan", "x", "--fail", "high"], "unrecognized arguments: --fail high", "see `s2sguard --help`"),
        (["scan", "x", "--assume", "peer=1"], None, "see `s2sguard scan --help`"),
        (["scan", "x", "--today", "1.1.2026"], "argument --today: not a date, as YYYY-MM-DD", "see `s2sguard scan --help`"),
        (
            ["scan", "x", "--engine", "regopy", "--opa-url", "http://u:p@h"],
            "flag --opa-url: not an address such as http://127.0.0.1:8181",
            None,
        ),
        (["scan", "x", "--config", "none.yaml"], "configuration `none.yaml` does not exist or is not a file", "give a file with --config"),
        (["controls", "show", "S2S-IKE-099"], "no control `S2S-IKE-099`", None),
        (["explain", "x", "--finding", "ab"], "give at least 4 characters of the fingerprint", None),
    ],
)
def test_usage_errors_are_one_line_a_hint_and_2(run: Run, argv: list[str], message: str | None, hint: str | None) -> None:
    """What the command line cannot do is said like every other error."""
    ran = run(*argv)
    assert (ran.code, ran.out) == (2, "")
    lines = ran.err.splitlines()
    assert message is None or lines[0] == f"error: {message}"
    assert hint is None or lines[1] == f"  hint: {hint}"


def test_a_configuration_error_is_2_and_names_the_line(run: Run, tmp_path: Path) -> None:
    """A file in the current folder is read, and refused with its place."""
    (tmp_path / "s2sguard.yaml").write_text("fail_on: hihg\nengin: auto\n")
    ran = run("scan", write_lab(tmp_path, 5))
    assert ran.code == 2
    assert ran.err.splitlines() == [
        "error: s2sguard.yaml:1: /fail_on: must be one of critical, high, medium, low, never; did you mean `high`?",
        "error: s2sguard.yaml:2: /engin: unknown key; did you mean `engine`?",
    ]


def test_a_configuration_file_changes_the_verdicts_and_is_named(run: Run, tmp_path: Path) -> None:
    """Weaker settings pass what the hardened ones fail, and the report says that they are not the hardened ones."""
    (tmp_path / "s2sguard.yaml").write_text(
        "settings:\n  ike_integrity: [SHA1]\n  ipsec_integrity: [SHA1]\n  dh_group: [DHGroup2]\n  pfs_group: [None]\n"
    )
    ran = run("scan", write_lab(tmp_path, 4), "--format", "json")
    assert (ran.code, ran.json["run"]["config"]) == (0, "s2sguard.yaml")
    assert ran.json["run"]["settings_changed"] == ["dh_group", "ike_integrity", "ipsec_integrity", "pfs_group"]


@pytest.mark.parametrize(
    ("fail_on", "unknown", "gap", "found", "code"),
    [
        ("high", False, False, ["fail high"], 1),
        ("critical", False, False, ["fail high"], 0),
        ("never", True, False, ["fail critical", "unknown critical"], 0),
        ("low", False, False, ["fail low"], 1),
        ("high", False, False, ["unknown critical"], 0),
        ("high", True, False, ["unknown critical"], 3),
        ("critical", True, False, ["unknown high"], 0),
        ("high", True, False, ["unknown high", "fail high"], 1),
        ("high", False, True, ["gap"], 3),
        ("high", False, False, ["gap"], 0),
        ("high", False, True, ["gap", "fail high"], 1),
        ("high", False, False, ["file"], 3),
        ("never", False, False, ["file", "fail critical"], 3),
        ("high", False, False, ["file", "fail high"], 1),
        ("high", False, False, ["error low"], 3),
        ("high", False, False, ["error low", "fail high"], 1),
        ("high", True, True, ["pass critical"], 0),
    ],
)
def test_the_exit_code(fail_on: str, unknown: bool, gap: bool, found: list[str], code: int) -> None:  # noqa: FBT001
    """1 for findings, which wins; else 3 for what could not be completed; else 0."""
    kinds: dict[str, GapKind] = {"gap": "missing-reference", "file": "not-json"}
    verdicts = [verdict(status=status, severity=severity) for status, severity in (item.split() for item in found if item not in kinds)]  # type: ignore[arg-type]
    gaps = tuple(Gap(kind=kinds[item], reason="r") for item in found if item in kinds)
    judged = replace(report(*verdicts, gaps=gaps), fail_on=fail_on, fail_on_unknown=unknown, fail_on_gap=gap)
    assert exit_code(judged) == code


def test_nothing_read_is_never_0() -> None:
    """Whatever is tolerated, an empty input is not clean."""
    assert exit_code(replace(report(), resources={}, fail_on="never")) == 3


def test_facts_are_the_input_of_the_rules(run: Run, tmp_path: Path) -> None:
    """`facts` prints the document as one JSON object, and writes it whole with --output."""
    ran = run("facts", write_lab(tmp_path, 3), "--today", "2026-01-01")
    assert (ran.code, ran.json["schema_version"], ran.json["today"], len(ran.json["connections"])) == (0, "1", "2026-01-01", 2)
    run("facts", write_lab(tmp_path, 3), "--today", "2026-01-01", "--output", "facts.json")
    assert (tmp_path / "facts.json").read_text() == ran.out


def test_a_snapshot_scans_like_its_source(run: Run, tmp_path: Path) -> None:
    """What `snapshot` writes gives the same verdicts, and can lie under a plan."""
    path = write_lab(tmp_path, 3)
    assert run("snapshot", path, "-o", "snapshot.json").code == 0
    first, second = (run("scan", source, "--format", "json").json["verdicts"] for source in (path, tmp_path / "snapshot.json"))
    keys = ("control_id", "resource", "status", "message")
    assert [[found[key] for key in keys] for found in first] == [[found[key] for key in keys] for found in second]
    assert run("scan", path, "--with", "snapshot.json").code == 1


def test_explain_a_connection(run: Run, tmp_path: Path) -> None:
    """Proposals in order, the ceiling with its reasons, what is routed, and the packet."""
    ran = run("explain", write_lab(tmp_path, 3), "--connection", "TO-RED")
    assert ran.code == 0
    headings = [line.split(" (")[0] for line in ran.out.splitlines() if re.match(r"[A-Z]{3}", line)]
    assert headings == [
        "WHAT AZURE PROPOSES when it starts, in order",
        "WHAT IT WOULD ACCEPT",
        "WHAT AZURE ROUTES INTO IT",
        "WHO IS WITHIN REACH",
    ]
    assert "  1. fixed selectors: 172.16.1.0/24 <-> 10.1.0.0/16" in ran.out
    assert "[responder-allowed]" in ran.out
    assert "  dst  10.2.0.10  behind blue" in ran.out


def test_explain_two_partners_by_any_of_their_names(run: Run, tmp_path: Path) -> None:
    """Partner, connection and site name the same end; both ways are shown."""
    path = write_lab(tmp_path, 3)
    by_partner = run("explain", path, "--between", "red", "blue").out
    assert run("explain", path, "--between", "to-red", "to-blue").out == by_partner
    assert run("explain", path, "--between", "Red", "site-blue").out == by_partner
    assert "two-way transit: a packet from red to blue" in by_partner
    assert "two-way transit: a packet from blue to red" in by_partner
    assert by_partner.count("transit: a packet") == 2


def test_explain_finds_any_pair_of_a_large_gateway(run: Run, tmp_path: Path) -> None:
    """A report shows ten packets for each connection; a pair beyond them is still explained."""
    partners = tuple(f"p{number:02}" for number in range(1, 31))
    path = tmp_path / "large.json"
    path.write_text(json.dumps(lab(3, partners)))
    for first, second in (("p01", "p30"), ("p15", "p16")):
        assert f"two-way transit: a packet from {first} to {second}" in run("explain", path, "--between", first, second).out


def test_explain_tells_names_from_paths(run: Run, tmp_path: Path) -> None:
    """Words that are no path are what is explained: one connection, two parties, or a verdict."""
    path = write_lab(tmp_path, 3)
    assert run("explain", "to-red", path).out == run("explain", path, "--connection", "to-red").out
    assert run("explain", "red", path, "blue").out == run("explain", path, "--between", "red", "blue").out
    assert run("explain", path, "S2S-GWY-001").out == run("explain", path, "--finding", "S2S-GWY-001").out
    for words in ((path,), ("red", "blue"), ("a", "b", "c", path)):
        asked = run("explain", *words)
        assert (asked.code, "paths to read" in asked.err) == (2, True)


def test_explain_two_partners_that_are_apart(run: Run, tmp_path: Path) -> None:
    """Nothing found is said with the assumption it rests on."""
    ran = run("explain", write_lab(tmp_path, 5), "--between", "red", "blue")
    assert "No packet found that passes between them under peer_child_sa=refused." in ran.out


def test_explain_a_finding(run: Run, tmp_path: Path) -> None:
    """The start of a fingerprint is enough; one that matches nothing is a usage error."""
    path = write_lab(tmp_path, 3)
    verdicts = run("scan", path, "--format", "json").json["verdicts"]
    found = next(item for item in verdicts if item["control_id"] == "S2S-ISO-001")
    ran = run("explain", path, "--finding", found["fingerprint"][:10])
    assert ran.out.startswith("S2S-ISO-001 FAIL critical: No two-way transit between partners\n")
    assert run("explain", path, "--finding", "zzzz").code == 2


def test_the_command_that_tells_more_works_as_it_is_printed(run: Run, tmp_path: Path) -> None:
    """It names the whole input, so that it tells of the same packet; a value that may be a secret is not repeated."""
    estate, template, values = str(write_lab(tmp_path, 1)), tmp_path / "template.json", tmp_path / "values.json"
    schema = "https://schema.management.azure.com/schemas/{}#"
    body = {"$schema": schema.format("2019-04-01/deploymentTemplate.json"), "contentVersion": "1.0.0.0", "resources": []}
    template.write_text(json.dumps(body | {"parameters": {"note": {"type": "string"}}}), encoding="utf-8")
    body = {"$schema": schema.format("2019-04-01/deploymentParameters.json"), "contentVersion": "1.0.0.0"}
    values.write_text(json.dumps(body | {"parameters": {"note": {"value": "x"}}}), encoding="utf-8")
    given = [estate, str(template), "--with", estate, "--parameters", str(values)]
    (line,) = (line for line in run("scan", *given).out.splitlines() if line.startswith("  more:"))
    ran = run(*shlex.split(line.partition("s2sguard ")[2]))
    assert (ran.err, "src  10.1.0.10" in ran.out) == ("", True)
    assert "explain ... --between" in run("scan", *given, "--parameters", "note=planted").out


def test_explain_a_finding_by_its_control(run: Run, tmp_path: Path) -> None:
    """A control names its finding where there is one, and else the fingerprints to choose from; a pass needs no fix."""
    path = write_lab(tmp_path, 3)
    verdicts = run("scan", path, "--format", "json").json["verdicts"]
    asked = run("explain", path, "--finding", "s2s-iso-001")
    assert (asked.code, asked.err.splitlines()[0]) == (2, "error: 2 verdicts fit")
    assert [item["fingerprint"][:8] in asked.err for item in verdicts if item["control_id"] == "S2S-ISO-001"] == [True, True]
    passed = run("explain", path, "--finding", "S2S-GWY-001").out
    assert passed.startswith("S2S-GWY-001 PASS high: The gateway is route-based\n")
    assert "fix:" not in passed


def test_explain_names_the_partners_there_are(run: Run, tmp_path: Path) -> None:
    """Somebody who mistypes a partner is shown partners, not connections."""
    path = write_lab(tmp_path, 3)
    assert run("explain", path, "--between", "red", "blau").err == (
        "error: no partner or connection `blau` in the input\n  hint: did you mean `blue`?\n"
    )
    assert run("explain", path, "--between", "red", "zzz").err == (
        "error: no partner or connection `zzz` in the input\n  hint: partners: blue, red\n"
    )


def test_explain_takes_the_names_that_reports_print(run: Run, tmp_path: Path) -> None:
    """Two connections of one name are told apart by their group, in what is printed and in what is typed."""
    text = Path(write_lab(tmp_path, 3)).read_text()
    (tmp_path / "other.json").write_text(re.sub(r"(?i)/resourceGroups/[^/]+/", "/resourceGroups/other/", text))
    asked = run("explain", tmp_path, "--connection", "to-red")
    assert asked.code == 2
    assert "or one of: to-red (lab), to-red (other)" in asked.err
    assert run("explain", tmp_path, "--connection", "to-red (other)").out.startswith("to-red (other): red on ")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--connection", "to-rd"], "error: no connection `to-rd` in the input\n  hint: did you mean `to-red`?\n"),
        (
            ["--between", "red", "to-red"],
            "error: both names mean the same connections\n  hint: give two different partners or connections\n",
        ),
    ],
)
def test_explain_says_what_it_does_not_know(run: Run, tmp_path: Path, argv: list[str], message: str) -> None:
    """A name that is not in the input is answered with the nearest one."""
    ran = run("explain", write_lab(tmp_path, 3), *argv)
    assert (ran.code, ran.err) == (2, message)


def test_controls_are_listed_as_the_pack_has_them(run: Run) -> None:
    """The folders are the registry: the list is the pack's, in both formats."""
    ids = [control.id for control in load_pack().controls]
    assert [line.split()[0] for line in run("controls", "list").out.splitlines()] == ids
    assert [control["id"] for control in run("controls", "list", "--format", "json").json] == ids


def test_a_control_is_shown_with_the_settings_in_force(run: Run, tmp_path: Path) -> None:
    """Only the settings it reads, each with its value and origin."""
    (tmp_path / "s2sguard.yaml").write_text("settings:\n  dh_group: [ECP384]\n")
    out = run("controls", "show", "s2s-ike-004").out
    assert [line for line in out.splitlines() if line.endswith(("(default)", "(s2sguard.yaml:2)"))] == [
        "  ike_encryption = AES256, GCMAES256  (default)",
        "  ike_integrity = GCMAES256, SHA256, SHA384  (default)",
        "  dh_group = ECP384  (s2sguard.yaml:2)",
    ]
    assert "Settings in force" not in run("controls", "show", "initiator_only").out
    assert out.count("Phase 1 uses strong algorithms") == 1


def test_every_setting_belongs_to_a_control(run: Run) -> None:
    """No setting is without effect, and none is missing from the pages of `controls show`."""
    from s2sguard.cli.controls import settings_of

    pack, config = load_pack(), load_config(environ={}, folder=Path())
    shown = {name for control in pack.controls for name in settings_of(pack, control, config)}
    assert shown == set(config.settings)
    assert run("config", "show").code == 0


def test_config_show_names_every_origin(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """File, variable, flag and default, for people and for machines."""
    (tmp_path / "s2sguard.yaml").write_text("fail_on: low\n")
    monkeypatch.setenv("S2SGUARD_COMPLETE", "true")
    lines = [re.sub(r" +", " ", line) for line in run("config", "show", "--engine", "opa").out.splitlines()]
    assert lines[0] == "# configuration file: s2sguard.yaml"
    assert "engine = opa (flag --engine)" in lines
    assert "fail_on = low (s2sguard.yaml:1)" in lines
    assert "complete = true (environment S2SGUARD_COMPLETE)" in lines
    assert "format = table (default)" in lines
    values = {entry["pointer"]: entry for entry in run("config", "show", "--format", "json").json["values"]}
    assert values["/fail_on"] == {"pointer": "/fail_on", "value": "low", "origin": "s2sguard.yaml:1"}


def test_the_policies_are_where_it_says(run: Run) -> None:
    """The path is a folder that conftest and opa can load."""
    assert (Path(run("policies", "path").out.strip()) / "s2sguard" / "main" / "main.rego").is_file()


def test_output_is_written_whole_or_not_at_all(run: Run, tmp_path: Path) -> None:
    """A file that exists is replaced when the report is there, and keeps its permissions."""
    target = tmp_path / "report.json"
    target.write_text("old")
    target.chmod(0o640)
    assert run("scan", tmp_path / "none.json", "--format", "json", "--output", target).code == 3
    assert target.read_text() == "old"
    ran = run("scan", write_lab(tmp_path, 3), "--format", "json", "--output", target)
    assert (ran.code, ran.out, json.loads(target.read_text())["schema_version"]) == (1, "", "1")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.json", "stage-3.json"]


def test_output_follows_links_and_leaves_pipes(tmp_path: Path) -> None:
    """A link stays a link; a named pipe is written to, not replaced."""
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    write("new", str(tmp_path / "link.txt"))
    assert ((tmp_path / "real.txt").read_text(), (tmp_path / "link.txt").is_symlink()) == ("new", True)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write("text", str(pipe))
        assert (os.read(reader, 10), pipe.is_fifo()) == (b"text", True)
    finally:
        os.close(reader)


def test_output_that_cannot_be_written_is_said_before_any_work(run: Run, tmp_path: Path) -> None:
    """A missing folder or a folder instead of a file is refused in one line."""
    path = write_lab(tmp_path, 3)
    missing = run("scan", path, "--output", "nowhere/report.txt")
    assert (missing.code, missing.err.splitlines()[0]) == (3, "error: output `nowhere/report.txt`: its folder does not exist")
    assert run("scan", path, "--output", tmp_path).code == 3
    with pytest.raises(OutputError, match="cannot be written"):
        write("x", str(path / "report.txt"))


def test_a_bug_is_one_line_without_input(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected exception names its kind and place, never its text; the frames come with S2SGUARD_DEBUG."""

    def broken(*_: object, **__: object) -> None:
        raise ValueError(PLANTED)

    monkeypatch.setattr("s2sguard.audit.notes_of", broken)
    ran = run("scan", write_lab(tmp_path, 3))
    assert (ran.code, ran.out) == (3, "")
    assert re.fullmatch(
        r"error: this is a bug in s2sguard \(ValueError at test_cli\.py:\d+\); nothing was decided\n  hint: set S2SGUARD_DEBUG=1 .*\n",
        ran.err,
    )
    monkeypatch.setenv("S2SGUARD_DEBUG", "1")
    debugged = run("scan", write_lab(tmp_path, 3))
    assert "audit.py" in debugged.err
    assert PLANTED not in debugged.err


def test_an_interrupt_is_130(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends with one line and the shell's code for it."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("s2sguard.audit.notes_of", interrupted)
    ran = run("scan", write_lab(tmp_path, 3))
    assert (ran.code, ran.err) == (130, "error: interrupted\n")


def test_hostile_file_names_cannot_act_on_the_terminal(run: Run, tmp_path: Path) -> None:
    """Also in errors, names are written out."""
    path = tmp_path / "a\x1b[2J.json"
    path.write_text("{")
    assert "\x1b" not in run("scan", path).err


def test_progress_is_for_terminals() -> None:
    """Nothing is written where nobody watches; on a terminal one line is replaced and in the end cleared."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    quiet, watched = io.StringIO(), Terminal()
    for stream in (quiet, watched):
        progress = Progress(stream)
        progress("reading")
        progress("")
    assert (quiet.getvalue(), watched.getvalue()) == ("", "\rreading\r       \r")


def test_the_version_needs_nothing(run: Run) -> None:
    """`--version` prints the version and loads no reader, engine or parser of YAML."""
    code = "import sys; from s2sguard.cli import main\ntry: main(['--version'])\nfinally: print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    first, loaded = done.stdout.splitlines()
    assert first == f"s2sguard {__version__}"
    assert [name for name in loaded.split() if name.startswith(("s2sguard.collect", "s2sguard.evaluate", "s2sguard.facts", "yaml"))] == []
    assert run("policies", "path").code == 0


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    """`scan ... | head -1` ends quietly with the code of the scan."""
    path = write_lab(tmp_path, 3)
    command = [sys.executable, "-m", "s2sguard", "scan", str(path), "--format", "json", "--with-facts"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 1)


def test_standard_input_is_an_input(tmp_path: Path) -> None:
    """`-` reads an inventory from a pipe; a name the terminal cannot show does not end the report."""
    text = json.dumps(lab(3)).replace("vpngw", "vpn-gw-\N{LATIN SMALL LETTER U WITH DIAERESIS}").encode()
    environ = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-m", "s2sguard", "scan", "-"], input=text, capture_output=True, cwd=tmp_path, env=environ, check=False
    )
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"vpn-gw-\\xfc" in done.stdout


def test_a_framework_has_three_formats(run: Run) -> None:
    """A format without a view by requirements is refused before anything is read."""
    done = run("scan", "absent.json", "--framework", "nis2", "--format", "sarif")
    assert done.code == 2
    assert "--framework goes with table, json, markdown" in done.err


def test_a_framework_shows_its_evidence(run: Run, tmp_path: Path) -> None:
    """The exit code is that of the scan, whatever is shown."""
    estate = write_lab(tmp_path, 3)
    plain = run("scan", estate)
    done = run("scan", estate, "--framework", "pci_dss")
    assert done.code == plain.code
    assert done.out.startswith("PCI DSS, 4.0.1: ")
