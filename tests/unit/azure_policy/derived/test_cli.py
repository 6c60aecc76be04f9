"""`policy parameters` and `policy drift` on the command line: what is printed and how they end."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from s2sguard import __version__
from s2sguard.cli import main
from tests.unit.cli_estate import lab, write_lab

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs `policy` in an empty folder, without this machine's environment."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("S2SGUARD_")]:
        monkeypatch.delenv(name)

    def command(*argv: str | Path) -> tuple[int, str, str]:
        code = main(["policy", *(str(argument) for argument in argv)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return command


def write_estate(folder: Path, name: str, nodes: list[dict[str, Any]]) -> Path:
    """Write resources as a listing."""
    path = folder / name
    path.write_text(json.dumps({"value": nodes}), encoding="utf-8")
    return path


def many(count: int) -> list[dict[str, Any]]:
    """Return the lab, with a red site of many prefixes that do not touch."""
    nodes = lab(5)
    site = next(node for node in nodes if node["name"] == "site-red")
    site["properties"]["localNetworkAddressSpace"]["addressPrefixes"] = [f"10.{number}.0.0/17" for number in range(10, 10 + count)]
    return nodes


def test_parameters_are_written(run: Run, tmp_path: Path) -> None:
    """A complete estate ends with 0, and the document is the same on standard output and in a file."""
    path = write_lab(tmp_path, 5)
    code, out, err = run("parameters", path)
    document = json.loads(out)
    assert (0, "") == (code, err)
    assert {"schema_version": "1", "tool_version": __version__, "scope": "subscription"}.items() <= document.items()
    assert [["blue", "red"]] == [one["partners"] for one in document["assignments"]]
    assert 0 == run("parameters", path, "-o", tmp_path / "out.json")[0]
    assert out == (tmp_path / "out.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("scope", ["gateway", "resource-group"])
def test_other_scopes(scope: str, run: Run, tmp_path: Path) -> None:
    """Each scope of `--scope` gives assignments at the lab's resource group."""
    _, out, _ = run("parameters", write_lab(tmp_path, 5), "--scope", scope)
    document = json.loads(out)
    assert (scope, True) == (document["scope"], document["assignments"][0]["scope"].endswith("/resourceGroups/lab"))


def test_what_does_not_fit_ends_with_1(run: Run, tmp_path: Path) -> None:
    """A partner that Azure Policy cannot express is named on standard error and in the document, with what it needs."""
    code, out, err = run("parameters", write_estate(tmp_path, "many.json", many(120)))
    (lost,) = json.loads(out)["not_expressed"]
    # The prefixes and the fixed range of the connection.
    assert (1, "red", "S2S-SEL-004", 121, 100) == (code, lost["partner"], lost["control"], lost["needs"], lost["limit"])
    assert "not expressed: S2S-SEL-004: the ranges of partner red" in err


def test_what_cannot_be_read_ends_with_3(run: Run, tmp_path: Path) -> None:
    """An absent site is named on standard error and in the document."""
    nodes = [node for node in lab(5) if node["name"] != "site-blue"]
    code, out, err = run("parameters", write_estate(tmp_path, "part.json", nodes))
    assert (3, ["the site it refers to is not in the input"]) == (code, [gap["reason"] for gap in json.loads(out)["gaps"]])
    assert "to-blue: the site it refers to is not in the input\n" in err


def test_remarks_are_few(run: Run, tmp_path: Path) -> None:
    """Standard error has the first ten remarks and how many more there are; names on it cannot act on a terminal."""
    nodes = lab(5, tuple(f"p{number}\x1b[31m" for number in range(15)))
    nodes = [node for node in nodes if not node["name"].startswith("site-")]
    code, out, err = run("parameters", write_estate(tmp_path, "part.json", nodes))
    assert (3, 11, True) == (code, len(err.splitlines()), err.endswith("and 5 more of these, in the document\n"))
    assert "\x1b" not in out + err


def test_no_drift(run: Run, tmp_path: Path) -> None:
    """What was just written has no drift."""
    path = write_lab(tmp_path, 5)
    run("parameters", path, "-o", tmp_path / "assigned.json")
    assert (0, "no drift: the assignments say what the facts say\n", "") == run("drift", tmp_path / "assigned.json", path)


