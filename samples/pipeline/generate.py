# ruff: noqa: INP001 - data beside its generator, not a package of the project
"""Write what the pull request changes, before and after its fix: `python -m samples.pipeline.generate`. A test checks it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from samples.lab import plan
from samples.lab import stages as lab
from samples.pipeline import template

HERE = Path(__file__).resolve().parent

PROPOSED = lab.Stage(folder="proposed", suffix="fixedts", policy=lab.STRONG, fixed=True)
"""Three settings of four, on a gateway whose SKU is retired: what the pull request asks for."""
FIXED = lab.Stage(folder="fixed", suffix="fixedts", policy=lab.STRONG, fixed=True, mode="InitiatorOnly")
"""The same with the fourth setting; the SKU is waived, as it is changed later."""


def files() -> Iterator[tuple[Path, str]]:
    """Yield every file with the text it must hold."""
    for stage in (PROPOSED, FIXED):
        folder = HERE / stage.folder
        yield folder / "template" / "azuredeploy.json", _text(template.template(stage))
        yield folder / "template" / "azuredeploy.parameters.json", _text(template.parameters())
        yield folder / "plan" / "tfplan.json", _text(plan.plan(stage))


def _text(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"


def main() -> None:
    """Write all files."""
    for path, text in files():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
