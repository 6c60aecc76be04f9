"""Which parameter file belongs to which template: by folder and name, as the tools that write them name them.

`azuredeploy.parameters.json` and `azuredeploy.parameters.prod.json` belong to `azuredeploy.json` (and to `azuredeploy.bicep`),
`parameters.json` to `template.json`, as the portal exports them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

_EXPORTED = {"parameters.json": "template.json"}


def paired(template: str, files: Sequence[str]) -> list[str]:
    """Return those of the parameter files that belong to a template, in their order."""
    return [file for file in files if _belongs(file, template)]


def _belongs(file: str, template: str) -> bool:
    one, other = PurePath(file), PurePath(template)
    if one.parent != other.parent:
        return False
    name, stem = one.name.lower(), other.stem.lower()
    return _EXPORTED.get(name) == other.name.lower() or name.startswith((f"{stem}.parameters.", f"{stem}.param."))
