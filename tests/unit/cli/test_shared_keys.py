"""Keys in clear text, the way a person scans for them: the place is reported, the key is in no output."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.conftest import Run

Put = Callable[[str, object], Path]
KEY = "Fake0nlyKey"
ID = "S2S-SEC-001"
SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
TEXTS: dict[str, object] = {
    "a.sh": f"\naz network vpn-connection create --name to-red --shared-key {KEY}1\n",
    "b.ps1": f"New-AzVpnConnection -SharedKey (ConvertTo-SecureString '{KEY}2' -AsPlainText -Force)\n",
    "c.tfvars": f'psk = "{KEY}3"\n',
    "d.json": {
        "$schema": SCHEMA,
        "contentVersion": "1.0.0.0",
        "resources": [{"type": "Microsoft.Network/connections", "name": "c", "properties": {"sharedKey": f"{KEY}4"}}],
    },
}
FORMATS = ("table", "json", "markdown", "sarif", "junit", "tap", "csv", "github", "azuredevops")


@pytest.mark.parametrize("style", FORMATS)
def test_no_format_shows_the_key(run: Run, put: Put, style: str) -> None:
    """Every format names the control and the file, and none holds the planted key; nor does the error output."""
    for name, text in TEXTS.items():
        put(f"in/{name}", text)
    ran = run("scan", "in", "--format", style)
    assert ran.code in {1, 3}
    assert ID in ran.out
    assert "a.sh" in ran.out
    assert KEY not in ran.out + ran.err


def test_facts_and_baseline_do_not_hold_the_key(run: Run, put: Put) -> None:
    """What other tools are given, and what is committed, holds places only."""
    for name, text in TEXTS.items():
        put(f"in/{name}", text)
    for command in (("facts", "in"), ("baseline", "create", "in"), ("explain", "--finding", ID, "in")):
        ran = run(*command)
        assert KEY not in ran.out + ran.err, command
    assert ID in run("baseline", "create", "in").out


def test_line_and_column(run: Run, put: Put) -> None:
    """A script's finding says line and column of the key; a template's those of the value."""
    for name, text in TEXTS.items():
        put(f"in/{name}", text)
    found = {v["source"]["file"]: v["source"] for v in run("scan", "in", "--format", "json").json["verdicts"] if v["control_id"] == ID}
    assert (found["in/a.sh"]["line"], found["in/a.sh"]["column"]) == (2, 61)
    assert (found["in/c.tfvars"]["line"], found["in/c.tfvars"]["column"]) == (1, 7)
    assert found["in/d.json"]["column"] > 1


@pytest.mark.parametrize("name", ["a.sh", "b.ps1", "c.tfvars"])
def test_a_folder_and_a_named_file_say_the_same(run: Run, put: Put, name: str) -> None:
    """The same file gives the same findings, whether it is named or found."""
    put(f"in/{name}", TEXTS[name])
    one, other = (run("scan", path, "--format", "json").json["verdicts"] for path in ("in", f"in/{name}"))
    assert one == other
    assert one


def test_the_commands_of_the_article_fail(run: Run, put: Put) -> None:
    """A runbook in Markdown is read when it is named: both command lines that give the key are findings."""
    put(
        "runbook.md",
        f"# Connect\n\n```\naz network vpn-connection create --name to-onprem1-nots --shared-key {KEY}1 --local-gateway2 a\n```\n"
        f"New-AzVirtualNetworkGatewayConnection -name to-onprem2 -ConnectionType IPsec -SharedKey {KEY}2 -connectionmode InitiatorOnly\n",
    )
    ran = run("scan", "runbook.md", "--format", "json")
    assert [v["source"]["line"] for v in ran.json["verdicts"] if v["status"] == "fail"] == [4, 6]


def test_a_named_text_without_keys_is_not_a_clean_scan(run: Run, put: Put) -> None:
    """A file that is neither inventory nor script was not judged, and the code says so."""
    ran = run("scan", put("notes.md", "nothing here"))
    assert ran.code == 3
    assert "not JSON" in ran.err
