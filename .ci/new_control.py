"""Scaffolds a control folder: `new_control.py FAMILY NAME [--policies FOLDER]`.

What it writes passes every check, judges a fact that exists (`bgp`), and says in capitals what to replace.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
from pathlib import Path

from s2sguard.azure_policy.shipped.definitions import definition_name

ROOT = Path(__file__).resolve().parent.parent
FAMILY = re.compile(r"[a-z]{3}")
NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")

TITLE = "TITLE, what is true where this control passes"
WHY = "WHY it matters for partner isolation, with the source of what is asserted."

RULE = """\
# METADATA
# title: {title}
# description: |
#   {why}
# schemas:
#   - input: schema.facts
# custom:
#   id: {id}
#   severity: medium
#   fix: WHAT to set
#   needs: [bgp]
#   mappings:
#     nist_800_53: ["SC-7"]
#     iso_27001: ["A.8.20"]
#     pci_dss: ["1.3.2"]
#     cis_v8: ["12.2"]
#     nis2: ["21(2)(i)"]
#     dora: ["9(4)(c)"]
package s2sguard.controls.{family}.{name}

import data.s2sguard.lib

id := "{id}"

applies contains connection.id if some connection in lib.partner_connections

deny contains lib.finding(id, connection, message) if {{
	some connection in lib.partner_connections
	connection.bgp
	message := "WHAT is wrong: what follows from it"
}}

warn contains lib.unknown(id, connection, "bgp") if some connection in lib.partner_connections
"""

TEST = """\
package s2sguard.controls.{family}.{name}_test

import data.s2sguard.controls.{family}.{name} as control
import data.s2sguard.given_test as given

test_passes if {{
	facts := given.document
	control.applies == {{"connection"}} with input as facts
	control.deny == set() with input as facts
	control.warn == set() with input as facts
}}

test_fails if {{
	facts := given.with_facts("connections", {{"bgp": true}})
	given.messages(control.deny) == {{"WHAT is wrong: what follows from it"}} with input as facts
}}

test_unknown if {{
	facts := given.without_facts("connections", ["bgp"])
	control.deny == set() with input as facts
	given.messages(control.warn) == given.gaps(["bgp"]) with input as facts
}}

test_does_not_apply_to_an_internal_connection if {{
	facts := given.with_facts("connections", {{"trust": "internal"}})
	control.applies == set() with input as facts
}}
"""

PAGE = """\
# {id} {title}

## Why

{why}

## Bad

```json
{{ "type": "Microsoft.Network/connections", "properties": {{ "enableBgp": true }} }}
```

## Good

```json
{{ "type": "Microsoft.Network/connections", "properties": {{ "enableBgp": false }} }}
```

## Fix

```sh
az network vpn-connection update --resource-group RG --name NAME WHAT TO SET
```

```bicep
// WHAT to set
```

```hcl
// WHAT to set
```

## What the fix does to a running tunnel

WHAT is replaced, what drops, what the partner must change first, how to go back.

## Limits

WHAT this control does not see.

## Mappings

- NIST SP 800-53 SC-7: WHY it is evidence for this.
- ISO/IEC 27001:2022 A.8.20: WHY it is evidence for this.
- PCI DSS 4.0.1 1.3.2: WHY it is evidence for this.
- CIS Controls v8 12.2: WHY it is evidence for this.
- NIS2 Article 21(2)(i): WHY it is evidence for this.
- DORA Article 9(4)(c): WHY it is evidence for this.
"""

EXAMPLE = Path("rte", "static_routing")
"""The shipped control on the same fact: its cases and its definition are right for the new one, until its rule is replaced."""


def main(arguments: list[str]) -> int:
    """Write the folder; return the exit code."""
    parser = argparse.ArgumentParser(prog="make control", usage="make control FAMILY=ike NAME=dh_group")
    parser.add_argument("family", help="three lowercase letters, such as ike")
    parser.add_argument("name", help="lowercase words joined by underscores, such as dh_group")
    parser.add_argument("--policies", type=Path, default=ROOT / "policies", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if not FAMILY.fullmatch(options.family) or not NAME.fullmatch(options.name) or options.name.endswith("_test"):
        parser.error("FAMILY is three lowercase letters, NAME is lowercase words joined by underscores")
    controls = options.policies / "s2sguard" / "controls"
    folder = controls / options.family / options.name
    if folder.exists():
        parser.error(f"{options.family}/{options.name} is there already")
    control_id = free_id(controls, options.family)
    write(folder, control_id)
    write_definition(controls / EXAMPLE / "azure_policy.json", folder, control_id)
    shutil.copytree(controls / EXAMPLE / "cases", folder / "cases")
    print(f"wrote {folder}; next: its cases, its rule, its definition, its page, then `make fmt schema docs check`")
    return 0


def free_id(controls: Path, family: str) -> str:
    """Return the id after the highest one the family has."""
    pattern = re.compile(rf"^#\s+id: S2S-{family.upper()}-(\d{{3}})$", re.MULTILINE)
    texts = (path.read_text(encoding="utf-8") for path in (controls / family).rglob("*.rego"))
    used = [int(number) for text in texts for number in pattern.findall(text)]
    return f"S2S-{family.upper()}-{max(used, default=0) + 1:03}"


def write(folder: Path, control_id: str) -> None:
    """Write rule, test and page."""
    family, name = folder.parts[-2:]
    values = {"id": control_id, "family": family, "name": name, "title": TITLE, "why": WHY}
    folder.mkdir(parents=True)
    (folder / f"{name}.rego").write_text(RULE.format(**values), encoding="utf-8", newline="\n")
    (folder / f"{name}_test.rego").write_text(TEST.format(**values), encoding="utf-8", newline="\n")
    (folder / "control.md").write_text(PAGE.format(**values), encoding="utf-8", newline="\n")


def write_definition(example: Path, folder: Path, control_id: str) -> None:
    """Write the Azure Policy half: the example's rule under the new control's name."""
    document = json.loads(example.read_text(encoding="utf-8"))
    document["name"] = definition_name(control_id)
    document["properties"] |= {"displayName": f"{control_id} {TITLE}", "description": WHY}
    document["properties"]["metadata"] |= {
        "version": "1.0.0",
        "nonComplianceMessage": f"{control_id}: WHAT to set",
        "s2sguard": {"control": control_id},
    }
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    (folder / "azure_policy.json").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