def test_drift_is_told_line_by_line(run: Run, tmp_path: Path) -> None:
    """A partner that is new ends with 1, and the table says what is not assigned."""
    run("parameters", write_lab(tmp_path, 5), "-o", tmp_path / "assigned.json")
    after = write_estate(tmp_path, "after.json", lab(5, ("red", "blue", "green")))
    code, out, _ = run("drift", tmp_path / "assigned.json", after)
    expected = """\
6 differences
somebody changed a range: `s2sguard scan INPUT` first, then revert it, or `s2sguard policy
parameters INPUT` and assign the result

/subscriptions/00000000-0000-0000-0000-000000000001
  partner green (partners): not assigned yet
  ranges in use by green on vpngw (partnerRanges): not assigned: 10.3.0.0/16
  ranges allowed to green (allowedRanges): not assigned: 10.3.0.0/16
  owner of site-green (partnerOf): not assigned: green
  registered trust in site-green (siteTrust): not assigned: partner
  gateways of site-green (siteGateways): not assigned: vpngw
"""
    assert (1, expected) == (code, out)


def taken() -> list[dict[str, Any]]:
    """Return the lab after blue's site has got half of red's addresses."""
    nodes = lab(5)
    site = next(node for node in nodes if node["name"] == "site-blue")
    site["properties"]["localNetworkAddressSpace"]["addressPrefixes"] = ["10.1.128.0/17", "10.2.0.0/16"]
    return nodes


def test_a_conflict_ends_with_1(run: Run, tmp_path: Path) -> None:
    """Addresses that two partners claim are named on standard error and in the document, which is written all the same."""
    code, out, err = run("parameters", write_estate(tmp_path, "after.json", taken()))
    (conflict,) = json.loads(out)["conflicts"]
    assert (1, ["blue", "red"], ["10.1.128.0/17"], {}) == (code, conflict["partners"], conflict["ranges"], conflict["kept"])
    assert ["site-blue", "site-red"] == [one.rsplit("/", 1)[-1] for one in conflict["sites"]]
    assert err.startswith("conflict: blue and red claim the same addresses on vpngw: 10.1.128.0/17 (by site-blue, site-red")
    assert "hint: nobody is allowed these addresses" in err


def test_a_conflict_is_settled_by_what_is_assigned(run: Run, tmp_path: Path) -> None:
    """With --assigned, who had the addresses keeps them, the run still ends with 1, and so does drift, which marks the difference."""
    run("parameters", write_lab(tmp_path, 5), "-o", tmp_path / "assigned.json")
    after = write_estate(tmp_path, "after.json", taken())
    code, out, err = run("parameters", after, "--assigned", tmp_path / "assigned.json")
    document, before = json.loads(out), json.loads((tmp_path / "assigned.json").read_text(encoding="utf-8"))
    ranges = ("partnerRanges", "allowedRanges", "partners")
    was, now = ([one["assignments"][0]["parameters"][name] for name in ranges] for one in (before, document))
    assert was == now
    assert (1, {"red": ["10.1.128.0/17"]}) == (code, document["conflicts"][0]["kept"])
    assert "red had 10.1.128.0/17 first" in err
    code, out, err = run("drift", tmp_path / "assigned.json", after)
    expected = """\
1 difference, 1 in addresses of another partner
1 conflict: partners claim the same addresses on one gateway
somebody changed a range: `s2sguard scan INPUT` first, then revert it; assign nothing before,
`s2sguard policy parameters` cannot know who is right

/subscriptions/00000000-0000-0000-0000-000000000001
  ranges in use by blue on vpngw (partnerRanges): not assigned: 10.1.128.0/17  CLAIMED BY red
"""
    assert (1, expected, True) == (code, out, err.startswith("conflict: blue and red"))


def test_a_conflict_that_is_assigned_is_no_silence(run: Run, tmp_path: Path) -> None:
    """Where the assignments say what the facts say, and partners claim the same addresses, drift does not end with 0."""
    after = write_estate(tmp_path, "after.json", taken())
    run("parameters", after, "-o", tmp_path / "assigned.json")
    code, out, _ = run("drift", tmp_path / "assigned.json", after)
    assert (1, "no drift: the assignments say what the facts say\n1 conflict") == (code, out.partition(": partners claim")[0])


