"""What an export gets, and what every format gives: files by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol, TypeAlias

from s2sguard.azure_policy.shipped.definitions import ControlDefinition

Body: TypeAlias = dict[str, Any]
Family: TypeAlias = Literal["static", "derived"]

ASSIGNMENT_NAME: Final = "s2sguard"
"""At most 24 characters, the limit at a management group; the same name that `policy apply` gives it."""
DEFAULT_MESSAGE: Final = "This VPN configuration lacks the hardened pattern; `s2sguard policy show` tells what to set."
NOT_SENT: Final = ("policyType", "version", "versions")
"""Properties that Azure sets by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """How an initiative of the export is to be assigned."""

    name: str = ASSIGNMENT_NAME
    family: Family = "static"
    """Which initiative is assigned."""
    scope: str | None = None
    """Resource id of a subscription, a management group or, for a derived one, a resource group; None: the reader fills it in."""
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
    """The static one first."""
    assignment: Assignment
    """Of the static initiative."""
    derived: tuple[Assignment, ...] = ()
    """Of the derived initiative, whose parameters come from an inventory; none where nobody gave them."""

    def initiative(self, assignment: Assignment) -> Mapping[str, Any]:
        """Return the initiative that is assigned."""
        return next(each for each in self.initiatives if family_of(each) == assignment.family)

    def messages(self, family: Family = "static") -> list[Body]:
        """Return `nonComplianceMessages` of an initiative's assignment: one for all, then one for each definition."""
        initiative = next(each for each in self.initiatives if family_of(each) == family)
        referred = {entry["policyDefinitionReferenceId"] for entry in entries(initiative)}
        ours = [each for each in self.definitions if (each.kind == "derived") == (family == "derived") and each.reference_id in referred]
        each_one = [{"message": each.message, "policyDefinitionReferenceId": each.reference_id} for each in ours]
        return [{"message": DEFAULT_MESSAGE}, *each_one]

    def assignment_files(self) -> dict[str, Assignment]:
        """Return every assignment by the name of its file; assignments of several scopes may share their own name."""
        derived = {f"s2sguard.derived.{number:02}.json": each for number, each in enumerate(self.derived, 1)}
        return {"s2sguard.json": self.assignment, **derived}


class Exporter(Protocol):
    """One export format, one file."""

    def files(self, bundle: Bundle) -> dict[str, Body]:
        """Return JSON documents by their path below the folder that is written, with `/`; equal bundles give equal files."""


def file_name(definition: ControlDefinition) -> str:
    """Return what a definition's file is called: its control, and whether it is the derived one."""
    return f"{definition.control.id}{'.derived' if definition.kind == 'derived' else ''}.json"


def initiative_file(initiative: Mapping[str, Any]) -> str:
    """Return what an initiative's file is called."""
    return "s2sguard.json" if family_of(initiative) == "static" else f"s2sguard.{family_of(initiative)}.json"


def family_of(initiative: Mapping[str, Any]) -> Family:
    """Return which of ours an initiative is."""
    found: Family = initiative["properties"].get("metadata", {}).get("s2sguard", {}).get("initiative", "static")
    return found


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
