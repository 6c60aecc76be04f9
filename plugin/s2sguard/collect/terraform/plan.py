"""Reading the instances of a plan or state: values, what is not known yet, actions, ids, expressions.

Shapes: Terraform, "JSON Output Format" (0.1 to 1.x). Only resources are read; `variables`, outputs, drift and provider settings never are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from s2sguard.collect.interface import Collected, Document
from s2sguard.collect.terraform.address import Key, Mode, ModulePath, module_path
from s2sguard.collect.terraform.configuration import Configuration, mapping, read_configuration, sequence
from s2sguard.collect.terraform.value import Expression, Node, Written, written
from s2sguard.model.inventory import PLAN_ID, Gap, GapKind, Source

InstanceKey = tuple[ModulePath, Mode, str, str]
"""All instances of one resource block in one module instance: module path, mode, type, name."""

_IDENTITY = (
    "name",
    "resource_group_name",
    "virtual_network_name",
    "route_table_name",
    "virtual_network_gateway_id",
    "vpn_gateway_id",
    "virtual_hub_id",
    "parent_id",
)
"""The attributes an ARM id is made of: a replacement that keeps them keeps its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One resource instance as it will be (plan) or is (state)."""

    address: str
    module: ModulePath
    mode: Mode
    type: str
    name: str
    key: Key
    values: Node
    sensitive: object
    """`sensitive_values`: true, or an object that has true where a value is marked sensitive."""
    for_each: Expression
    source: Source
    id: str
    """Its real id, or `terraform:<address>` while that is known only after apply."""
    existing: bool
    created: bool
    """The plan creates it, so nothing can belong to it that the plan does not show."""

    @property
    def block(self) -> InstanceKey:
        """The resource block it comes from."""
        return self.module, self.mode, self.type, self.name


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
        siblings = self.by_block.setdefault(instance.block, {})
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
            _add(plan, entry, changes.get(entry.address))
    for address, (entry, change) in changes.items():
        if address not in seen and (isinstance(change.get("after"), Mapping) or _forgotten(change)):
            seen.add(address)
            _add(plan, entry, (entry, change))
    prior = mapping(root.get("prior_state")).get("values")
    for entry in _walk(prior, "/prior_state/values", plan, document.file):
        if entry.mode == "data" and entry.address not in seen:
            _add(plan, entry, None)
    _note_deletions(plan, changes)
    return plan


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One resource object, from wherever it was listed."""

    address: str
    module: ModulePath
    mode: Mode
    type: str
    name: str
    key: Key
    values: object
    sensitive: object
    source: Source


def _walk(values: object, pointer: str, plan: Plan, file: str) -> Iterator[_Entry]:
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
        for position, raw in enumerate(_listed(module, "resources", plan, file, here)):
            entry = _entry(raw, path, Source(file=file, pointer=f"{here}/resources/{position}"), plan)
            if entry is not None:
                yield entry
        children = _listed(module, "child_modules", plan, file, here)
        stack.extend((child, f"{here}/child_modules/{number}") for number, child in reversed(list(enumerate(children))))


def _listed(module: Mapping[str, object], name: str, plan: Plan, file: str, here: str) -> list[object]:
    found = module.get(name)
    if found is not None and not isinstance(found, list):
        plan.gap("unknown-shape", f"`{name}` of a module is not a list", Source(file=file, pointer=f"{here}/{name}"))
    return sequence(found)


def _entry(raw: object, path: ModulePath, source: Source, plan: Plan) -> _Entry | None:
    item = mapping(raw)
    address, type_, name, key = (item.get(field_name) for field_name in ("address", "type", "name", "index"))
    texts = isinstance(address, str) and isinstance(type_, str) and isinstance(name, str)
    if not texts or isinstance(key, bool) or not isinstance(key, str | int | None):
        plan.gap("unknown-shape", "a resource has no readable address, type, name or index", source)
        return None
    mode: Mode = "data" if item.get("mode") == "data" else "managed"
    return _Entry(
        address=str(address),
        module=path,
        mode=mode,
        type=str(type_),
        name=str(name),
        key=key,
        values=item.get("values"),
        sensitive=item.get("sensitive_values"),
        source=source,
    )


