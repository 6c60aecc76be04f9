"""Every command of the README, and of `samples/simulate`, that is marked `<!-- run -->` works, and prints what the README shows.

In a shown output `...` stands for anything, as in a doctest.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MARKED = re.compile(r"^<!-- run(?: exit=(\d))? -->\n```(console|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command of the README: what it prints (`...` where nothing is shown), and the exit code it ends with."""

    line: str
    output: str
    exit: int


def commands(text: str) -> list[Command]:
    """Return the marked commands of a Markdown text: one of a `console` block, every line of an `sh` command."""
    found = []
    for code, kind, body in MARKED.findall(text):
        if kind == "console":
            line, _, output = body.removeprefix("$ ").partition("\n")
            found.append(Command(line=line, output=output, exit=int(code or 0)))
        else:
            found += [Command(line=line, output="...", exit=0) for line in body.splitlines()]
    return found


AZ = """\
#!{python}
import json, sys

rows = json.load(open({lab!r}))
rows = rows["value"] if isinstance(rows, dict) else rows
for row in rows:
    row.setdefault("properties", {{}})["sharedKey"] = {key!r}
arguments = sys.argv[1:]
kinds = {{"vnet-gateway": "virtualNetworkGateways", "vpn-connection": "connections", "local-gateway": "localNetworkGateways",
         "vnet": "virtualNetworks", "route-table": "routeTables"}}
if arguments[:2] == ["graph", "query"]:
    second = "--skip-token" in arguments
    page = rows[3:] if second else rows[:3]
    print(json.dumps({{"count": len(page), "data": page, "skip_token": None if second else "next", "total_records": len(rows)}}))
elif arguments[:2] == ["group", "list"]:
    print("empty")
    print(rows[0]["id"].split("/")[4])
elif arguments[0] == "network" and arguments[2] == "list":
    kind = "microsoft.network/" + kinds[arguments[1]].lower()
    print(json.dumps([row for row in rows if row["type"].lower() == kind and "empty" not in arguments]))
else:
    sys.exit("no such command: " + " ".join(arguments))
"""
"""Answers as `az` does, from the hardened lab, with a key in every resource."""
KEY = "planted" + "key" * 9


README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = commands(README)
SAMPLES = [
    (ROOT / "samples" / folder / "README.md").read_text(encoding="utf-8")
    for folder in ("agreements", "headend", "inspection", "nat", "simulate", "wan")
]
PAGES = [*COMMANDS, *(command for page in SAMPLES for command in commands(page))]
INVENTORIES = re.findall(r"^<!-- run with az -->\n```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def run(script: str, folder: Path, *first: Path) -> subprocess.CompletedProcess[str]:
    """Run a shell script with our command, and what `first` holds, on the path."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("S2SGUARD_")}
    path = os.pathsep.join(map(str, (*first, Path(sys.executable).parent, os.environ["PATH"])))
    environment |= {"PATH": path, "NO_COLOR": "1", "COLUMNS": "100"}
    return subprocess.run(["/bin/sh", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_first_screen_shows_a_result() -> None:
    """The first marked command stands in the first screen of the README, and its output holds a packet."""
    assert README[: README.index("<!-- run")].count("\n") < 12
    assert "10.1." in COMMANDS[0].output
    assert "10.2." in COMMANDS[0].output


@pytest.mark.parametrize("command", PAGES, ids=lambda command: command.line)
def test_readme_commands_print_what_is_shown(command: Command, tmp_path: Path) -> None:
    """A marked command ends with its exit code, says nothing on standard error and prints the shown text."""
    done = run(f"TMPDIR='{tmp_path}'; {command.line}", ROOT)
    assert (done.returncode, done.stderr) == (command.exit, "")
    same = doctest.OutputChecker().check_output(command.output, done.stdout, doctest.ELLIPSIS)
    assert same, f"shown:\n{command.output}\nprinted:\n{done.stdout}"


@pytest.mark.parametrize("script", INVENTORIES, ids=["resource-graph", "resource-provider"])
def test_inventory_commands_are_complete_and_hold_no_key(script: str, tmp_path: Path) -> None:
    """Pasted into a shell, they give the whole lab, judged as in `samples/lab`, and no key reaches the disk."""
    (tmp_path / "bin").mkdir()
    az = tmp_path / "bin" / "az"
    az.write_text(AZ.format(python=sys.executable, lab=str(ROOT / "samples/lab/stage-5-hardened/arm.json"), key=KEY), encoding="utf-8")
    az.chmod(0o755)
    folder = tmp_path / "work"
    folder.mkdir()
    done = run(script, folder, az.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"^gateways: 1 ok; no findings, 0 unknown, [1-9]\d* passed, 0 gaps$", done.stdout, re.MULTILINE), done.stdout
    assert [path.name for path in folder.rglob("*") if path.is_file() and KEY in path.read_text(encoding="utf-8")] == []
