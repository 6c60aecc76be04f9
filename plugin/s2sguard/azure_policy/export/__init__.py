"""Our definitions in the forms that other tools deploy: ARM templates, an EPAC tree, plain files."""

from __future__ import annotations

from pathlib import Path

from s2sguard.azure_policy.export.arm import ArmExporter, Level
from s2sguard.azure_policy.export.epac import EpacExporter
from s2sguard.azure_policy.export.interface import Assignment, Bundle, Exporter
from s2sguard.azure_policy.export.plain import PlainExporter

__all__ = ["ArmExporter", "Assignment", "Bundle", "EpacExporter", "Exporter", "Level", "PlainExporter", "shipped_bundle"]


def shipped_bundle(assignment: Assignment | None = None, pack: Path | None = None, derived: tuple[Assignment, ...] = ()) -> Bundle:
    """Return the definitions and initiatives of a pack (default: the shipped one) with assignments of them; raises `PackError`."""
    from s2sguard.azure_policy.shipped.definitions import load_definitions, load_initiative

    definitions = load_definitions(pack)
    initiatives = [load_initiative(pack)]
    if any(each.kind == "derived" for each in definitions):
        initiatives.append(load_initiative(pack, kind="derived"))
    return Bundle(definitions=definitions, initiatives=tuple(initiatives), assignment=assignment or Assignment(), derived=derived)