_Changes = dict[str, tuple[_Entry, Mapping[str, object]]]


def _changes(listed: object, plan: Plan, file: str) -> _Changes:
    found: _Changes = {}
    if listed is not None and not isinstance(listed, list):
        plan.gap("unknown-shape", "`resource_changes` is not a list", Source(file=file, pointer="/resource_changes"))
    for position, raw in enumerate(sequence(listed)):
        source = Source(file=file, pointer=f"/resource_changes/{position}")
        item = mapping(raw)
        module = item.get("module_address", "")
        path = module_path(module) if isinstance(module, str) else None
        entry = _entry(raw, path, source, plan) if path is not None else None
        change = item.get("change")
        if entry is None or not isinstance(change, Mapping):
            plan.gap("unknown-shape", "a resource change cannot be read", source)
        elif "deposed" in item:
            # The leftover of an interrupted replacement: it goes away, the current object stays.
            _delete(plan, change)
        else:
            found[entry.address] = (entry, change)
    return found


def _forgotten(change: Mapping[str, object]) -> bool:
    return change.get("actions") == ["forget"]


def _add(plan: Plan, entry: _Entry, change: tuple[_Entry, Mapping[str, object]] | None) -> None:
    changed = mapping(change[1]) if change is not None else {}
    forgotten = _forgotten(changed)
    values = entry.values if entry.values is not None else changed.get("before" if forgotten else "after")
    if not isinstance(values, Mapping):
        plan.gap("unknown-shape", "a resource has no readable values", entry.source)
        values = {}
    block = plan.configuration.block(entry.module, entry.mode, entry.type, entry.name)
    node = Node(
        value=values,
        unknown=changed.get("after_unknown"),
        expression=written(block.get("expressions", {})) if block is not None else Written.UNSEEN,
        fresh="update" not in sequence(changed.get("actions")),
    )
    plan.add(
        Instance(
            address=entry.address,
            module=entry.module,
            mode=entry.mode,
            type=entry.type,
            name=entry.name,
            key=entry.key,
            values=node,
            sensitive=entry.sensitive if entry.sensitive is not None else changed.get("after_sensitive"),
            for_each=written(mapping(block).get("for_each_expression")),
            source=entry.source,
            id=_id(entry.address, node, changed),
            # Terraform forgets a resource without destroying it: it stays in Azure, out of this configuration's hands.
            existing=entry.mode == "data" or forgotten,
            created="create" in sequence(changed.get("actions")),
        )
    )


def _id(address: str, node: Node, change: Mapping[str, object]) -> str:
    known = node.attribute("id").value
    if isinstance(known, str) and known:
        return known
    before = mapping(change.get("before"))
    old = before.get("id")
    if isinstance(old, str) and old and _same_identity(before, node):
        return old
    return f"{PLAN_ID}{address}"


def _same_identity(before: Mapping[str, object], node: Node) -> bool:
    return all(not node.attribute(name).after_apply and node.attribute(name).value == before.get(name) for name in _IDENTITY)


def _note_deletions(plan: Plan, changes: _Changes) -> None:
    for entry, change in changes.values():
        if entry.mode == "managed" and "delete" in sequence(change.get("actions")):
            _delete(plan, change)
            if not isinstance(mapping(change.get("before")).get("id"), str):
                plan.gap("unreadable-value", "a deletion does not say the id of what is deleted, so it stays in the picture", entry.source)
            plan.removed.append((entry.type, mapping(change.get("before"))))
    staying = {instance.id.lower() for instance in plan.instances}
    plan.out.deleted[:] = [deleted for deleted in dict.fromkeys(plan.out.deleted) if deleted.lower() not in staying]


def _delete(plan: Plan, change: Mapping[str, object]) -> None:
    old = mapping(change.get("before")).get("id")
    if isinstance(old, str) and old.startswith("/"):
        plan.out.deleted.append(old)
