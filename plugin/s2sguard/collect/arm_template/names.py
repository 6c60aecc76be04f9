"""Places in a template, whose pointers are only built when somebody asks."""

from __future__ import annotations

from typing import TypeAlias

from s2sguard.model.members import written
from s2sguard.model.pointer import pointer_to

Path: TypeAlias = "tuple[Path, str | int] | str"
"""A place in a file: the path of the container and a step, or a JSON pointer to start from."""


def at(path: Path, value: object, name: str) -> Path:
    """Return the path of a member in the casing it is written in."""
    return path, written(value, name)


def pointer(path: Path) -> str:
    """Return a path as a JSON pointer."""
    steps: list[str | int] = []
    while not isinstance(path, str):
        path, step = path
        steps.append(step)
    return pointer_to(path, *reversed(steps))
