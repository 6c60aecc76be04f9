"""The reader for `terraform show -json`, of a plan or a state.

It turns provider attributes into ARM's shape, so that the facts read one thing only.
In a first plan a resource has the id `terraform:<address>`, and references are followed through the configuration.
"""

from __future__ import annotations

from s2sguard.collect.interface import Collected, Document, InputFormat
from s2sguard.collect.terraform.azapi import RESOURCE, UPDATE, AzapiConverter, lay_over
from s2sguard.collect.terraform.configuration import mapping
from s2sguard.collect.terraform.convert import Converter, Properties
from s2sguard.collect.terraform.diagnostics import settings_of
from s2sguard.collect.terraform.identify import TYPES, Identifier
from s2sguard.collect.terraform.instance import Instance
from s2sguard.collect.terraform.plan import Plan, load
from s2sguard.model.arm_types import ROUTE_TABLE, SUBNET
from s2sguard.model.inventory import Resource, Source, fold_id
from s2sguard.model.value import Unknown

_ASSOCIATION = "azurerm_subnet_route_table_association"
_CONTENT = ("planned_values", "values", "resource_changes")
_RELATED = ("azurerm_vpn_", "azurerm_virtual_network_gateway", "azurerm_virtual_hub", "azurerm_point_to_site_vpn_")
"""Provider types next to the ones that are read: one that is not in the maps is reported, not passed over."""


class TerraformReader:
    """Reads plans and states (formats 0.1 to 1.x)."""

    format: InputFormat = "terraform"

    def recognises(self, value: object) -> bool:
        """Say whether this is `terraform show -json` output, or a raw state file, which gets a hint."""
        if not isinstance(value, dict) or not ("format_version" in value or "terraform_version" in value):
            return False
        return any(name in value for name in _CONTENT) or _is_raw_state(value)

    def read(self, document: Document) -> Collected:
        """Turn the document into resources. Whatever cannot be read is a gap."""
        root = mapping(document.value)
        refusal = _refusal(root)
        if refusal:
            plan = Plan()
            plan.gap("unknown-shape", refusal, Source(file=document.file))
            return plan.out
        plan = load(document)
        _note_incomplete(root, plan, document.file)
        found = _Build(plan).run()
        found.answered = not found.gaps
        return found


def _is_raw_state(value: object) -> bool:
    return {"serial", "lineage"} <= mapping(value).keys()


def _refusal(root: object) -> str:
    value = mapping(root)
    if not any(name in value for name in _CONTENT) and _is_raw_state(value):
        return "this is a raw state file; give the output of `terraform show -json` instead"
    version = value.get("format_version", "0.1")
    if not isinstance(version, str) or version.partition(".")[0] not in {"0", "1"}:
        return "this version of Terraform's JSON format is not supported (0.1 to 1.x are)"
    return ""


def _note_incomplete(root: object, plan: Plan, file: str) -> None:
    """A plan made with `-target`, with deferred changes or with errors leaves resources out (JSON Output Format: complete, errored)."""
    value = mapping(root)
    if value.get("errored") is True:
        plan.gap("truncated-listing", "the plan ended with errors, so resources may be left out", Source(file=file, pointer="/errored"))
    elif value.get("complete") is False or value.get("deferred_changes"):
        reason = "the plan is not complete (-target or deferred changes), so resources may be left out"
        plan.gap("truncated-listing", reason, Source(file=file, pointer="/complete"))


class _Build:
    """Converts all instances of one plan and puts together what Terraform keeps apart."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._identifier = Identifier(plan)
        self._converter = Converter(plan, self._identifier)
        self._azapi = AzapiConverter(plan, self._identifier)
        self._found: dict[str, tuple[Resource, Properties]] = {}
        self._again: list[Resource] = []

    def run(self) -> Collected:
        """Return everything in the order it is written."""
        known = [(instance, TYPES[instance.type]) for instance in self._plan.instances if instance.type in TYPES]
        deleted = {fold_id(resource_id) for resource_id in self._plan.out.deleted}
        # A data source may read what the same plan manages; the managed resource says more.
        for instance, type_map in sorted(known, key=lambda pair: pair[0].existing):
            self._keep(self._converter.convert(instance, type_map))
        for instance, type_map in known:
            for resource, properties in self._converter.children(instance, type_map):
                if resource.key not in deleted:
                    self._keep((resource, properties))
        self._read_azapi()
        self._dissociate()
        for instance in self._plan.instances:
            if instance.type == _ASSOCIATION:
                self._associate(instance)
        for setting in settings_of(self._plan, self._identifier):
            self._keep((setting, {}))
        self._report_related()
        self._plan.out.resources.extend(resource for resource, _ in self._found.values())
        self._plan.out.resources.extend(self._again)
        return self._plan.out

    def _keep(self, found: tuple[Resource, Properties]) -> None:
        resource, first = found[0], self._found.setdefault(found[0].key, found)[0]
        if resource is not first and resource.parent is None and not (first.existing or resource.existing):
            # Two addresses manage one resource: merging keeps what they agree on, and reports the rest.
            self._again.append(resource)

    def _read_azapi(self) -> None:
        ours = [instance for instance in self._plan.instances if instance.type in {RESOURCE, UPDATE} and self._azapi.type_of(instance)]
        for instance in ours:
            if instance.type == RESOURCE:
                for found in self._azapi.convert(instance):
                    self._keep(found)
        for instance in ours:
            target = self._azapi.target(instance, self._found) if instance.type == UPDATE else None
            if target is not None:
                kind = self._azapi.type_of(instance)
                lay_over(target[1], self._azapi.properties(instance, kind))

    def _associate(self, association: Instance) -> None:
        values = association.values
        subnet = self._identifier.one(association, values.attribute("subnet_id"), (SUBNET,), "subnet_id")
        table = self._identifier.one(association, values.attribute("route_table_id"), (ROUTE_TABLE,), "route_table_id")
        if isinstance(subnet, Unknown):
            return
        found = self._found.get(fold_id(subnet))
        if found is None:
            reason = "a route table is associated with a subnet the plan does not hold"
            self._plan.gap("missing-reference", reason, association.source, subnet)
            return
        found[1]["routeTable"] = table if isinstance(table, Unknown) else {"id": table}

    def _dissociate(self) -> None:
        """Take away route tables whose association the plan deletes: the subnet's own attribute still shows them."""
        for type_, before in self._plan.removed:
            subnet = before.get("subnet_id")
            found = self._found.get(fold_id(subnet)) if type_ == _ASSOCIATION and isinstance(subnet, str) else None
            if found is not None:
                found[1].pop("routeTable", None)

    def _report_related(self) -> None:
        reported: set[str] = set()
        for instance in self._plan.instances:
            if instance.type not in TYPES and instance.type.startswith(_RELATED) and instance.type not in reported:
                reported.add(instance.type)
                self._plan.gap("unsupported-type", f"{instance.type} is not read", instance.source, instance.id)
