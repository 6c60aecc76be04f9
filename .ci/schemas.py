"""Writes the JSON Schemas that are generated from code.

With `--check`, fails when a committed one differs, or when a schema written by hand is not a schema.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from jsonschema import SchemaError
from jsonschema.validators import validator_for

from s2sguard.facts.schema import facts_schema_text

ROOT = Path(__file__).resolve().parent.parent


def generated() -> dict[Path, str]:
    """Return every generated schema by the file it is committed as."""
    return {ROOT / "policies" / "s2sguard" / "schemas" / "facts.json": facts_schema_text()}


def broken() -> list[Path]:
    """Return the hand-written schemas that their own draft refuses."""
    found = []
    for path in sorted((ROOT / "plugin").rglob("*.schema.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        try:
            validator_for(schema).check_schema(schema)
        except SchemaError:
            found.append(path)
    return found


def main(arguments: list[str]) -> int:
    """Write or check; return the exit code."""
    stale = [path for path, text in generated().items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        name = path.relative_to(ROOT)
        if "--check" in arguments:
            print(f"{name} is not what the code says: run `make schema` and commit it", file=sys.stderr)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(generated()[path], encoding="utf-8", newline="\n")
            print(f"wrote {name}")
    wrong = broken()
    for path in wrong:
        print(f"{path.relative_to(ROOT)} is not a valid JSON Schema", file=sys.stderr)
    return 1 if wrong or (stale and "--check" in arguments) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
