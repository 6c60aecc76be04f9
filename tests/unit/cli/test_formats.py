"""`--format NAME[=FILE]` and `-o`: every report goes where it was asked for, once, whole, and over nothing that is read."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from junitparser import JUnitXml

from s2sguard.cli import output
from s2sguard.report.formats import FORMATS
from tests.unit.cli_estate import lab, write_lab
from tests.unit.conftest import Ran, Run
from tests.unit.report.sarif_schema import problems

Put = Callable[[str, object], Path]
STARTS = {
    "table": "GATEWAYS",
    "json": "{",
    "sarif": "{",
    "junit": "<?xml",
    "tap": "TAP version 13",
    "github": "::error ",
    "html": "<!doctype html>",
    "azuredevops": "##vso[task.logissue ",
    "csv": "status,severity,",
    "markdown": "## s2sguard: ",
}


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """Return a file with the lab in stage 3, which leaks, named as a person in its folder would."""
    return write_lab(tmp_path, 3).relative_to(tmp_path)


def refused(ran: Ran) -> str:
    """Return what a command line that is not valid was told, hint included; nothing was printed besides."""
    assert (ran.code, ran.out) == (2, "")
    return ran.err


def test_every_format_has_a_beginning() -> None:
    """A new format is tried here too."""
    assert set(STARTS) == set(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_goes_to_standard_output_or_to_a_file(run: Run, estate: Path, name: str) -> None:
    """By name it is printed, once; with a file the same text is in the file and the table is printed; the exit code is the same."""
    printed = run("scan", estate, "--format", name)
    filed = run("scan", estate, "--format", f"{name}=out.txt")
    assert (printed.code, filed.code, printed.err, filed.err) == (1, 1, "", "")
    assert printed.out.startswith(STARTS[name])
    assert Path("out.txt").read_text(encoding="utf-8").startswith(STARTS[name])
    assert filed.out.count("GATEWAYS\n") == 1


def test_all_formats_at_once(run: Run, estate: Path) -> None:
    """Every format in one run: one is printed, the others are files, each valid for its reader and none on standard output."""
    files = [argument for name in FORMATS if name != "tap" for argument in ("--format", f"{name}=out.{name}")]
    ran = run("scan", estate, *files, "--format", "tap")
    assert (ran.code, ran.err, ran.out.count("TAP version 13")) == (1, "", 1)
    assert not any(ran.out.startswith(start) or f"\n{start}" in ran.out for name, start in STARTS.items() if name != "tap")
    texts = {name: Path(f"out.{name}").read_bytes().decode() for name in FORMATS if name != "tap"}
    failures = sum(suite.failures for suite in JUnitXml.fromstring(texts["junit"].encode()))
    findings = [one for one in json.loads(texts["json"])["verdicts"] if one["status"] == "fail" and one["severity"] in {"critical", "high"}]
    failing = [row for row in csv.DictReader(io.StringIO(texts["csv"], newline="")) if row["fails_run"] == "yes"]
    assert len(findings) == failures == len(failing) == ran.out.count("\nnot ok") - ran.out.count("# TODO")
    assert problems(json.loads(texts["sarif"])) == []


@pytest.mark.parametrize(
    ("arguments", "printed", "files"),
    [
        ((), "table", {}),
        (("-o", "-"), "table", {}),
        (("-o", "a"), "", {"a": "table"}),
        (("--format", "json"), "json", {}),
        (("--format", "json=-"), "json", {}),
        (("--format", "json", "-o", "a"), "", {"a": "json"}),
        (("--format", "json=a", "-o", "b"), "", {"a": "json", "b": "table"}),
        (("--format", "csv=a=b"), "table", {"a=b": "csv"}),
        (("--format", "json=a", "--format", "json=b", "--format", "csv"), "csv", {"a": "json", "b": "json"}),
    ],
)
def test_where_reports_go(run: Run, estate: Path, arguments: tuple[str, ...], printed: str, files: dict[str, str]) -> None:
    """The one format without a file goes to `-o` or standard output; without one it is the table."""
    ran = run("scan", estate, *arguments)
    assert (ran.code, bool(ran.out), ran.out.startswith(STARTS.get(printed, ""))) == (1, bool(printed), True)
    for file, name in files.items():
        assert Path(file).read_text(encoding="utf-8").startswith(STARTS[name])


def test_the_configured_format_is_the_one_without_a_file(run: Run, estate: Path, put: Put) -> None:
    """`format` in the configuration is what `--format NAME` overrides and `--format NAME=FILE` leaves."""
    put("s2sguard.yaml", "format: csv\n")
    assert run("scan", estate).out.startswith(STARTS["csv"])
    assert run("scan", estate, "--format", "json=a").out.startswith(STARTS["csv"])
    assert run("scan", estate, "--format", "tap").out.startswith(STARTS["tap"])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--format", "json", "--format", "csv"), "`json` and `csv` would both go to one place"),
        (("--format", "json", "--format", "json=-"), "--format json=FILE"),
        (("--format", "json=a", "--format", "csv=a"), "two reports would be written to `a`"),
        (("--format", "json=a", "--format", "csv=./x/../a"), "give each format a file of its own"),
        (("--format", "json=a", "-o", "a"), "two reports would be written to `a`"),
        (("--format", "xml"), "the formats are table, json, sarif"),
        (("--format", "Json"), "did you mean `json`?"),
        (("--format", "sariff=x"), "did you mean `sarif`?"),
        (("--format", "json="), "names no file"),
    ],
)
def test_clashes_are_refused_before_any_work(run: Run, estate: Path, arguments: tuple[str, ...], told: str) -> None:
    """What cannot be meant is one clear line, and no file is made."""
    Path("x").mkdir()
    assert told in refused(run("scan", estate, *arguments))
    assert sorted(path.name for path in Path().iterdir()) == [estate.name, "x"]


@pytest.mark.parametrize("name", ["estate.json", "part.json", "snap.json", "waivers.yaml", "base.json", "s2sguard.yaml", "values.json"])
def test_nothing_that_is_read_is_replaced(run: Run, put: Put, name: str) -> None:
    """The input, what lies in an input folder, the inventory below, waivers, baseline, configuration and parameters stay as they are."""
    put("estate.json", {"value": lab(3)})
    put("in/part.json", {"value": lab(5)})
    put("snap.json", {"value": lab(5)})
    put("waivers.yaml", "waivers: []\n")
    put("s2sguard.yaml", "fail_on: critical\n")
    put("values.json", {})
    assert run("baseline", "create", "estate.json", "-o", "base.json").code == 0
    target = f"in/{name}" if name == "part.json" else name
    before = Path(target).read_bytes()
    given = ("--with", "snap.json", "--waivers", "waivers.yaml", "--baseline", "base.json", "--parameters", "values.json")
    ran = run("scan", "estate.json", "in", *given, "--format", f"junit=./{target}")
    assert "is an input, and the report would replace it" in refused(ran)
    assert Path(target).read_bytes() == before


def test_a_link_to_an_input_is_the_input(run: Run, estate: Path) -> None:
    """A symbolic link does not hide that a report would replace the input."""
    Path("link").symlink_to(estate)
    assert "would replace it" in refused(run("scan", estate, "-o", "link"))


@pytest.mark.parametrize("name", ["json", "sarif"])
def test_a_report_in_an_input_folder_may_be_written_again(run: Run, put: Put, name: str) -> None:
    """Our own report of the last run is no input, other files than JSON are none, and a new file replaces nothing."""
    put("in/estate.json", {"value": lab(5)})
    for _ in range(2):
        assert run("scan", "in", "--format", f"{name}=in/report.json", "--format", "csv=in/report.csv").code == 0


@pytest.mark.parametrize(
    ("file", "told"),
    [("folder", "is a folder"), ("missing/report", "its folder does not exist"), ("file/report", "its folder does not exist")],
)
def test_what_cannot_be_written_ends_the_run_before_it_starts(run: Run, estate: Path, file: str, told: str) -> None:
    """A folder, a missing folder and a file in place of a folder are told at once, with exit code 3 and no other report."""
    Path("folder").mkdir()
    Path("file").touch()
    ran = run("scan", estate, "--format", "json=good.json", "--format", f"csv={file}")
    assert (ran.code, ran.out, told in ran.err, Path("good.json").exists()) == (3, "", True, False)


def test_one_file_that_fails_stops_no_other(run: Run, estate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails while it is written is said for each file, the rest is written, and the exit code is 3 and not that of the findings."""

    def full(content: Iterable[bytes], target: Path) -> None:
        if target.suffix == ".bad":
            raise OSError(28, "No space left on device")
        replace(content, target)

    replace = output._replace
    monkeypatch.setattr(output, "_replace", full)
    ran = run("scan", estate, "--format", "json=a.bad", "--format", "csv=b.csv", "--format", "tap=c.bad", "--format", "table")
    assert (ran.code, ran.out.startswith("GATEWAYS"), Path("b.csv").exists()) == (3, True, True)
    assert [line for line in ran.err.splitlines() if line.startswith("error: ")] == [
        "error: output `a.bad` cannot be written: no space left on device",
        "error: output `c.bad` cannot be written: no space left on device",
    ]


