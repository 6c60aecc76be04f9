"""Diagnostic settings of gateways: placed below what they describe, with the logs and the destination that decide."""

from __future__ import annotations

from typing import Any

import pytest

from s2sguard.collect.interface import Collected
from s2sguard.model.arm_types import DIAGNOSTIC_SETTING
from s2sguard.model.value import Unknown
from tests.unit.collect.terraform.plans import GATEWAY, Json, plan, planned, read, refs, state

SETTING = "azurerm_monitor_diagnostic_setting"
IKE = {"category": "IKEDiagnosticLog", "category_group": None}
REAL = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworkGateways/gw"
GATEWAY_ID = refs(f"{GATEWAY}.gw.id", f"{GATEWAY}.gw")
WORKSPACE = refs("azurerm_log_analytics_workspace.law.id", "azurerm_log_analytics_workspace.law")


def settings(found: Collected) -> list[tuple[str, Json]]:
    """Return id and properties of the settings that were read."""
    return [(one.id, dict(one.properties)) for one in found.resources if one.type == DIAGNOSTIC_SETTING]


def with_setting(target: Json, workspace: Json, **values: Any) -> Collected:
    """Read a first plan with a gateway, a key vault and one setting."""
    vault = planned("azurerm_key_vault", "kv", {"name": "kv"}, unknown={"id": True})
    gateway = planned(GATEWAY, "gw", {"name": "gw"}, unknown={"id": True})
    later = {"id": True, "target_resource_id": True, "log_analytics_workspace_id": True}
    expressions = {"target_resource_id": target, "log_analytics_workspace_id": workspace}
    inner = {"name": "siem", "enabled_log": [IKE], **values}
    return read(plan(gateway, vault, planned(SETTING, "d", inner, unknown=later, expressions=expressions)))


def test_a_first_plan_is_followed() -> None:
    """Target and workspace are known only after apply, and where both lead is not in doubt."""
    logs = [{"enabled": True, "category": "IKEDiagnosticLog"}]
    expected = {"logs": logs, "workspaceId": "terraform:azurerm_log_analytics_workspace.law"}
    found = with_setting(GATEWAY_ID, WORKSPACE)
    assert (settings(found), found.gaps) == ([(f"terraform:{GATEWAY}.gw/providers/{DIAGNOSTIC_SETTING}/siem", expected)], [])


def test_older_logs_say_whether_they_are_on() -> None:
    """A `log` block of azurerm 3 has a switch; its default is on."""
    old = [{"category": "IKEDiagnosticLog", "enabled": False}, {"category_group": "allLogs"}]
    ((_, properties),) = settings(with_setting(GATEWAY_ID, WORKSPACE, enabled_log=[], log=old))
    assert properties["logs"] == [{"enabled": False, "category": "IKEDiagnosticLog"}, {"enabled": True, "categoryGroup": "allLogs"}]


@pytest.mark.parametrize("workspace", [refs("var.workspace"), refs("var.on", "azurerm_log_analytics_workspace.law.id"), refs("local.law")])
def test_a_destination_that_may_be_none_is_unknown(workspace: Json) -> None:
    """A condition may give no workspace at all."""
    ((_, properties),) = settings(with_setting(GATEWAY_ID, workspace))
    assert isinstance(properties["workspaceId"], Unknown)


def test_what_describes_something_else_is_left_out() -> None:
    """The settings of a key vault say nothing about gateways, and are no gap."""
    found = with_setting(refs("azurerm_key_vault.kv.id", "azurerm_key_vault.kv"), WORKSPACE)
    assert (settings(found), found.gaps) == ([], [])


@pytest.mark.parametrize("target", [refs("var.target"), refs("var.other", f"{GATEWAY}.gw.id", f"{GATEWAY}.gw")])
def test_a_target_nobody_can_tell_is_a_gap(target: Json) -> None:
    """It may be that of any gateway; a condition may choose another one."""
    found = with_setting(target, WORKSPACE)
    assert (settings(found), [gap.kind for gap in found.gaps]) == ([], ["unreadable-value"])


def test_a_deletion_is_told_by_the_id_of_arm() -> None:
    """Laid over an inventory, the plan takes the setting away; one that is replaced under its name stays."""
    before = {"id": f"{REAL}|siem", "name": "siem", "target_resource_id": REAL}
    gone = {"address": f"{SETTING}.d", "mode": "managed", "type": SETTING, "name": "d", "change": {"actions": ["delete"], "before": before}}
    assert read(plan() | {"resource_changes": [gone]}).deleted == [f"{REAL}/providers/{DIAGNOSTIC_SETTING}/siem"]
    again = planned(SETTING, "d", before, change={"actions": ["delete", "create"], "before": before})
    assert read(plan(again)).deleted == []


def test_a_state_names_its_target() -> None:
    """The provider's own id is none of ARM's."""
    values = {"id": f"{REAL}|siem", "name": "siem", "target_resource_id": REAL, "storage_account_id": "/s", "enabled_log": [IKE]}
    expected = {"logs": [{"enabled": True, "category": "IKEDiagnosticLog"}], "storageAccountId": "/s"}
    assert settings(read(state(planned(SETTING, "d", values)))) == [(f"{REAL}/providers/{DIAGNOSTIC_SETTING}/siem", expected)]