def test_a_new_claim_is_named_and_not_allowed(run: Run, tmp_path: Path) -> None:
    """With --assigned, a new partner is in no parameter that allows, and the run ends with 1 and says how to accept it."""
    run("parameters", write_lab(tmp_path, 5), "-o", tmp_path / "assigned.json")
    after = write_estate(tmp_path, "after.json", lab(5, ("red", "blue", "green")))
    code, out, err = run("parameters", after, "--assigned", tmp_path / "assigned.json")
    document = json.loads(out)
    assert [("green", ["10.3.0.0/16"], [])] == [(one["partner"], one["ranges"], one["earlier"]) for one in document["new_claims"]]
    assert (1, ["blue", "red"]) == (code, document["assignments"][0]["parameters"]["partners"]["value"])
    assert err == (
        "new claim: green claims 10.3.0.0/16, which is not allowed to it in what is assigned\n"
        "hint: without --assigned these claims are taken as they are\n"
    )
    assert 0 == run("parameters", after)[0]


def test_an_incomplete_input_is_said_first(run: Run, tmp_path: Path) -> None:
    """Where something could not be read, the table starts with that, and does not call it gone."""
    run("parameters", write_lab(tmp_path, 5), "-o", tmp_path / "assigned.json")
    nodes = [node for node in lab(5) if node["name"] != "site-blue"]
    code, out, err = run("drift", tmp_path / "assigned.json", write_estate(tmp_path, "part.json", nodes))
    assert (1, "the input is incomplete (1 gap): what is not in it may only be unread") == (code, out.splitlines()[0])
    assert ("gone:" not in out, True) == ("in the assignments, not in this input" in out, err.startswith("gap: "))


def test_drift_as_json(run: Run, tmp_path: Path) -> None:
    """The JSON form holds every difference and every gap."""
    run("parameters", write_lab(tmp_path, 5), "-o", tmp_path / "assigned.json")
    nodes = [node for node in lab(5) if node["name"] != "site-blue"]
    code, out, _ = run("drift", tmp_path / "assigned.json", write_estate(tmp_path, "part.json", nodes), "--format", "json")
    document = json.loads(out)
    assert (1, "s2sguard-derived-drift") == (code, document["kind"])
    assert ["the site it refers to is not in the input"] == [gap["reason"] for gap in document["gaps"]]


def test_incomplete_facts_without_drift_end_with_3(run: Run, tmp_path: Path) -> None:
    """Where nothing differs and something could not be read, drift is not known."""
    path = write_estate(tmp_path, "part.json", [node for node in lab(5) if node["name"] != "site-blue"])
    run("parameters", path, "-o", tmp_path / "assigned.json")
    code, _, err = run("drift", tmp_path / "assigned.json", path)
    assert (3, True) == (code, err.startswith("gap: "))


def test_no_difference_in_half_an_input_is_not_called_no_drift(run: Run, tmp_path: Path) -> None:
    """A table that could not see everything does not say that all is well."""
    path = write_estate(tmp_path, "part.json", [node for node in lab(5) if node["name"] != "site-blue"])
    run("parameters", path, "-o", tmp_path / "assigned.json")
    expected = "the input is incomplete (1 gap): what is not in it may only be unread\nno difference in what could be read\n"
    assert (3, expected) == run("drift", tmp_path / "assigned.json", path)[:2]


def test_standard_input_is_one_thing(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Assignments can come from standard input, unless the inventory does."""
    path = write_lab(tmp_path, 5)
    _, out, _ = run("parameters", path)
    monkeypatch.setattr("sys.stdin", io.StringIO(out))
    assert 0 == run("drift", "-", path)[0]
    code, _, err = run("drift", "-", "-")
    assert (2, True) == (code, "not both" in err)
    code, _, err = run("parameters", "--assigned", "-", "-")
    assert (2, True) == (code, "not both" in err)


def test_a_file_without_assignments_is_unreadable(run: Run, tmp_path: Path) -> None:
    """What holds no assignment of ours ends with 3 and one clear line."""
    path = write_lab(tmp_path, 5)
    code, _, err = run("drift", path, path)
    assert (3, True) == (code, "holds no assignment with parameters of the derived initiative" in err)
