"""One ARM resource object into `Resource`s: itself, and the child resources written inside it.

Three bodies occur: ARM's own (`properties`), the flat one of `az ... -o json` (properties beside id, name and type, in nested
objects too), and azapi's (`body`, with the id in `parent_id` and `name`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from s2sguard.collect.arm_values import read_values
from s2sguard.collect.interface import Collected
from s2sguard.collect.resource_types import (
    INLINE_CHILDREN,
    KNOWN_TYPES,
    InlineChild,
    build_id,
    canonical_type,
    is_child_type,
    name_of_id,
    parent_of_id,
    type_of_id,
)
from s2sguard.collect.secrets import holds_secret
from s2sguard.collect.text import parse
from s2sguard.model.inventory import Gap, GapKind, Resource, Source
from s2sguard.model.pointer import pointer_to
from s2sguard.model.value import Maybe, Unknown

_ENVELOPE = frozenset(
    {
        "id",
        "name",
        "type",
        "etag",
        "location",
        "tags",
        "tag",
        "tagstable",
        "resourcegroup",
        "resourcegroupname",
        "subscriptionid",
        "tenantid",
        "systemdata",
        "managedby",
        "extendedlocation",
        "plan",
        "identity",
        "zones",
        "kind",
        "apiversion",
        "properties",
    },
)
"""Members beside `properties` that are about the resource, not of it (ARM, `az`, Resource Graph and PowerShell)."""
_LISTING = frozenset({"provisioningstate", "createdtime", "changedtime", "sku"})
"""All that `az resource list` has beside the envelope: a resource with no more than that was listed without its properties."""
_AZAPI = frozenset({"id", "type", "name", "parent_id", "parentid", "tags"})
"""Members azapi keeps beside `body`."""
_AZ_RENAMED = "typepropertiestype"
"""What `az` calls a property named `type` when it flattens (natRules, virtualWans)."""
_PROJECTED = "properties_"
"""Start of the column Resource Graph makes of `project properties.x`."""
_TAGS_NOT_AN_OBJECT = Unknown("tags are not an object")


def is_resource(value: Mapping[str, object]) -> bool:
    """Say whether an object is an ARM resource: its type is written, or its id spells one out."""
    if canonical_type(value.get("type")) is not None:
        return True
    return any(
        (key.lower() == "type" and canonical_type(member) is not None)
        or (key.lower() == "id" and isinstance(member, str) and type_of_id(member) is not None)
        for key, member in value.items()
    )


def read_resource(value: dict[str, object], source: Source, out: Collected) -> None:
    """Append the resource in `value`, and its inline children, to `out`; what is wrong with it becomes a gap."""
    _Builder(source.file, out).top(value, source.pointer)


class _Identity(NamedTuple):
    """What a resource is called."""

    id: str
    type: str
    name: str
    parent: str | None


class _Builder:
    """Builds the resources of one object; keeps what every step needs."""

    __slots__ = ("_file", "_out")

    def __init__(self, file: str, out: Collected) -> None:
        self._file = file
        self._out = out

    def top(self, raw: dict[str, object], pointer: str) -> None:
        value = read_values(_unwrapped(raw, self._file))
        names = {key.lower(): key for key in value}
        resource_id = _text(value, names, "id")
        kind = canonical_type(_text(value, names, "type"))
        if kind not in KNOWN_TYPES and resource_id:
            # The id is what other resources refer to: a type this table does not have must not hide a connection.
            by_id = type_of_id(resource_id)
            kind = by_id if kind is None or by_id in KNOWN_TYPES else kind
        if kind is None:
            self.gap("unknown-shape", pointer, "no ARM resource: neither its id nor its type can be read")
            return
        name = _text(value, names, "name") or (name_of_id(resource_id) if resource_id else None)
        if name is None:
            self.gap("unknown-shape", pointer, "an ARM resource with neither id nor name")
            return
        resource_id = resource_id or _made_id(value, names, kind, name)
        parent = parent_of_id(resource_id) if is_child_type(kind) else None
        if value.get(names.get("resources", "")):
            self.gap(
                "unknown-shape", pointer_to(pointer, names["resources"]), "resources nested the template way are not read", resource_id
            )
        self.add(value, names, pointer, _Identity(resource_id, kind, name, parent))

    def add(self, value: dict[str, object], names: Mapping[str, str], pointer: str, who: _Identity) -> None:
        properties, below = self.body(value, names, pointer, who.id)
        properties = {} if holds_secret(who.type) else properties
        tags = self.tags(value, names, pointer, who.id)
        source = Source(file=self._file, pointer=pointer)
        self._out.resources.append(
            Resource(id=who.id, type=who.type, name=who.name, properties=properties, tags=tags, source=source, parent=who.parent),
        )
        for child in INLINE_CHILDREN.get(who.type, ()):
            for key, members in properties.items():
                if key.lower() == child.property:
                    self.children(child, members, pointer_to(below, key), who.id)

    def body(self, value: dict[str, object], names: Mapping[str, str], pointer: str, resource_id: str) -> tuple[dict[str, object], str]:
        """Return the properties and the pointer they lie below; empty means listed without properties."""
        key = names.get("properties")
        inner = value[key] if key is not None else None
        if isinstance(inner, dict):
            return inner, pointer_to(pointer, key or "")
        if inner is not None:
            reason = f"`properties` is not known: {inner.reason}" if isinstance(inner, Unknown) else "`properties` is no object"
            self.gap("unreadable-value", pointer_to(pointer, key or ""), f"{reason}, so it was not read", resource_id)
            return {}, pointer
        if any(folded.startswith(_PROJECTED) for folded in names):
            hint = "single columns of `properties` were projected; project the whole `properties`"
            self.gap("unreadable-value", pointer, hint, resource_id)
            return {}, pointer
        return _flat(value), pointer

    def tags(self, value: dict[str, object], names: Mapping[str, str], pointer: str, resource_id: str) -> Maybe[Mapping[str, object]]:
        key = names.get("tags", names.get("tag"))
        found = value[key] if key is not None else None
        if isinstance(found, dict):
            return found
        if found is None or found == "":
            return {}
        if isinstance(found, Unknown):
            return found
        self.gap("unreadable-value", pointer_to(pointer, key or ""), "tags are no object, so they were not read", resource_id)
        return _TAGS_NOT_AN_OBJECT

    def children(self, child: InlineChild, members: object, pointer: str, parent: str) -> None:
        if members is None or isinstance(members, Unknown):
            return  # nothing there, or the parent's own value says that it cannot be known
        if not isinstance(members, list):
            self.gap("unreadable-value", pointer, f"`{child.property}` is no array, so it was not read", parent)
            return
        for index, member in enumerate(members):
            self.child(child, member, pointer_to(pointer, index), parent)

    def child(self, child: InlineChild, member: object, pointer: str, parent: str) -> None:
        if not isinstance(member, dict):
            self.gap("unreadable-value", pointer, f"an element of `{child.property}` is no object", parent)
            return
        names = {key.lower(): key for key in member}
        resource_id = _text(member, names, "id")
        name = _text(member, names, "name") or (name_of_id(resource_id) if resource_id else None)
        if name is None:
            self.gap("unreadable-value", pointer, f"an element of `{child.property}` has neither id nor name", parent)
            return
        resource_id = resource_id or f"{parent}/{child.segment}/{name}"
        self.add(member, names, pointer, _Identity(resource_id, child.type, name, parent))

    def gap(self, kind: GapKind, pointer: str, reason: str, resource: str | None = None) -> None:
        self._out.gaps.append(Gap(kind=kind, reason=reason, source=Source(file=self._file, pointer=pointer), resource=resource))


def _text(value: Mapping[str, object], names: Mapping[str, str], name: str) -> str | None:
    """Return a text of the envelope without surrounding space, or None if it is absent, empty or no text."""
    key = names.get(name)
    found = value[key] if key is not None else None
    return found.strip() or None if isinstance(found, str) else None


def _flat(value: Mapping[str, object]) -> dict[str, object]:
    """Return the properties of the shape `az` prints, under ARM's names; empty if there is nothing but the envelope."""
    own: dict[str, object] = {}
    has_body = False
    for key, member in value.items():
        folded = key.lower()
        # In this shape `type` may be a property: `Static` of a NAT rule.
        if folded in _ENVELOPE and (folded != "type" or member is None or canonical_type(member) is not None):
            continue
        own["type" if folded == _AZ_RENAMED else key] = member
        has_body = has_body or (folded not in _LISTING and member is not None)
    return own if has_body else {}


