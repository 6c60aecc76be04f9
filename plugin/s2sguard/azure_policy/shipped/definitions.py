"""The definitions of the pack: read from the control folders, named, and compiled when first used.

A control's Azure Policy half is `azure_policy.json` in its folder; a rule that has to be told about the other partners is
`azure_policy_derived.json` beside it. The folder is the registration: there is no list of definitions anywhere.
Initiatives are generated from them (`composition.py`) and committed as `initiative.json` and `initiative_derived.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias
from uuid import NAMESPACE_URL, uuid5

from s2sguard.azure_policy.language.text import member
from s2sguard.errors import PackError
from s2sguard.evaluate.pack import load_pack
from s2sguard.evaluate.verdict import Control

if TYPE_CHECKING:
    from s2sguard.azure_policy.language.aliases import AliasCatalogue
    from s2sguard.azure_policy.language.policy import Policy

Kind: TypeAlias = Literal["deny", "manual", "derived"]
"""`deny`: one resource decides, the effect is a parameter. `manual`: attested, as one resource cannot decide.
`derived`: like `deny`, with parameters that are compiled from facts."""
InitiativeKind: TypeAlias = Literal["static", "derived"]

NAMESPACE: Final = NAMESPACE_URL
"""Namespace of every name (RFC 9562 section 5.5): the standard one, so that any tool can work a name out from a control id.

Another namespace would make every definition a new one beside those that are deployed."""

FILES: Final[Mapping[str, Kind | None]] = {"azure_policy.json": None, "azure_policy_derived.json": "derived"}
"""Files of a control folder that hold a definition; None: its effect says of which kind."""
INITIATIVES: Final[Mapping[InitiativeKind, str]] = {"static": "initiative.json", "derived": "initiative_derived.json"}
"""Files of the pack that hold the generated initiatives."""
ALIASES: Final = Path(__file__).resolve().parent / "aliases.json"
"""The aliases that are confirmed to exist, in the shape of the providers API: facts 2, and for what a `vpnGateways` request
writes inside `connections[*]` the listing that facts 2 was read from (azure-policy-aliases, `Microsoft.Network/vpnGateways`).

It makes no claim about which of them `modify` may change: no source says so (facts 2)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ControlDefinition:
    """One definition of the pack and the control it belongs to."""

    control: Control
    kind: Kind
    document: Mapping[str, Any]
    """The file: `name`, `type` and `properties` as Resource Manager takes them."""
    path: str
    """Where it lies below the pack's folder, with `/`."""

    @property
    def name(self) -> str:
        """Return the definition's name, a version 5 UUID (`definition_name`)."""
        return str(self.document["name"])

    @property
    def reference_id(self) -> str:
        """Return the control's id, which overrides, exemptions, attestations and messages go by (facts 5.9)."""
        return self.control.id

    @property
    def message(self) -> str:
        """Return what a non-compliant resource has to set; goes into the assignment's `nonComplianceMessages`."""
        return str(self.document["properties"]["metadata"]["nonComplianceMessage"])

    @cached_property
    def policy(self) -> Policy:
        """Return the compiled definition, held against the confirmed aliases; raises `PolicyError`."""
        from s2sguard.azure_policy.language.policy import compile_policy

        return compile_policy(self.document, load_aliases())


def definition_name(control_id: str, *, derived: bool = False) -> str:
    """Return the name of a control's definition: the same on every machine and in every version."""
    return str(uuid5(NAMESPACE, f"{control_id}/derived" if derived else control_id))


def initiative_name(kind: InitiativeKind = "static") -> str:
    """Return the name of an initiative, a version 5 UUID."""
    return str(uuid5(NAMESPACE, f"s2sguard/initiative/{kind}"))


def load_definitions(pack: Path | None = None) -> tuple[ControlDefinition, ...]:
    """Return every definition of a pack (default: the shipped one) by control id, a derived one after the control's own.

    Raise `PackError` when the pack or one of the files is broken. Read once per process.
    """
    return _load(load_pack(pack).root)


def load_initiative(pack: Path | None = None, kind: InitiativeKind = "static") -> Mapping[str, Any]:
    """Return a generated initiative as Resource Manager takes it; raise `PackError` when the pack has none of this kind.

    `policyDefinitionId` is the id without scope: whoever deploys puts the scope of the definitions before it.
    """
    return _json(load_pack(pack).root / INITIATIVES[kind], INITIATIVES[kind])


@lru_cache(maxsize=1)
def load_aliases() -> AliasCatalogue:
    """Return the catalogue of confirmed aliases, read once per process."""
    from s2sguard.azure_policy.language.aliases import AliasCatalogue

    return AliasCatalogue.load(ALIASES)


@lru_cache(maxsize=8)
def _load(root: Path) -> tuple[ControlDefinition, ...]:
    found = []
    for control in load_pack(root).controls:
        folder = control.page.rpartition("/")[0]
        for file, kind in FILES.items():
            path = f"{folder}/{file}"
            if (root / path).is_file():
                found.append(_definition(control, _json(root / path, path), kind, path))
    return tuple(found)


def _definition(control: Control, document: Mapping[str, Any], kind: Kind | None, path: str) -> ControlDefinition:
    properties = document.get("properties")
    rule = properties.get("policyRule") if isinstance(properties, dict) else None
    then = rule.get("then") if isinstance(rule, dict) else None
    metadata = properties.get("metadata") if isinstance(properties, dict) else None
    if not isinstance(document.get("name"), str) or not isinstance(then, dict):
        raise PackError(f"`{path}` is not a policy definition", hint="it must hold `name` and `properties` with a `policyRule`")
    if not isinstance(metadata, dict) or not isinstance(metadata.get("nonComplianceMessage"), str):
        raise PackError(f"`{path}` has no `metadata.nonComplianceMessage`", hint="say there what a refused resource has to set")
    effect = str(member(then, "effect")).lower()
    return ControlDefinition(control=control, kind=kind or ("manual" if effect == "manual" else "deny"), document=document, path=path)


def _json(path: Path, name: str) -> Mapping[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise PackError(f"`{name}` of the policy pack cannot be read", hint="it must be a JSON file; run `make schema`") from error
    if not isinstance(document, dict):
        raise PackError(f"`{name}` of the policy pack is not a JSON object", hint="reinstall s2sguard, or run `make schema`")
    return document
