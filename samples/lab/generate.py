# ruff: noqa: INP001 - data beside its generator, not a package of the project
"""Write `arm.json` and `tfplan.json` of every stage: `python -m samples.lab.generate`. A test checks that they are up to date."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from samples.lab import arm, plan, stages

HERE = Path(__file__).resolve().parent


def files() -> Iterator[tuple[Path, str]]:
    """Yield every file with the text it must hold."""
    for stage in stages.STAGES:
        folder = HERE / stage.folder
        yield folder / "arm.json", _text(arm.inventory(stage))
        yield folder / "tfplan.json", _text(plan.plan(stage))


def _text(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"


def main() -> None:
    """Write all files."""
    for path, text in files():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