def _made_id(value: Mapping[str, object], names: Mapping[str, str], kind: str, name: str) -> str:
    """Return an id for a resource written without one, from whatever scope it names."""
    parent = _text(value, names, "parent_id") or _text(value, names, "parentid")
    if parent is not None:
        inside = kind.rsplit("/", 1)[-1] if type_of_id(parent) == kind.rpartition("/")[0] else f"providers/{kind}"
        return f"{parent.rstrip('/')}/{inside}/{name}"
    subscription = _text(value, names, "subscriptionid") or ""
    group = _text(value, names, "resourcegroup") or _text(value, names, "resourcegroupname") or ""
    return build_id(kind, name, subscription=subscription, group=group)


def _unwrapped(value: dict[str, object], file: str) -> dict[str, object]:
    """Return a resource in ARM's shape: azapi keeps the rest of it in `body`, as an object or as JSON in a string."""
    body = value.get("body")
    if body is None or "properties" in value:
        return value
    if isinstance(body, str):
        document, _ = parse(body.encode(), file)
        body = document.value if document is not None else None
    if not isinstance(body, dict):
        return value
    inner = {key: member for key, member in body.items() if key.lower() not in {"id", "type", "name"}}
    return {**{key: member for key, member in value.items() if key.lower() in _AZAPI}, **inner}
