"""Which resource a value of a plan means: by its id, or through the configuration, or by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from s2sguard.collect.resource_types import type_of_id
from s2sguard.collect.terraform.address import heads
from s2sguard.collect.terraform.instance import Instance
from s2sguard.collect.terraform.map import ParentById, ParentByName, TypeMap
from s2sguard.collect.terraform.map_network import NETWORK
from s2sguard.collect.terraform.map_vpn import VPN
from s2sguard.collect.terraform.map_wan import WAN_TYPES
from s2sguard.collect.terraform.plan import Plan
from s2sguard.collect.terraform.references import NOT_AN_ID, SEVERAL, Target, Trace, Tracer
from s2sguard.collect.terraform.value import AFTER_APPLY, Node, references
from s2sguard.model.arm_types import HUB, HUB_ROUTE_TABLE, SITE_LINK, WAN_SITE
from s2sguard.model.inventory import GapKind
from s2sguard.model.value import Maybe, Unknown

TYPES: Mapping[str, TypeMap] = {**VPN, **NETWORK, **WAN_TYPES}
"""Terraform type -> map, for every type that is read."""

RESOURCE_GROUP = "Microsoft.Resources/resourceGroups"

_ONLY_REFERRED = {
    "azurerm_public_ip": "Microsoft.Network/publicIPAddresses",
    "azurerm_firewall_policy": "Microsoft.Network/firewallPolicies",
    "azurerm_resource_group": RESOURCE_GROUP,
}
_ARM_TYPES = {name: kind.lower() for name, kind in {**_ONLY_REFERRED, **{name: known.type for name, known in TYPES.items()}}.items()}
_AZAPI = frozenset({"azapi_resource", "azapi_update_resource"})
_HARMLESS = {"id", "name", "location", "resource_group_name", "tags"}
_NO_ID = Unknown("not an id")


def arm_type(instance: Instance) -> str:
    """Return the ARM type of an instance in lowercase, empty if it is not one of interest."""
    if instance.type in _AZAPI:
        written = instance.values.known("type")
        return written.partition("@")[0].strip().lower() if isinstance(written, str) else ""
    return _ARM_TYPES.get(instance.type, "")


class Identifier:
    """Turns ids, references and names into the ids used in this inventory."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._tracer = Tracer(plan)
        self._by_name: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        for instance in plan.instances:
            # Only what is read can be a parent, and most of a plan is not.
            if instance.type not in _ARM_TYPES and instance.type not in _AZAPI:
                continue
            kind, name, group = arm_type(instance), instance.values.known("name"), instance.values.known("resource_group_name")
            if kind and isinstance(name, str) and isinstance(group, str):
                self._by_name[kind, name.lower(), group.lower()].add(instance.id)

    def one(self, instance: Instance, node: Node, types: tuple[str, ...], label: str) -> Maybe[str]:
        """Return the id a value holds or refers to. What cannot be told is `Unknown` and a gap."""
        if isinstance(node.value, str | Unknown):
            return node.value
        if not node.after_apply:
            self._plan.gap("unreadable-value", f"`{label}` of {instance.type} is not an id", instance.source, instance.id)
            return _NO_ID
        if not types:
            return AFTER_APPLY
        found = self._tracer.trace(instance, node.expression)
        ids, reason = _candidates(found, types, "id")
        if not reason and len(ids) == 1:
            return ids[0]
        return self._cannot_tell(instance, label, reason or (SEVERAL if ids else NOT_AN_ID))

    def many(self, instance: Instance, node: Node, types: tuple[str, ...], label: str) -> Maybe[list[Maybe[str]]]:
        """Return the ids a set holds or refers to, in order; unknown as a whole if even their number is."""
        members = list(node.members())
        known = [member.value for member in members if isinstance(member.value, str)]
        if not node.after_apply and len(known) == len(members):
            return list(known)
        found = self._tracer.trace(instance, node.expression)
        ids, reason = _candidates(found, types, "id")
        fresh = [found_id for found_id in ids if found_id not in known]
        if not reason and fresh and (found.whole or not found.several) and (node.after_apply or len(fresh) == len(members) - len(known)):
            return [*known, *fresh]
        unknown = self._cannot_tell(instance, label, reason or (SEVERAL if ids else NOT_AN_ID))
        return unknown if node.after_apply else [member.value if isinstance(member.value, str) else unknown for member in members]

    def among(self, instance: Instance, node: Node, types: tuple[str, ...]) -> tuple[list[str], str]:
        """Return the ids of these types that a value holds or refers to, and why there may be others; what is of another type is none."""
        if isinstance(node.value, str):
            return ([node.value] if type_of_id(node.value) in types else []), ""
        found = self._tracer.trace(instance, node.expression)
        # A condition may as well give something that is no resource of the plan.
        plain = len(heads(references(node.expression) or ())) == 1
        return _candidates(found, types, "id")[0], found.opaque or ("" if found.targets and plain else NOT_AN_ID)

    def parent(self, instance: Instance, rule: ParentByName | ParentById) -> str | None:
        """Return the id of a child's parent, or None and a gap."""
        if instance.id.startswith("/"):
            return instance.id.rstrip("/").rsplit("/", 2)[0]
        node = instance.values.attribute(rule.attribute)
        if isinstance(rule, ParentById):
            found = self.one(instance, node, (rule.type,), rule.attribute)
            return None if isinstance(found, Unknown) else found
        return self._named(instance, node, rule)

    def _named(self, instance: Instance, node: Node, rule: ParentByName) -> str | None:
        ids, reason = _candidates(self._tracer.trace(instance, node.expression), (rule.type,), "name")
        if not reason and len(ids) == 1:
            return ids[0]
        group = instance.values.known("resource_group_name")
        if isinstance(node.value, str) and isinstance(group, str):
            named = self._by_name.get((rule.type.lower(), node.value.lower(), group.lower()), set())
            if len(named) == 1:
                return next(iter(named))
            if named:
                self._cannot_tell(instance, rule.attribute, SEVERAL)
                return None
        reason = f"`{rule.attribute}` of {instance.type} names a resource the plan does not hold"
        self._plan.gap("missing-reference", reason, instance.source, instance.id)
        return None

    def _cannot_tell(self, instance: Instance, label: str, reason: str) -> Unknown:
        kind: GapKind = "ambiguous-reference" if reason == SEVERAL else "unreadable-value"
        self._plan.gap(kind, f"`{label}` of {instance.type} is known only after apply: {reason}", instance.source, instance.id)
        return Unknown(f"known only after apply: {reason}")


