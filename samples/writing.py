# ruff: noqa: INP001 - beside the samples, not a package of the project
"""What every generator of samples ends with: its files as text, and on disk."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path


def text_of(value: object) -> str:
    """Return what a file of this JSON holds."""
    return json.dumps(value, indent=2) + "\n"


def write(files: Iterable[tuple[Path, str]]) -> None:
    """Write files with the folders they lie in."""
    for path, text in files:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
