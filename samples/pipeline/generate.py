# ruff: noqa: INP001 - data beside its generator, not a package of the project
"""Write what the pull request changes, before and after its fix: `python -m samples.pipeline.generate`. A test checks it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from samples.lab import plan
from samples.lab import stages as lab
from samples.pipeline import template
from samples.writing import text_of, write

HERE = Path(__file__).resolve().parent

PROPOSED = lab.Stage(folder="proposed", suffix="fixedts", policy=lab.STRONG, fixed=True)
"""Three settings of four, on a gateway whose SKU is retired: what the pull request asks for."""
FIXED = lab.Stage(folder="fixed", suffix="fixedts", policy=lab.STRONG, fixed=True, mode="InitiatorOnly")
"""The same with the fourth setting; the SKU is waived, as it is changed later."""


def files() -> Iterator[tuple[Path, str]]:
    """Yield every file with the text it must hold."""
    for stage in (PROPOSED, FIXED):
        folder = HERE / stage.folder
        yield folder / "template" / "azuredeploy.json", text_of(template.template(stage))
        yield folder / "template" / "azuredeploy.parameters.json", text_of(template.parameters())
        yield folder / "plan" / "tfplan.json", text_of(plan.plan(stage))


if __name__ == "__main__":
    write(files())
