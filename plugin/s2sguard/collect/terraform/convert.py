"""One instance of a plan as ARM resources: properties by the attribute maps, inline blocks as children."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from s2sguard.collect.secrets import hidden_text, is_secret_key
from s2sguard.collect.terraform.identify import Identifier
from s2sguard.collect.terraform.instance import Instance
from s2sguard.collect.terraform.map import Attribute, Block, Inline, Negated, Path, Reference, References, TypeMap, Value
from s2sguard.collect.terraform.plan import Plan
from s2sguard.collect.terraform.settled import beyond, counting
from s2sguard.collect.terraform.value import AFTER_APPLY, Node
from s2sguard.model.inventory import PLAN_ID, Resource, Source
from s2sguard.model.value import Maybe, Unknown

Properties = dict[str, object]

_WRONG_TYPE = Unknown("not of the type the provider documents")
_CONTRADICTION = Unknown("two attributes for the same property contradict each other")
_NOT_SHOWN = Unknown("the data source does not show it")
_ABSENT = object()
_SAFE_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")


class Converter:
    """Builds ARM resources; remembers which unknown attributes it has reported."""

    def __init__(self, plan: Plan, identifier: Identifier) -> None:
        self._plan = plan
        self._identifier = identifier
        self._reported: set[tuple[str, str]] = set()

    def convert(self, instance: Instance, type_map: TypeMap) -> tuple[Resource, Properties]:
        """Return the resource, and its properties while they can still be completed."""
        properties: Properties = dict(type_map.constants)
        self._object(instance, instance.values, type_map.fields, "", properties)
        if type_map.strict:
            self._report_unmapped(instance, instance.values, type_map.allowed, "")
        if instance.mode == "data":
            _mark_missing(instance.values, type_map.fields, properties)
        for inline in type_map.inline:
            node = instance.values.attribute(inline.attribute)
            if not node.unset and (node.after_apply or any(_nameless(member) for member in node.members())):
                properties[inline.type.rsplit("/", 1)[-1]] = AFTER_APPLY
        if not properties:
            # Every resource has one; without any property it would count as listed without its properties.
            properties["provisioningState"] = AFTER_APPLY
        resource = Resource(
            id=instance.id,
            type=type_map.type,
            name=name_of(instance),
            properties=properties,
            tags=tags_of(instance),
            source=instance.source,
            parent=self._identifier.parent(instance, type_map.parent) if type_map.parent is not None else None,
            existing=instance.existing,
            whole=instance.created,
            resource_group=group_of(instance),
        )
        return resource, properties

    def children(self, instance: Instance, type_map: TypeMap) -> Iterator[tuple[Resource, Properties]]:
        """Yield the child resources written as blocks of their parent."""
        for inline in type_map.inline:
            node = instance.values.attribute(inline.attribute)
            if node.unset:
                continue
            if node.after_apply:
                self._unreadable(instance, f"`{inline.attribute}` blocks of {instance.type} are known only after apply")
                continue
            for position, member in enumerate(node.members()):
                if _nameless(member):
                    self._unreadable(instance, f"a `{inline.attribute}` block of {instance.type} has no readable name")
                    continue
                if type_map.strict:
                    self._report_unmapped(instance, member, inline.allowed, f"{inline.attribute}.")
                yield self._child(instance, inline, member, position)

    def _child(self, instance: Instance, inline: Inline, member: Node, position: int) -> tuple[Resource, Properties]:
        name, known = str(member.known("name")), member.known("id")
        properties: Properties = {}
        self._object(instance, member, inline.fields, f"{inline.attribute}.", properties)
        segment = inline.type.rsplit("/", 1)[-1]
        source = Source(file=instance.source.file, pointer=f"{instance.source.pointer}/values/{inline.attribute}/{position}")
        resource = Resource(
            id=known if isinstance(known, str) and known.startswith("/") else f"{instance.id}/{segment}/{name}",
            type=inline.type,
            name=name,
            properties=properties,
            tags={},
            source=source,
            parent=instance.id,
            existing=instance.existing,
            whole=instance.created,
        )
        return resource, properties

    def _object(self, instance: Instance, node: Node, fields: Mapping[str, Attribute], label: str, into: Properties) -> None:
        for name, attribute, value in counting(node, fields):
            if value is not None and isinstance(attribute, Value):
                lay(into, attribute.path, value)
                continue
            member = node.attribute(name)
            if not member.unset or (isinstance(attribute, Value) and attribute.assigned and member.after_apply):
                self._put(instance, member, attribute, f"{label}{name}", into)
            elif name.endswith("_wo") and isinstance(member.expression, Mapping) and isinstance(attribute, Reference):
                later = Node(value=member.expression.get("constant_value"), unknown=True, expression=member.expression)
                self._put(instance, later, attribute, f"{label}{name}", into)

    def _put(self, instance: Instance, node: Node, attribute: Attribute, label: str, into: Properties) -> None:
        match attribute:
            case Value(path=path, kind=kind):
                lay(into, path, self._value(instance, node, kind, label))
            case Negated(path=path):
                flag = self._value(instance, node, "flag", label)
                lay(into, path, not flag if isinstance(flag, bool) else flag)
            case Reference(path=path, types=types, bare=bare):
                if node.value != "":
                    found = self._identifier.one(instance, node, types, label)
                    lay(into, path, found if bare or isinstance(found, Unknown) else {"id": found})
            case References(path=path, types=types):
                self._references(instance, node, types, label, path, into)
            case Block():
                self._block(instance, node, attribute, label, into)

    def _references(self, instance: Instance, node: Node, types: tuple[str, ...], label: str, path: Path, into: Properties) -> None:
        if not node.after_apply and not isinstance(node.value, list):
            self._unreadable(instance, f"`{label}` of {instance.type} is not a list")
            lay(into, path, _WRONG_TYPE)
            return
        ids = self._identifier.many(instance, node, types, label)
        if isinstance(ids, Unknown):
            lay(into, path, ids)
        elif ids:
            lay(into, path, [found if isinstance(found, Unknown) else {"id": found} for found in ids])

    def _block(self, instance: Instance, node: Node, block: Block, label: str, into: Properties) -> None:
        if node.after_apply:
            self._lay_block(block, AFTER_APPLY, into)
            return
        members = [node] if isinstance(node.value, Mapping) else list(node.members())
        if not isinstance(node.value, Mapping | list) or (len(members) > 1 and not block.many):
            self._unreadable(instance, f"`{label}` of {instance.type} does not have the shape the provider documents")
            self._lay_block(block, _WRONG_TYPE, into)
            return
        built = [self._member(instance, member, block, label) for member in members]
        if block.many and built:
            lay(into, block.path, built)
        for member in built if not block.many else ():
            _merge(into, block.path, member)

    @staticmethod
    def _lay_block(block: Block, why: Unknown, into: Properties) -> None:
        for path in (block.path,) if block.path else (attribute.path for attribute in block.fields.values()):
            lay(into, path, why)

    def _member(self, instance: Instance, member: Node, block: Block, label: str) -> Maybe[Properties]:
        if member.after_apply:
            return AFTER_APPLY
        if not isinstance(member.value, Mapping):
            # `bgp_settings {}` in an older provider gives null, an empty block.
            if member.value is None:
                return {}
            self._unreadable(instance, f"a `{label}` block of {instance.type} is not an object")
            return _WRONG_TYPE
        found: Properties = {}
        self._object(instance, member, block.fields, f"{label}.", found)
        self._report_unmapped(instance, member, block.allowed, f"{label}.")
        return found

    def _value(self, instance: Instance, node: Node, kind: str, label: str) -> object:
        value = node.value
        if node.after_apply or isinstance(value, Unknown):
            return AFTER_APPLY if node.after_apply else value
        if kind == "texts":
            return self._texts(instance, node, label)
        if isinstance(value, str) and kind == "text":
            return hidden_text(value)
        fits = isinstance(value, bool) if kind == "flag" else isinstance(value, int | float) and not isinstance(value, bool)
        if kind != "text" and fits:
            return value
        self._unreadable(instance, f"`{label}` of {instance.type} is not a {kind}")
        return _WRONG_TYPE

    def _texts(self, instance: Instance, node: Node, label: str) -> object:
        if not isinstance(node.value, list):
            self._unreadable(instance, f"`{label}` of {instance.type} is not a list")
            return _WRONG_TYPE
        return [self._value(instance, member, "text", label) for member in node.members()]

    def _report_unmapped(self, instance: Instance, node: Node, allowed: frozenset[str], label: str) -> None:
        for name in beyond(node, allowed):
            member = node.attribute(name)
            if member.unset or (member.value in (None, [], {}, "") and not member.after_apply):
                continue
            shown = f"{label}{name}" if _SAFE_NAME.fullmatch(name) else f"{label}(unusual name)"
            if (instance.type, shown) not in self._reported:
                self._reported.add((instance.type, shown))
                reason = f"`{shown}` of {instance.type} is not known to this version; what it changes is not judged"
                self._plan.gap("unknown-attribute", reason, instance.source, instance.id)

    def _unreadable(self, instance: Instance, reason: str) -> None:
        self._plan.gap("unreadable-value", reason, instance.source, instance.id)


def lay(into: Properties, path: Path, value: object) -> None:
    """Put a value at a path. A known value beats an unknown one; two different known values contradict each other."""
    if value == "":
        return  # The provider writes an empty string for an omitted one.
    for name in path[:-1]:
        found = into.setdefault(name, {})
        if not isinstance(found, dict):
            return
        into = found
    last = path[-1]
    present = into.get(last, _ABSENT)
    if present is _ABSENT or isinstance(present, Unknown):
        into[last] = value if present is not _CONTRADICTION else present
    elif not isinstance(value, Unknown) and value != present:
        into[last] = _CONTRADICTION


def _merge(into: Properties, path: Path, member: Maybe[Properties]) -> None:
    if isinstance(member, Unknown):
        if path:
            lay(into, path, member)
    elif path:
        lay(into, path, member)
    else:
        for name, value in member.items():
            lay(into, (name,), value)


def name_of(instance: Instance) -> str:
    """Return the resource's name, or its Terraform name while the real one is known only after apply."""
    name = instance.values.known("name")
    return name if isinstance(name, str) and name else instance.name


