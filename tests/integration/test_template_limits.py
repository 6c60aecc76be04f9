"""Files that nobody can read whole end the program with one line, or a report with a gap, and exit code 3; never with success."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.collect.arm_template.templates import SCHEMA, a_gateway, a_module, a_template

SECONDS, MEGABYTES = 10, 1500
HEAD = f'{{"$schema": "{SCHEMA}", "contentVersion": "1.0.0.0", '
GATEWAY = a_gateway(sku={"name": "VpnGw1"})


def limited() -> None:
    """Let a process have ten seconds of processor time."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def fifty_megabytes() -> str:
    """Return a template of 50 MB with a string without end."""
    return json.dumps(a_template({**GATEWAY, "tags": {"a": "x" * 50_000_000}}, {**GATEWAY, "name": "other", "tags": {"a": "[[x"}}))


def many() -> str:
    """Return a template of 50 MB with 25,000 resources."""
    padding = "x" * 1900
    return json.dumps(a_template(*[{**GATEWAY, "name": f"gw{at}", "tags": {"a": padding}} for at in range(25_000)]))


def copies() -> str:
    """Return a template with a billion gateways."""
    return json.dumps(a_template(a_gateway("[concat('gw', copyIndex())]", copy={"name": "l", "count": 10**9})))


def linked_to_itself() -> str:
    """Return a template that deploys itself, and something else."""
    module = a_module("again", None)
    module["properties"] = {"mode": "Incremental", "templateLink": {"relativePath": "template.json"}}
    return json.dumps(a_template(GATEWAY, module))


REFUSED: dict[str, tuple[Callable[[], str], str]] = {
    "many resources": (many, "more than 10000 resources"),
    "many copies": (copies, "more than 800"),
    "linked to itself": (linked_to_itself, "nested more than 10 levels"),
    "deep": (lambda: HEAD + '"resources": [], "x": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested deeper than 200 levels"),
    "comments without end": (lambda: HEAD + "/*" * 20_000_000, "only read in files of up to 8 MB"),
    "lines of comments": (lambda: HEAD + "// c\n" * 8_000_000, "only read in files of up to 8 MB"),
    "a comment that stays open": (lambda: HEAD + '"resources": [] /* open }', "not JSON at"),
    "not a number": (lambda: HEAD + '"resources": [{"a": NaN}]}', "it holds NaN"),
    "a number of a million digits": (lambda: HEAD + '"resources": [' + "9" * 1_000_000 + "]}", "a number with too many digits"),
    "resources twice": (lambda: HEAD + f'"resources": [{json.dumps(GATEWAY)}], "resources": []}}', "names a key twice"),
    "no end": (lambda: HEAD + '"resources": [', "truncated"),
    "a binary file": (lambda: HEAD + "\ud800", "a binary file"),
}


def scan(path: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    """Scan a file."""
    command = [sys.executable, "-m", "s2sguard", "scan", *flags, path.name]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=path.parent, preexec_fn=limited)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < MEGABYTES * 1024
    return done


@pytest.mark.parametrize("name", REFUSED)
def test_a_template_that_cannot_be_read_ends_with_3(name: str, tmp_path: Path) -> None:
    """It says where and why, and nothing else."""
    write, reason = REFUSED[name]
    (tmp_path / "template.json").write_text(write(), encoding="utf-8", errors="surrogatepass")
    done = scan(tmp_path / "template.json", "--fail-on-gap", "--fail-on-unknown")
    said = " ".join((done.stdout + done.stderr).split())
    assert reason in said
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert len(said) < 5000


def test_a_byte_order_mark_and_comments_are_read(tmp_path: Path) -> None:
    """As Azure does; what is read so has the findings it has without."""
    text = "// gateways\n" + json.dumps(a_template(GATEWAY), indent=1).replace('"resources"', '/* here */ "resources"')
    (tmp_path / "template.json").write_text(text, encoding="utf-8-sig")
    done = scan(tmp_path / "template.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert "gw" in done.stdout


def test_a_template_of_50_megabytes_is_read(tmp_path: Path) -> None:
    """Size alone is no reason to refuse."""
    (tmp_path / "template.json").write_text(fifty_megabytes(), encoding="utf-8")
    done = scan(tmp_path / "template.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert "other" in done.stdout