def _candidates(found: Trace, types: tuple[str, ...], attribute: str) -> tuple[list[str], str]:
    """Return the ids of the targets with one of these ARM types, and why they cannot be trusted, if so."""
    wanted = {name.lower() for name in types}
    ids: dict[str, None] = {}
    reason = found.opaque
    for target in found.targets:
        first = target.rest[0].step if target.rest else None
        kind = arm_type(target.instance)
        if kind in wanted:
            if first in {None, attribute}:
                ids[target.instance.id] = None
            else:
                reason = reason or NOT_AN_ID
        elif kind == WAN_SITE.lower() and SITE_LINK in types and (link := _link(target)) is not None:
            ids[link] = None
        elif kind == HUB.lower() and HUB_ROUTE_TABLE in types and first == "default_route_table_id":
            ids[f"{target.instance.id}/hubRouteTables/defaultRouteTable"] = None
        elif first not in _HARMLESS or not target.instance.type.startswith("azurerm_"):
            # The id of another type is no candidate; any other value of it might hold one.
            reason = reason or NOT_AN_ID
    return list(ids), reason


def _link(target: Target) -> str | None:
    """Return the id of a site's link, `azurerm_vpn_site.x.link[0].id`."""
    if not target.rest or target.rest[0].step != "link":
        return None
    links = list(target.instance.values.attribute("link").members())
    position = target.rest[1].step if len(target.rest) > 1 else 0 if len(links) == 1 else None
    if not isinstance(position, int) or position >= len(links):
        return None
    return link_id(target.instance.id, links[position])


def link_id(site_id: str, link: Node) -> str | None:
    """Return the id of a link of a site, built from its name while it is known only after apply."""
    known, name = link.known("id"), link.known("name")
    if isinstance(known, str):
        return known
    return f"{site_id}/vpnSiteLinks/{name}" if isinstance(name, str) else None
