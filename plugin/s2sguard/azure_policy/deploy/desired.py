"""What should be in Azure: our definitions, the initiatives of them, and their assignments, as the bodies of PUT requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, Literal, Protocol, TypeAlias

from s2sguard.azure_policy.deploy.derived_document import DerivedDocument
from s2sguard.azure_policy.deploy.scope import Scope, check_assignment_name
from s2sguard.errors import UsageError

ItemKind: TypeAlias = Literal["definition", "initiative", "assignment"]
Family: TypeAlias = Literal["static", "derived"]
Body: TypeAlias = dict[str, Any]

OWNER_KEY: Final = "managedBy"
OWNER: Final = "s2sguard policy apply"
"""`metadata.s2sguard.managedBy`: what carries it was put there by `policy apply`, and only that is ever changed by it."""
STATIC_NAME: Final = "s2sguard"
"""Name of the assignment of the static initiative. Names have at most 24 characters at a management group."""
TYPES: Final[Mapping[ItemKind, str]] = {
    "definition": "policyDefinitions",
    "initiative": "policySetDefinitions",
    "assignment": "policyAssignments",
}
KINDS: Final[tuple[ItemKind, ...]] = ("definition", "initiative", "assignment")
"""In the order in which they are made: each refers to the ones before it."""

_NOT_SENT: Final = ("policyType", "version", "versions")
"""Set by Azure. A custom definition's version is the one in its metadata (facts 6.7: what Azure does with others is not documented)."""
_DEFAULT_MESSAGE: Final = "This VPN configuration lacks the hardened pattern; `s2sguard policy show` tells what to set."


