"""Reading the instances of a plan or state, and what a plan deletes.

Shapes: Terraform, "JSON Output Format" (0.1 to 1.x). Only resources are read; `variables`, outputs, drift and provider settings never are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from s2sguard.collect.interface import Collected, Document
from s2sguard.collect.terraform.address import Key, Mode, ModulePath, module_path
from s2sguard.collect.terraform.configuration import Configuration, mapping, read_configuration, sequence
from s2sguard.collect.terraform.instance import Entry, Instance, InstanceKey, Place, is_forgotten
from s2sguard.model.arm_types import DIAGNOSTIC_SETTING
from s2sguard.model.inventory import Gap, GapKind, Source


@dataclass(slots=True)
class Plan:
    """Everything read from one document before it is turned into ARM's shape."""

    instances: list[Instance] = field(default_factory=list)
    by_block: dict[InstanceKey, dict[Key, Instance]] = field(default_factory=dict)
    configuration: Configuration = field(default_factory=Configuration)
    removed: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    """Type and former values of every managed resource the plan deletes."""
    out: Collected = field(default_factory=Collected)

    def gap(self, kind: GapKind, reason: str, source: Source, resource: str | None = None) -> None:
        """Record something that could not be read."""
        self.out.gaps.append(Gap(kind=kind, reason=reason, source=source, resource=resource))

    def add(self, instance: Instance) -> None:
        """Add an instance; a second one with the same address is a contradiction."""
        block = instance.block
        siblings = self.by_block.get(block)
        if siblings is None:
            siblings = self.by_block[block] = {}
        if instance.key in siblings:
            reason = "a second resource has the same address; the first one is used"
            self.gap("conflicting-duplicates", reason, instance.source)
            return
        siblings[instance.key] = instance
        self.instances.append(instance)


def load(document: Document) -> Plan:
    """Read all instances of the document. Whatever has the wrong shape becomes a gap."""
    plan = Plan()
    root = mapping(document.value)
    plan.configuration = read_configuration(root.get("configuration"))
    changes = _changes(root.get("resource_changes"), plan, document.file)
    seen: set[str] = set()
    walked = [("/planned_values", root.get("planned_values")), ("/values", root.get("values"))]
    for pointer, values in walked:
        for entry in _walk(values, pointer, plan, document.file):
            seen.add(entry.address)
            found = changes.get(entry.address)
            _add(plan, entry, found.change if found is not None else {})
    for address, listed in changes.items():
        if address not in seen and (isinstance(listed.change.get("after"), Mapping) or is_forgotten(listed.change)):
            _add_listed(plan, listed)
    prior = mapping(root.get("prior_state")).get("values")
    for entry in _walk(prior, "/prior_state/values", plan, document.file):
        if entry.mode == "data" and entry.address not in seen:
            _add(plan, entry, {})
    _note_deletions(plan, changes)
    return plan


def _walk(values: object, pointer: str, plan: Plan, file: str) -> Iterator[Entry]:
    """Yield the resources of all modules; a stack, because module nesting has no limit."""
    if values is None:
        return
    root = mapping(values).get("root_module")
    if root is None and isinstance(values, Mapping):
        return
    stack: list[tuple[object, str]] = [(root, f"{pointer}/root_module")]
    while stack:
        module, here = stack.pop()
        if not isinstance(module, Mapping):
            plan.gap("unknown-shape", "a module is not an object", Source(file=file, pointer=here))
            continue
        address = module.get("address", "")
        path = module_path(address) if isinstance(address, str) else None
        if path is None:
            plan.gap("unknown-shape", "a module's address cannot be read", Source(file=file, pointer=here))
            continue
        listed = f"{here}/resources"
        for position, raw in enumerate(_listed(module, "resources", plan, file, here)):
            entry = _entry(raw, path, Place(file, listed, position), plan)
            if entry is not None:
                yield entry
        children = _listed(module, "child_modules", plan, file, here)
        stack.extend((child, f"{here}/child_modules/{number}") for number, child in reversed(list(enumerate(children))))


