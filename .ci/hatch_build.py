"""Puts the policies into the wheel as `s2sguard/_pack`, with the compiled pack where `opa` is at hand or `make build` made one.

An editable install gets neither: it finds both in the checkout.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PackHook(BuildHookInterface[Any]):
    """Runs before a wheel is written (hatchling, "Custom build hook")."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the pack to the files of a standard wheel."""
        if version == "editable":
            return
        root = Path(self.root)
        build_data["force_include"][str(root / "policies")] = "s2sguard/_pack"
        sys.path.insert(0, str(root / "plugin"))
        for compiled in self._compiled(root / "build" / "policy.wasm"):
            build_data["force_include"][str(compiled)] = f"s2sguard/_pack/{compiled.name}"

    def _compiled(self, out: Path) -> list[Path]:
        from s2sguard.errors import S2SGuardError
        from s2sguard.evaluate.opa_binary import find_opa
        from s2sguard.evaluate.pack import load_pack
        from s2sguard.evaluate.wasm import about_path, read_wasm
        from s2sguard.evaluate.wasm_build import build_wasm

        pack = load_pack()
        try:
            build_wasm(pack, find_opa(), out)
        except (S2SGuardError, OSError) as error:
            self.app.display_warning(f"the pack is not compiled now ({error}); the wheel is complete without it")
        try:
            read_wasm(pack, out)
        except (S2SGuardError, OSError):
            return []
        return [out, about_path(out)]