class Shipped(Protocol):
    """What is needed of a definition (`azure_policy.shipped.ControlDefinition`)."""

    @property
    def name(self) -> str:
        """Its name in Azure."""

    @property
    def reference_id(self) -> str:
        """Its `policyDefinitionReferenceId` in the initiative: the control id."""

    @property
    def document(self) -> Mapping[str, Any]:
        """Its file: `properties` and more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """One family as shipped: its definitions and the initiative of them."""

    family: Family
    definitions: Sequence[Shipped]
    initiative: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the command line asks for."""

    scope: Scope
    home: Scope
    """Where definitions and initiatives live."""
    enforce: bool = False
    effect: str | None = None
    parameters: Mapping[str, Any] | None = None
    """Of the static assignment."""
    derived: DerivedDocument | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One object that should exist, with the body that makes it."""

    kind: ItemKind
    name: str
    scope: Scope
    title: str
    body: Body
    family: Family = "static"

    @property
    def id(self) -> str:
        """Its resource id."""
        return object_id(self.kind, self.scope, self.name)

    @property
    def properties(self) -> Body:
        """The `properties` of its body."""
        found: Body = self.body["properties"]
        return found


def object_id(kind: ItemKind, scope: Scope, name: str) -> str:
    """Return the resource id of a definition, an initiative or an assignment."""
    return f"{scope.id}/providers/Microsoft.Authorization/{TYPES[kind]}/{name}"


def desired_items(families: Iterable[Ours], wish: Wish) -> tuple[Item, ...]:
    """Return everything that should exist, in the order in which it is made; raises UsageError for parameters that do not fit."""
    items: list[Item] = []
    for ours in families:
        definitions = [_definition(shipped, ours.family, wish.home) for shipped in ours.definitions]
        initiative = _initiative(ours, wish.home)
        items += [*definitions, initiative, *_assignments(ours, initiative, wish)]
    return tuple(sorted(items, key=lambda item: KINDS.index(item.kind)))


def _properties(document: Mapping[str, Any]) -> Body:
    found = document.get("properties", document)
    return {key: value for key, value in found.items() if key not in _NOT_SENT}


def _marked(properties: Body, family: Family) -> Body:
    metadata = dict(properties.get("metadata") or {})
    metadata["s2sguard"] = {**(metadata.get("s2sguard") or {}), OWNER_KEY: OWNER, "family": family}
    return {**properties, "metadata": metadata}


def _definition(shipped: Shipped, family: Family, home: Scope) -> Item:
    properties = _marked(_properties(shipped.document), family)
    title = str(properties.get("displayName", shipped.reference_id))
    return Item(kind="definition", name=shipped.name, scope=home, title=title, body={"properties": properties}, family=family)


def _initiative(ours: Ours, home: Scope) -> Item:
    properties = _marked(_properties(ours.initiative), ours.family)
    ids = {shipped.name.lower(): object_id("definition", home, shipped.name) for shipped in ours.definitions}
    properties["policyDefinitions"] = [_placed(entry, ids) for entry in properties.get("policyDefinitions", [])]
    name = str(ours.initiative.get("name") or f"{STATIC_NAME}-{ours.family}")
    title = str(properties.get("displayName", name))
    return Item(kind="initiative", name=name, scope=home, title=title, body={"properties": properties}, family=ours.family)


def _placed(entry: Mapping[str, Any], ids: Mapping[str, str]) -> Body:
    """Return an entry of an initiative with the id its definition has where it is deployed."""
    name = str(entry.get("policyDefinitionId", "")).rstrip("/").rpartition("/")[2].lower()
    return {**entry, "policyDefinitionId": ids.get(name, entry.get("policyDefinitionId"))}


def _assignments(ours: Ours, initiative: Item, wish: Wish) -> Iterator[Item]:
    if ours.family == "static":
        yield _assignment(ours, initiative, wish, STATIC_NAME, wish.scope, wish.parameters or {})
        return
    for entry in wish.derived.assignments if wish.derived else ():
        yield _assignment(ours, initiative, wish, entry.name, entry.scope, entry.parameters)


def _assignment(ours: Ours, initiative: Item, wish: Wish, name: str, scope: Scope, given: Mapping[str, Any]) -> Item:
    check_assignment_name(name, scope)
    parameters = _checked(initiative, given, wish.effect, name)
    properties: Body = {
        "displayName": initiative.title,
        "description": str(initiative.properties.get("description", "")),
        "metadata": {"assignedBy": "s2sguard"},
        "policyDefinitionId": initiative.id,
        "parameters": {key: {"value": value} for key, value in parameters.items()},
        "enforcementMode": "Default" if wish.enforce else "DoNotEnforce",
        "nonComplianceMessages": _messages(ours),
    }
    body = {"properties": _marked(properties, ours.family)}
    return Item(kind="assignment", name=name, scope=scope, title=initiative.title, body=body, family=ours.family)


def _messages(ours: Ours) -> list[Body]:
    """Return what Azure shows to whom it denies: a message for each definition that has one, and one for the rest."""
    referred = {str(entry.get("policyDefinitionReferenceId")) for entry in _properties(ours.initiative).get("policyDefinitions", [])}
    found: list[Body] = [{"message": _DEFAULT_MESSAGE}]
    for shipped in sorted(ours.definitions, key=lambda each: each.reference_id):
        message = (_properties(shipped.document).get("metadata") or {}).get("nonComplianceMessage")
        if isinstance(message, str) and message and shipped.reference_id in referred:
            found.append({"message": message, "policyDefinitionReferenceId": shipped.reference_id})
    return found


def _checked(initiative: Item, given: Mapping[str, Any], effect: str | None, name: str) -> dict[str, Any]:
    """Return the parameters of an assignment in the casing of their declaration; raises UsageError."""
    declared: Mapping[str, Any] = initiative.properties.get("parameters") or {}
    by_lower = {key.lower(): key for key in declared}
    found: dict[str, Any] = {}
    for key, value in given.items():
        if key.lower() not in by_lower:
            near = get_close_matches(key, list(declared), n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"it takes {', '.join(declared) or 'none'}"
            raise UsageError(f"the initiative has no parameter `{key[:80]}` (assignment `{name}`)", hint=hint)
        found[by_lower[key.lower()]] = value
    if effect is not None:
        found[_effect_name(by_lower, found)] = effect
    for key, value in found.items():
        _check_value(key, declared[key], value)
    needed = [key for key, node in declared.items() if key not in found and "defaultValue" not in node]
    if needed:
        raise UsageError(f"assignment `{name}` needs a value for {', '.join(needed)}", hint="give them with --parameters")
    return dict(sorted(found.items()))


def _effect_name(by_lower: Mapping[str, str], found: Mapping[str, Any]) -> str:
    key = by_lower.get("effect")
    if key is None:
        raise UsageError("the initiative has no parameter `effect`", hint="set the effects with --parameters instead of --effect")
    if key in found:
        raise UsageError("the effect is given twice", hint="keep --effect, or `effect` in the parameters")
    return key


def _check_value(key: str, node: Mapping[str, Any], value: object) -> None:
    kinds: dict[str, tuple[type, ...]] = {"array": (list,), "object": (dict,), "boolean": (bool,), "string": (str,), "integer": (int,)}
    expected = kinds.get(str(node.get("type", "")).lower())
    if expected and (not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected)):
        raise UsageError(f"parameter `{key}` is not of type {node.get('type')}", hint="see the initiative's parameters")
    allowed = node.get("allowedValues")
    # Azure compares with case here (facts 5.1).
    if isinstance(allowed, list) and value not in allowed:
        raise UsageError(f"parameter `{key}` has a value that is not allowed", hint=f"allowed, in this casing: {allowed}")
