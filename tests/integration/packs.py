"""Small policy packs, written to a folder, for what the shipped pack must never do."""

from __future__ import annotations

from pathlib import Path

from s2sguard.evaluate.pack import Pack, load_pack

MAIN = """package s2sguard.main

results contains {"control": c.id, "applies": c.applies, "deny": c.deny, "warn": c.warn} if {
	some family, name
	c := data.s2sguard.controls[family][name]
}
"""
HEAD = """# METADATA
# title: A test
# description: Only here.
# custom:
#   id: S2S-TST-001
#   severity: high
#   fix: nothing
#   needs: []
package s2sguard.controls.tst.one

id := "S2S-TST-001"

applies contains c.id if some c in input.connections

warn := set()

"""
DENY_ALL = """deny contains {"msg": "always", "control": id, "resource": c.id} if some c in input.connections
"""


def write_pack(folder: Path, deny: str = DENY_ALL, *, main: str = MAIN, head: str = HEAD) -> Pack:
    """Write a pack of one control whose `deny` is given, and load it."""
    for name, text in {"main/main.rego": main, "controls/tst/one/one.rego": head + deny}.items():
        path = folder / "s2sguard" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return load_pack(folder)