def _listed(module: Mapping[str, object], name: str, plan: Plan, file: str, here: str) -> list[object]:
    found = module.get(name)
    if found is not None and not isinstance(found, list):
        plan.gap("unknown-shape", f"`{name}` of a module is not a list", Source(file=file, pointer=f"{here}/{name}"))
    return sequence(found)


def _entry(raw: object, path: ModulePath, place: Place, plan: Plan) -> Entry | None:
    item = mapping(raw)
    get = item.get
    address, type_, name, key = get("address"), get("type"), get("name"), get("index")
    if isinstance(address, str) and isinstance(type_, str) and isinstance(name, str) and (key is None or type(key) in {str, int}):
        mode: Mode = "data" if get("mode") == "data" else "managed"
        return Entry(address, path, mode, type_, name, key, get("values"), get("sensitive_values"), place)  # type: ignore[arg-type]
    plan.gap("unknown-shape", "a resource has no readable address, type, name or index", place.source)
    return None


class _Change(NamedTuple):
    """One member of `resource_changes`. Most are of resources that the planned values show whole, so it is not looked at further."""

    item: Mapping[str, object]
    change: Mapping[str, object]
    place: Place


def _changes(listed: object, plan: Plan, file: str) -> dict[str, _Change]:
    found: dict[str, _Change] = {}
    if listed is not None and not isinstance(listed, list):
        plan.gap("unknown-shape", "`resource_changes` is not a list", Source(file=file, pointer="/resource_changes"))
    for position, raw in enumerate(sequence(listed)):
        place = Place(file, "/resource_changes", position)
        item = mapping(raw)
        address, change = item.get("address"), item.get("change")
        if not isinstance(address, str) or not isinstance(change, dict):
            _cannot_read(plan, place)
        elif "deposed" in item:
            # The leftover of an interrupted replacement: it goes away, the current object stays.
            _delete(plan, change)
        else:
            found[address] = _Change(item, change, place)
    return found


def _add_listed(plan: Plan, listed: _Change) -> None:
    """Add an instance that only `resource_changes` has."""
    module = listed.item.get("module_address", "")
    path = module_path(module) if isinstance(module, str) else None
    entry = _entry(listed.item, path, listed.place, plan) if path is not None else None
    if entry is None:
        _cannot_read(plan, listed.place)
    else:
        _add(plan, entry, listed.change)


def _cannot_read(plan: Plan, place: Place) -> None:
    plan.gap("unknown-shape", "a resource change cannot be read", place.source)


def _add(plan: Plan, entry: Entry, change: Mapping[str, object]) -> None:
    values = entry.values if entry.values is not None else change.get("before" if is_forgotten(change) else "after")
    if not isinstance(values, dict):
        plan.gap("unknown-shape", "a resource has no readable values", entry.place.source)
        values = {}
    plan.add(Instance(entry, values, change, plan.configuration))


def _note_deletions(plan: Plan, changes: Mapping[str, _Change]) -> None:
    for item, change, place in changes.values():
        if "delete" in sequence(change.get("actions")) and item.get("mode") != "data":
            before = mapping(change.get("before"))
            _delete(plan, change)
            if not isinstance(before.get("id"), str):
                plan.gap("unreadable-value", "a deletion does not say the id of what is deleted, so it stays in the picture", place.source)
            plan.removed.append((str(item.get("type")), before))
    staying = {_arm_id(instance.id).lower() for instance in plan.instances} if plan.out.deleted else set()
    plan.out.deleted[:] = [deleted for deleted in dict.fromkeys(plan.out.deleted) if deleted.lower() not in staying]


def _delete(plan: Plan, change: Mapping[str, object]) -> None:
    old = mapping(change.get("before")).get("id")
    if isinstance(old, str) and old.startswith("/"):
        plan.out.deleted.append(_arm_id(old))


def _arm_id(written: str) -> str:
    """Return ARM's id: that of a diagnostic setting is `<target>|<name>` to the provider."""
    target, bar, name = written.partition("|")
    return f"{target}/providers/{DIAGNOSTIC_SETTING}/{name}" if bar else written
