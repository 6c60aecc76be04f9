"""Which files are scripts and source files, by their names: apart from what reads them, which most runs never need."""

from __future__ import annotations

from typing import Final

SHELL: Final = (".sh", ".bash", ".zsh", ".ksh", ".azcli", ".cmd", ".bat", ".env")
POWERSHELL: Final = (".ps1", ".psm1", ".psd1")
TERRAFORM: Final = (".tf", ".tfvars", ".tf.json", ".tfvars.json")
BICEP: Final = (".bicep", ".bicepparam")
YAML: Final = (".yml", ".yaml")
SUFFIXES: Final = (*SHELL, *POWERSHELL, *TERRAFORM, *BICEP, *YAML)

MAX_BYTES: Final = 2_000_000
"""Larger files are not searched for keys."""


def is_script(path: str) -> bool:
    """Say whether a file in a folder is read for keys, by its name; any other text file is, when it is named itself."""
    return path.lower().endswith(SUFFIXES)
