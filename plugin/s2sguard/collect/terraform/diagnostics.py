"""Diagnostic settings of gateways: `azurerm_monitor_diagnostic_setting` as ARM's extension resource.

Names: azurerm provider 3.x and 4.x (documentation of the resource). ARM keeps a setting below what it describes, so its id is made
from that; the provider's own id (`<target>|<name>`) is none of ARM's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from s2sguard.collect.terraform.identify import Identifier
from s2sguard.collect.terraform.instance import Instance
from s2sguard.collect.terraform.plan import Plan
from s2sguard.collect.terraform.value import AFTER_APPLY, Node, references
from s2sguard.model.arm_types import DIAGNOSTIC_SETTING, GATEWAY, HUB_GATEWAY
from s2sguard.model.inventory import Resource

SETTING: Final = "azurerm_monitor_diagnostic_setting"
_DESTINATIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "log_analytics_workspace_id": "workspaceId",
        "storage_account_id": "storageAccountId",
        "eventhub_authorization_rule_id": "eventHubAuthorizationRuleId",
        "partner_solution_id": "marketplacePartnerId",
    }
)


def settings_of(plan: Plan, identifier: Identifier) -> Iterator[Resource]:
    """Yield the diagnostic settings of gateways. Those of anything else say nothing here; one of nobody knows what is a gap."""
    for instance in plan.instances:
        if instance.type == SETTING:
            targets, opaque = identifier.among(instance, instance.values.attribute("target_resource_id"), (GATEWAY, HUB_GATEWAY))
            if len(targets) == 1 and not opaque:
                yield _setting(instance, targets[0])
            elif targets or opaque:
                plan.gap("unreadable-value", f"what a {SETTING} describes cannot be told: {opaque or 'several gateways'}", instance.source)


def _setting(instance: Instance, target: str) -> Resource:
    name = instance.values.known("name")
    name = name if isinstance(name, str) else instance.name
    properties: dict[str, object] = {"logs": _logs(instance)}
    for attribute, ours in _DESTINATIONS.items():
        node = instance.values.attribute(attribute)
        if not node.unset:
            properties[ours] = _destination(node)
    return Resource(
        id=f"{target}/providers/{DIAGNOSTIC_SETTING}/{name}",
        type=DIAGNOSTIC_SETTING,
        name=name,
        properties=properties,
        tags={},
        source=instance.source,
        existing=instance.existing,
        whole=instance.created,
    )


def _logs(instance: Instance) -> object:
    """Return `logs`: a block of `enabled_log` is on by being there, one of `log` (3.x) says whether it is."""
    blocks = [(instance.values.attribute(name), name == "enabled_log") for name in ("enabled_log", "log")]
    if any(node.after_apply and not node.unset for node, _ in blocks):
        return AFTER_APPLY
    return [_log(member, on=on) for node, on in blocks for member in node.members()]


def _log(member: Node, *, on: bool) -> dict[str, object]:
    enabled = member.attribute("enabled")
    log: dict[str, object] = {"enabled": True if on or enabled.unset else AFTER_APPLY if enabled.after_apply else enabled.value}
    for name, ours in (("category", "category"), ("category_group", "categoryGroup")):
        node = member.attribute(name)
        if not node.unset:
            log[ours] = AFTER_APPLY if node.after_apply else node.value
    return log


def _destination(node: Node) -> object:
    """Return the id of a destination; what is nothing but the id of a resource will have one, a condition may have none."""
    if not node.after_apply:
        return node.value
    named = references(node.expression) or ()
    ids = [one for one in named if one.endswith(".id")]
    plain = len(ids) == 1 and all(ids[0].startswith(one) for one in named)
    return f"terraform:{ids[0].removesuffix('.id')}" if plain else AFTER_APPLY
