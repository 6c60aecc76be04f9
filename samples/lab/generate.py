# ruff: noqa: INP001 - data beside its generator, not a package of the project
"""Write `arm.json` and `tfplan.json` of every stage: `python -m samples.lab.generate`. A test checks that they are up to date."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from samples.lab import arm, plan, stages
from samples.writing import text_of, write

HERE = Path(__file__).resolve().parent


def files() -> Iterator[tuple[Path, str]]:
    """Yield every file with the text it must hold."""
    for stage in stages.STAGES:
        folder = HERE / stage.folder
        yield folder / "arm.json", text_of(arm.inventory(stage))
        yield folder / "tfplan.json", text_of(plan.plan(stage))


if __name__ == "__main__":
    write(files())
