"""Is the IKE log of a gateway exported? From diagnostic settings in every form."""

from __future__ import annotations

from typing import Any

import pytest

from s2sguard.model.inventory import Resource, Source
from s2sguard.model.value import Unknown
from tests.unit.facts.inventories import LAB, UNKNOWN, arm_id, gateway, gateway_facts

GATEWAY = arm_id("virtualNetworkGateways", "gw")
ON = {"category": "IKEDiagnosticLog", "enabled": True}
TO = {"workspaceId": "/subscriptions/s/workspaces/w"}


def setting(logs: object, *, of: str = GATEWAY, name: str = "siem", **more: Any) -> Resource:
    """Return a diagnostic setting."""
    owner = f"{of}/providers/Microsoft.Insights/diagnosticSettings"
    source = Source(file="test.json")
    return Resource(
        id=f"{owner}/{name}",
        type="Microsoft.Insights/diagnosticSettings",
        name=name,
        properties={"logs": logs} | more,
        tags={},
        source=source,
    )


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ([setting([ON], **TO)], True),
        ([setting([ON], of=GATEWAY.upper(), **TO)], True),
        ([setting([{"categoryGroup": "allLogs", "enabled": "true"}], storageAccountId="/a")], True),
        ([setting([{"category": "ikediagnosticlog", "enabled": True}], eventHubAuthorizationRuleId="/h")], True),
        ([setting([], **TO), setting([ON], name="two", **TO)], True),
        ([setting([ON])], False),
        ([setting([ON], workspaceId=None)], False),
        ([setting([{"category": "IKEDiagnosticLog", "enabled": False}], **TO)], False),
        ([setting([{"category": "IKEDiagnosticLog"}], **TO)], False),
        ([setting([{"categoryGroup": "audit", "enabled": True}], **TO)], False),
        ([setting(None, **TO)], False),
    ],
)
def test_what_a_setting_exports(settings: list[Resource], expected: bool) -> None:  # noqa: FBT001 - a table
    """The category or the group that holds it, switched on, with somewhere to go."""
    assert gateway_facts(*LAB, *settings)["ike_log"] is expected


@pytest.mark.parametrize(
    "settings",
    [
        [setting(UNKNOWN, **TO)],
        [setting([UNKNOWN], **TO)],
        [setting(["text"], **TO)],
        [setting([{"category": UNKNOWN, "enabled": True}], **TO)],
        [setting([{"category": "IKEDiagnosticLog", "enabled": UNKNOWN}], **TO)],
        [setting([ON], workspaceId=UNKNOWN)],
        [setting([ON], of=arm_id("virtualNetworkGateways", "other"), **TO)],
    ],
)
def test_what_cannot_be_read_is_unknown(settings: list[Resource]) -> None:
    """A template's value, an unknown form, or the settings of somebody else."""
    facts = gateway_facts(*LAB, *settings)
    assert "ike_log" not in facts
    assert facts["unknown"]["ike_log"]


def test_a_gateway_can_carry_its_settings() -> None:
    """Live collection lists them below the gateway, an empty list included."""
    assert gateway_facts(*LAB, gateway(diagnosticSettings=[{"properties": {"logs": [ON], **TO}}]))["ike_log"] is True
    assert gateway_facts(*LAB, gateway(diagnosticSettings=[]))["ike_log"] is False
    assert gateway_facts(*LAB, gateway(diagnosticSettings=Unknown("not readable")))["unknown"]["ike_log"] == "not readable"


def test_where_nobody_asked_there_is_no_fact() -> None:
    """Most inventories hold no diagnostic settings, and that says nothing."""
    facts = gateway_facts(*LAB)
    assert "ike_log" not in facts
    assert "ike_log" not in facts["unknown"]