def test_a_file_that_was_there_keeps_its_rights(run: Run, estate: Path) -> None:
    """A report is replaced whole, with the permissions the file had, and leaves no temporary file."""
    Path("out").write_text("old")
    Path("out").chmod(0o640)
    assert run("scan", estate, "-o", "out").code == 1
    assert (stat.S_IMODE(Path("out").stat().st_mode), sorted(path.name for path in Path().iterdir())) == (0o640, ["out", estate.name])


def test_a_device_is_written_to_and_not_replaced(run: Run, estate: Path) -> None:
    """`-o /dev/null` is a place to write to."""
    assert run("scan", estate, "--format", "json=/dev/null").code == 1
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)  # noqa: PTH116 - the device itself


def test_the_table_in_a_file_has_no_colour(run: Run, estate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file has no terminal codes unless they are asked for, and facts are in the JSON report only with `--with-facts`."""
    run("scan", estate, "--format", "table=a", "--format", "json=b", "--with-facts")
    assert ("\x1b" in Path("a").read_text(), "facts" in json.loads(Path("b").read_text())) == (False, True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    run("scan", estate, "--format", "table=a")
    assert "\x1b[" in Path("a").read_text()


def test_sarif_is_relative_to_where_the_run_was_started(run: Run, tmp_path: Path) -> None:
    """An absolute path below the current folder is a place in the repository."""
    write_lab(tmp_path, 3)
    (log,) = run("scan", tmp_path, "--format", "sarif").json["runs"]
    places = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in log["results"]}
    assert places == {"stage-3.json"}


def test_fingerprints_stay_when_a_template_moves(run: Run, put: Put) -> None:
    """The same resources lower in another file, written another way, are the same findings."""
    before = run("scan", put("a/one.json", {"value": lab(3)}), "--format", "sarif").json["runs"][0]["results"]
    put("b/two.json", "\n\n\n" + json.dumps({"value": list(reversed(lab(3)))}, indent=4))
    after = run("scan", "b", "--format", "sarif").json["runs"][0]["results"]

    def by_finding(results: list[dict[str, object]]) -> dict[str, object]:
        return {json.dumps([one["ruleId"], one["message"]]): one["partialFingerprints"] for one in results}

    assert by_finding(before) == by_finding(after)
    assert len(before) == len({json.dumps(one["partialFingerprints"]) for one in before}) > 5
