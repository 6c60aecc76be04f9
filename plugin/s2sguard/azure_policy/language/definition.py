"""A definition taken apart: the file, its properties or a bare rule; names in any casing (definition-structure-basics)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from s2sguard.azure_policy.language.compare import kind_of
from s2sguard.azure_policy.language.limits import DESCRIPTION, DISPLAY_NAME, METADATA_VALUE
from s2sguard.azure_policy.language.parameters import Declaration, Report, declare
from s2sguard.azure_policy.language.text import did_you_mean, join, keys, twice
from s2sguard.expression.interface import Json

MODES: Final = (
    "All",
    "Indexed",
    "Microsoft.Kubernetes.Data",
    "Microsoft.KeyVault.Data",
    "Microsoft.Network.Data",
    "Microsoft.ManagedHSM.Data",
    "Microsoft.DataFactory.Data",
    "Microsoft.MachineLearningServices.v2.Data",
)
"""Modes that the documentation names; other resource provider modes end in `.Data` too."""
_BUILT_IN: Final = frozenset({"builtin", "static"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """The parts of a definition, and where they stand in what was given."""

    if_block: Json
    if_pointer: str
    then_block: Mapping[str, Json]
    then_pointer: str
    mode: str
    """`All`, `Indexed` or a resource provider mode; a definition without one is `Indexed` (a null mode), a bare rule is `All`."""
    parameters: Mapping[str, Declaration] | None
    """Lowercase name -> declaration; None for a bare rule."""
    display_name: str = ""
    description: str = ""
    metadata: Mapping[str, Json] | None = None
    built_in: bool = False
    """Limits of what customers may write do not hold for definitions that come with Azure."""


class _Part:
    """One object of the document with its pointer."""

    __slots__ = ("members", "names", "pointer")

    def __init__(self, members: Mapping[str, Json], pointer: str) -> None:
        self.members = members
        self.names = keys(members)
        self.pointer = pointer

    def get(self, name: str) -> Json:
        """Return a member; None where there is none."""
        written = self.names.get(name.lower())
        return None if written is None else self.members[written]

    def at(self, name: str) -> str:
        """Return the pointer of a member, as it is written."""
        return join(self.pointer, self.names.get(name.lower(), name))

    def part(self, name: str) -> _Part | None:
        """Return a member that is an object."""
        found = self.get(name)
        return _Part(found, self.at(name)) if isinstance(found, dict) else None


def take_apart(document: Json, report: Report, warn: Report | None = None) -> Definition | None:
    """Return the parts of a definition; what is wrong is reported, and None is returned where there is no rule at all.

    `warn` takes what is likely not meant.
    """
    if not isinstance(document, Mapping):
        report("", f"a definition is an object, not {kind_of(document)}", "")
        return None
    whole = _Part(document, "")
    properties = whole.part("properties")
    if properties is None or "policyrule" not in properties.names:
        properties = whole
    if "policyrule" not in properties.names:
        if not {"if", "then"} & set(whole.names):
            report("", "there is no `policyRule`", "give a definition, its `properties`, or a rule with `if` and `then`")
            return None
        return _rule(whole, None, report, warn)
    rule = properties.part("policyRule")
    if rule is None:
        report(properties.at("policyRule"), f"`policyRule` is {kind_of(properties.get('policyRule'))}, not an object", "")
        return None
    return _rule(rule, properties, report, warn)


def _rule(rule: _Part, properties: _Part | None, report: Report, warn: Report | None) -> Definition | None:
    for name in [*twice(rule.members), *(name for lower, name in rule.names.items() if lower not in {"if", "then"})]:
        report(join(rule.pointer, name), f"a rule has `if` and `then`, not `{name}`", did_you_mean(name, ("if", "then")))
    then = rule.part("then")
    if "if" not in rule.names:
        report(rule.pointer, "the rule has no `if`", "")
    if then is None:
        said = f"`then` is {kind_of(rule.get('then'))}, not an object" if "then" in rule.names else "the rule has no `then`"
        report(rule.at("then") if "then" in rule.names else rule.pointer, said, "")
    if then is None or "if" not in rule.names:
        return None
    common = {"if_block": rule.get("if"), "if_pointer": rule.at("if"), "then_block": then.members, "then_pointer": then.pointer}
    if properties is None:
        return Definition(**common, mode="All", parameters=None)
    kind = properties.get("policyType")
    built_in = isinstance(kind, str) and kind.lower() in _BUILT_IN
    _check_texts(properties, report, limited=not built_in)
    return Definition(
        **common,
        mode=_mode(properties, report),
        parameters=declare(properties.get("parameters"), properties.at("parameters"), report, limited=not built_in, warn=warn),
        display_name=name if isinstance(name := properties.get("displayName"), str) else "",
        description=text if isinstance(text := properties.get("description"), str) else "",
        metadata=metadata if isinstance(metadata := properties.get("metadata"), dict) else None,
        built_in=built_in,
    )


def _mode(properties: _Part, report: Report) -> str:
    mode = properties.get("mode")
    if mode is None:
        return "Indexed"
    if not isinstance(mode, str):
        report(properties.at("mode"), f"`mode` is {kind_of(mode)}, not a string", "")
        return "Indexed"
    known = next((one for one in MODES if one.lower() == mode.lower()), None)
    if known is None and not (mode.lower().startswith("microsoft.") and mode.lower().endswith(".data")):
        report(properties.at("mode"), f"there is no mode `{mode}`", did_you_mean(mode, MODES) or "modes are All and Indexed")
    return known or mode


def _check_texts(properties: _Part, report: Report, *, limited: bool) -> None:
    for name, most in (("displayName", DISPLAY_NAME), ("description", DESCRIPTION)):
        text = properties.get(name)
        if text is not None and not isinstance(text, str):
            report(properties.at(name), f"`{name}` is {kind_of(text)}, not a string", "")
        elif limited and text is not None and len(text) > most:
            report(properties.at(name), f"`{name}` has {len(text)} characters; {most} are allowed", "")
    metadata = properties.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        report(properties.at("metadata"), f"`metadata` is {kind_of(metadata)}, not an object", "")
    for name, value in (metadata if isinstance(metadata, dict) and limited else {}).items():
        if isinstance(value, str) and len(value) > METADATA_VALUE:
            report(join(properties.at("metadata"), name), f"the value has {len(value)} characters; {METADATA_VALUE} are allowed", "")
