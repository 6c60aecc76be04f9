"""Names the Rego lines no test runs, when `opa test --coverage` found too many: `rego_coverage.py REPORT PERCENT`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def main(arguments: list[str]) -> int:
    """Print the lines that are not covered, by file, when they are too many; return the exit code."""
    report: dict[str, Any] = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    if report["coverage"] >= float(arguments[1]):
        return 0
    print(f"Rego tests cover {report['coverage']} %, wanted {arguments[1]} %; not run:", file=sys.stderr)
    for name, file in sorted(report["files"].items()):
        spans = [f"{span['start']['row']}-{span['end']['row']}" for span in file.get("not_covered", [])]
        if spans:
            print(f"  {name}: {', '.join(spans)}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
