"""Writes the initiatives, composed from the definitions in the control folders; with `--check`, fails when a committed one differs."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from s2sguard.azure_policy.shipped.composition import compose_initiative
from s2sguard.azure_policy.shipped.definitions import INITIATIVES, load_definitions

ROOT = Path(__file__).resolve().parent.parent


def generated(policies: Path) -> dict[Path, str]:
    """Return every initiative of a pack by the file it is committed as; one without definitions is not written."""
    definitions = load_definitions(policies)
    texts = {}
    for kind, name in INITIATIVES.items():
        initiative = compose_initiative(definitions, kind)
        if initiative["properties"]["policyDefinitions"]:
            texts[policies / name] = json.dumps(initiative, indent=2, ensure_ascii=False) + "\n"
    return texts


def main(arguments: list[str]) -> int:
    """Write or check; return the exit code."""
    parser = argparse.ArgumentParser(prog="make schema")
    parser.add_argument("--check", action="store_true", help="write nothing, fail when a file would change")
    parser.add_argument("--policies", type=Path, default=ROOT / "policies", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    texts = generated(options.policies)
    stale = [path for path, text in texts.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    stale += [path for name in INITIATIVES.values() if (path := options.policies / name) not in texts and path.is_file()]
    for path in stale:
        if options.check:
            print(f"{path.name} is not what the control folders say: run `make schema` and commit it", file=sys.stderr)
        elif path in texts:
            path.write_text(texts[path], encoding="utf-8", newline="\n")
            print(f"wrote {path.name}")
        else:
            path.unlink()
            print(f"removed {path.name}: no control has such a definition")
    return 1 if stale and options.check else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