def group_of(instance: Instance) -> str | None:
    """Return the resource group of a resource that has no real id yet."""
    group = instance.values.known("resource_group_name")
    return group if isinstance(group, str) and instance.id.startswith(PLAN_ID) else None


def tags_of(instance: Instance) -> dict[str, object] | Unknown:
    """Return the tags; values under a key that names a secret are not read."""
    node = instance.values.attribute("tags")
    if node.unset:
        return {}
    if node.after_apply:
        return AFTER_APPLY
    if not isinstance(node.value, Mapping):
        return _WRONG_TYPE
    tags = ((name, node.attribute(name)) for name in node.names() if not is_secret_key(name))
    return {name: _tag(tag) for name, tag in tags if not tag.unset}


def _tag(node: Node) -> object:
    if node.after_apply:
        return AFTER_APPLY
    return hidden_text(node.value) if isinstance(node.value, str) else _WRONG_TYPE


def _nameless(member: Node) -> bool:
    return not isinstance(member.value, Mapping) or not isinstance(member.known("name"), str)


def _mark_missing(node: Node, fields: Mapping[str, Attribute], properties: Properties) -> None:
    shown = {attribute.path[:1] for name, attribute in fields.items() if node.has(name)}
    for attribute in fields.values():
        if attribute.path and attribute.path[:1] not in shown:
            properties.setdefault(attribute.path[0], _NOT_SHOWN)
