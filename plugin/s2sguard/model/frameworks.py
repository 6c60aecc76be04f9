"""The frameworks that a control's METADATA may map to."""

from __future__ import annotations

from typing import Final

FRAMEWORKS: Final = ("nist_800_53", "iso_27001", "pci_dss", "cis_v8", "nis2", "dora")
"""Their keys in `mappings` and for `--framework`; `report/frameworks.json` has their names and requirements."""
