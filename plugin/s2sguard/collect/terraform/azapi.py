"""Resources of the azapi provider: their body is ARM already, as an object or as JSON in a string.

`azapi_update_resource` changes a resource that something else manages: its body is laid over that resource.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from s2sguard.collect.arm_resource import read_resource
from s2sguard.collect.interface import Collected
from s2sguard.collect.resource_types import KNOWN_TYPES, canonical_type, is_child_type, resource_group_of_id
from s2sguard.collect.terraform.convert import Properties, lay, name_of, tags_of
from s2sguard.collect.terraform.identify import RESOURCE_GROUP, TYPES, Identifier
from s2sguard.collect.terraform.instance import Instance
from s2sguard.collect.terraform.map import Attribute, Block, Path, Reference, References
from s2sguard.collect.terraform.plan import Plan
from s2sguard.collect.terraform.value import AFTER_APPLY, Node
from s2sguard.collect.text import parse
from s2sguard.model.inventory import PLAN_ID, Resource, Source, fold_id
from s2sguard.model.value import Unknown

RESOURCE = "azapi_resource"
UPDATE = "azapi_update_resource"

_SENSITIVE = Unknown("marked sensitive")
_NOT_AN_OBJECT = Unknown("the body is not an object")
_UNPARSED = Unknown("the body is not JSON")


class AzapiConverter:
    """Reads azapi bodies of the resource types this tool knows."""

    def __init__(self, plan: Plan, identifier: Identifier) -> None:
        self._plan = plan
        self._identifier = identifier

    @cached_property
    def _by_id(self) -> dict[str, Instance]:
        return {instance.id: instance for instance in self._plan.instances}

    def type_of(self, instance: Instance) -> str:
        """Return the ARM type of an azapi resource, empty if it is none of ours."""
        written = instance.values.known("type")
        found = canonical_type(written)
        return found if found in KNOWN_TYPES else ""

    def convert(self, instance: Instance) -> Iterator[tuple[Resource, Properties]]:
        """Yield the resource, and the children written inside it."""
        kind = self.type_of(instance)
        group = self._group(instance) if instance.id.startswith(PLAN_ID) else None
        parent = self._parent(instance, kind)
        out = Collected()
        source = Source(file=instance.source.file, pointer=f"{instance.source.pointer}/values/body")
        raw: dict[str, object] = {"id": instance.id, "type": kind, "name": name_of(instance), "properties": self.properties(instance, kind)}
        read_resource(raw, source, out)
        self._plan.out.gaps.extend(out.gaps)
        for position, read in enumerate(out.resources):
            completed = dict(read.properties)
            found = replace(read, existing=instance.existing, whole=instance.created)
            if position == 0:
                own = replace(found, tags=tags_of(instance), source=instance.source, parent=parent or found.parent, resource_group=group)
                yield replace(own, properties=completed), completed
            else:
                yield replace(found, properties=completed), completed

    def properties(self, instance: Instance, kind: str) -> Properties:
        """Return the `properties` of the body; what is not known yet is `Unknown`, or the resource it must refer to."""
        node = instance.values.attribute("body")
        links = _links(kind)
        if isinstance(node.value, str):
            parsed, _ = parse(node.value.encode("utf-8", "surrogatepass"), instance.source.file)
            node = node._replace(value=parsed.value if parsed is not None else _UNPARSED)
        if node.after_apply:
            return self._all_unknown(instance, node, kind)
        body = node.attribute("properties")
        if node.unset or not isinstance(node.value, Mapping) or not isinstance(body.value, Mapping | None):
            if node.value is not None or not node.unset:
                self._plan.gap("unreadable-value", f"the body of {instance.type} is not an object", instance.source, instance.id)
            return {} if node.unset else self._all(kind, _NOT_AN_OBJECT)
        sensitive = _below(_below(instance.sensitive, "body"), "properties")
        # One sensitive value inside `jsonencode` marks the whole body: then secrets are only known by their names.
        merged = self._merged(instance, body, None if sensitive is True else sensitive, (), links)
        return merged if isinstance(merged, dict) else self._all_unknown(instance, node, kind)

    def target(self, instance: Instance, found: Mapping[str, tuple[Resource, Properties]]) -> tuple[Resource, Properties] | None:
        """Return the resource of this plan that an `azapi_update_resource` changes, or None and a gap."""
        kind = self.type_of(instance)
        by_id = instance.values.attribute("resource_id")
        if not by_id.unset and by_id.expression and (by_id.value is not None or isinstance(by_id.expression, Mapping)):
            resource_id = self._identifier.one(instance, by_id, (kind,), "resource_id")
            match = found.get(fold_id(resource_id)) if isinstance(resource_id, str) else None
        else:
            match = self._named(instance, kind, found)
        if match is None:
            reason = "it changes a resource the plan does not hold, so the change is not judged; scan it together with a snapshot"
            self._plan.gap("missing-reference", f"{UPDATE}: {reason}", instance.source, instance.id)
        return match

    def _named(self, instance: Instance, kind: str, found: Mapping[str, tuple[Resource, Properties]]) -> tuple[Resource, Properties] | None:
        name = instance.values.known("name")
        parent, group = self._parent(instance, kind), self._group(instance)
        matches = [
            pair
            for pair in found.values()
            if isinstance(name, str)
            and (pair[0].type, pair[0].name.lower()) == (kind, name.lower())
            and _same_place(pair[0], kind, parent, group)
        ]
        return matches[0] if len(matches) == 1 else None

    def _parent(self, instance: Instance, kind: str) -> str | None:
        if not is_child_type(kind):
            return None
        node = instance.values.attribute("parent_id")
        found = None if node.unset else self._identifier.one(instance, node, (kind.rpartition("/")[0],), "parent_id")
        return found if isinstance(found, str) else None

    def _group(self, instance: Instance) -> str | None:
        node = instance.values.attribute("parent_id")
        if isinstance(node.value, str):
            return resource_group_of_id(node.value)
        if node.unset or is_child_type(self.type_of(instance)):
            return None
        found = self._identifier.one(instance, node, (RESOURCE_GROUP,), "parent_id")
        group = self._by_id.get(found) if isinstance(found, str) else None
        name = group.values.known("name") if group is not None else None
        return name if isinstance(name, str) else None

    def _merged(self, instance: Instance, node: Node, sensitive: object, path: Path, links: Mapping[Path, tuple[str, ...]]) -> object:
        """Lay "known only after apply" and "sensitive" over the values. Nesting is bounded by the parser."""
        if node.after_apply:
            types = links.get(path, ())
            return self._identifier.one(instance, node, types, ".".join(path)) if types else AFTER_APPLY
        if sensitive is True:
            return _SENSITIVE
        if isinstance(node.value, Mapping):
            return {
                name: self._merged(instance, node.attribute(name), _below(sensitive, name), (*path, name.lower()), links)
                for name in node.names()
            }
        if isinstance(node.value, list):
            marks = sensitive if isinstance(sensitive, list) else []
            return [
                self._merged(instance, member, marks[position] if position < len(marks) else None, path, links)
                for position, member in enumerate(node.members())
            ]
        return node.value

    def _all_unknown(self, instance: Instance, node: Node, kind: str) -> Properties:
        """Return properties for a body that is unknown as a whole (`jsonencode` of something unknown), references resolved."""
        found = self._all(kind, AFTER_APPLY)
        for path, types in _links(kind).items():
            if path[1:] == ("id",):
                name = next((name for name in found if name.lower() == path[0]), path[0])
                resource_id = self._identifier.one(instance, node._replace(value=None), types, name)
                if isinstance(resource_id, str):
                    found[name] = {"id": resource_id}
        return found

    @staticmethod
    def _all(kind: str, why: Unknown) -> Properties:
        found: Properties = {}
        for type_map in TYPES.values():
            if type_map.type == kind:
                for attribute in type_map.fields.values():
                    if attribute.path:
                        found[attribute.path[0]] = why
        return found


def lay_over(properties: Properties, changes: Mapping[str, object]) -> None:
    """Lay the properties of an update over existing ones: objects merge, anything else replaces. Names match in any casing."""
    for name, value in changes.items():
        present = next((known for known in properties if known.lower() == name.lower()), name)
        inner = properties.get(present)
        if isinstance(inner, dict) and isinstance(value, Mapping):
            lay_over(inner, value)
        else:
            properties.pop(present, None)
            lay(properties, (present,), value)


def _same_place(resource: Resource, kind: str, parent: str | None, group: str | None) -> bool:
    if is_child_type(kind):
        return parent is not None and resource.parent is not None and fold_id(parent) == fold_id(resource.parent)
    theirs = resource.resource_group or resource_group_of_id(resource.id)
    return group is not None and theirs is not None and group.lower() == theirs.lower()


def _below(marks: object, name: str) -> object:
    return marks if marks is True else marks.get(name) if isinstance(marks, Mapping) else None


def _links(kind: str) -> Mapping[Path, tuple[str, ...]]:
    """Return where a type's body holds ids of other resources, as lowercase paths without array positions."""
    found: dict[Path, tuple[str, ...]] = {}
    for type_map in TYPES.values():
        if type_map.type == kind:
            for attribute in type_map.fields.values():
                found.update(_links_of(attribute, ()))
    return found


def _links_of(attribute: Attribute, above: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    here = (*above, *(name.lower() for name in attribute.path))
    match attribute:
        case Reference(types=types, bare=bare) if types:
            yield (here if bare else (*here, "id")), types
        case References(types=types):
            yield (*here, "id"), types
        case Block(fields=fields):
            for inner in fields.values():
                yield from _links_of(inner, here)
        case _:
            return
