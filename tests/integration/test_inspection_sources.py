"""A Terraform state of a sample has the facts of its ARM JSON, and so have its shards."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from s2sguard.collect import read_inventory
from s2sguard.config import load_config
from s2sguard.facts import build_document
from samples.inspection.generate import VARIANTS, inventory
from tests.integration.fake_tenant.tenant import Tenant
from tests.integration.fake_tenant.terraform import state

NAMES = ("inspection", "uninspected_inbound", "uninspected_return", "bypass_routes", "gateway_subnet_problems")


def facts_of(path: Path) -> list[Any]:
    """The facts about inspection, with the reasons for what is unknown."""
    options = replace(load_config(file=None, environ={}).facts_options(date(2026, 6, 1)), complete=True)
    (gateway,) = build_document(read_inventory([path]), options)["gateways"]
    return [*(gateway.get(name) for name in NAMES), gateway["unknown"]]


@pytest.mark.parametrize("variant", VARIANTS)
def test_terraform_and_arm_say_the_same(variant: str, tmp_path: Path) -> None:
    """Networks, associations, tables, peerings and the firewall come to the same paths."""
    tenant = cast("Tenant", SimpleNamespace(resources={body["id"].lower(): body for body in inventory(variant)}))
    listed, written = tmp_path / "arm.json", tmp_path / "state.json"
    listed.write_text(json.dumps(inventory(variant)), encoding="utf-8")
    written.write_text(json.dumps(state(tenant)), encoding="utf-8")
    expected = facts_of(listed)
    assert expected[0]["paths"]
    assert facts_of(written) == expected
