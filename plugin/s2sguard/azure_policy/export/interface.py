"""What an export gets, and what every format gives: files by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeAlias

from s2sguard.azure_policy.shipped.definitions import ControlDefinition

Body: TypeAlias = dict[str, Any]

ASSIGNMENT_NAME: Final = "s2sguard"
"""At most 24 characters, the limit at a management group; the same name that `policy apply` gives it."""
DEFAULT_MESSAGE: Final = "This VPN configuration lacks the hardened pattern; `s2sguard policy show` tells what to set."
NOT_SENT: Final = ("policyType", "version", "versions")
"""Properties that Azure sets by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """How the initiative of the export is to be assigned."""

    scope: str | None = None
    """Resource id of a subscription or a management group; None: the reader fills it in."""
    enforce: bool = False
    """False: `DoNotEnforce`, so that nothing is denied until somebody decides it."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Values of initiative parameters by name; the others keep their defaults."""

    @property
    def enforcement_mode(self) -> str:
        """Return the value of `enforcementMode` (facts 5.10)."""
        return "Default" if self.enforce else "DoNotEnforce"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Everything there is to export."""

    definitions: tuple[ControlDefinition, ...]
    """In the order of their controls; each is referred to by the name at the end of its id."""
    initiatives: tuple[Mapping[str, Any], ...]
    """The static one first. The derived one has no assignment here: its parameters come from an inventory."""
    assignment: Assignment

    def messages(self) -> list[Body]:
        """Return `nonComplianceMessages` of the first initiative's assignment: one for all, then one for each definition."""
        referred = {entry["policyDefinitionReferenceId"] for entry in self.initiatives[0]["properties"]["policyDefinitions"]}
        ours = [each for each in self.definitions if each.kind != "derived" and each.reference_id in referred]
        each_one = [{"message": each.message, "policyDefinitionReferenceId": each.reference_id} for each in ours]
        return [{"message": DEFAULT_MESSAGE}, *each_one]


class Exporter(Protocol):
    """One export format, one file."""

    def files(self, bundle: Bundle) -> dict[str, Body]:
        """Return JSON documents by their path below the folder that is written, with `/`; equal bundles give equal files."""


def file_name(definition: ControlDefinition) -> str:
    """Return what a definition's file is called: its control, and whether it is the derived one."""
    return f"{definition.control.id}{'.derived' if definition.kind == 'derived' else ''}.json"


def initiative_file(initiative: Mapping[str, Any]) -> str:
    """Return what an initiative's file is called."""
    kind = initiative["properties"].get("metadata", {}).get("s2sguard", {}).get("initiative", "static")
    return "s2sguard.json" if kind == "static" else f"s2sguard.{kind}.json"


def definition_name(entry: Mapping[str, Any]) -> str:
    """Return the name of the definition that an entry of an initiative refers to: the end of its id."""
    return str(entry["policyDefinitionId"]).rstrip("/").rpartition("/")[2]


def sent(properties: Mapping[str, Any], *besides: str) -> Body:
    """Return the properties without those that Azure sets, and without the named ones."""
    return {key: value for key, value in properties.items() if key not in {*NOT_SENT, *besides}}


def entries(initiative: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """Return the references to definitions of an initiative."""
    found: Iterable[Mapping[str, Any]] = initiative["properties"]["policyDefinitions"]
    return found
