"""What the tests of live runs compare: verdicts of an inventory, and what a gap may touch."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, TypeAlias

from s2sguard.audit import silent
from s2sguard.config import load_config
from s2sguard.evaluate.judging import judge_all
from s2sguard.facts import build_document
from s2sguard.model.inventory import NOT_READ, Inventory, fold_id
from tests.integration.fake_tenant.tenant import Tenant

Verdicts: TypeAlias = dict[tuple[str, str], str]
TODAY = date(2026, 6, 1)


def verdicts_of(inventory: Inventory, *, complete: bool = False) -> Verdicts:
    """Return (control, folded id) -> status for everything that is judged, with `--complete` where wanted."""
    config = load_config(file=None, environ={})
    facts = build_document(inventory, replace(config.facts_options(TODAY), complete=complete))
    judged = judge_all(facts, inventory, engine="wasm", opa_url=None, progress=silent)
    return {(verdict.control_id, fold_id(verdict.resource)): verdict.status for verdict in judged.verdicts}


def check_against(found: Verdicts, whole: Verdicts, inventory: Inventory, tenant: Tenant) -> None:
    """Assert that verdicts differ from those of the whole tenant only by not being known, and only where a gap says why.

    Whether a control applies may be unknown as well: then there is a verdict where the whole tenant has none.
    """
    named = {fold_id(gap.resource) for gap in inventory.gaps if gap.kind in NOT_READ and gap.resource is not None}
    named |= {one.partition("/providers/microsoft.insights/")[0] for one in named}
    wrong = {key: (whole.get(key), status) for key, status in found.items() if status not in {whole.get(key), "unknown"}}
    assert wrong == {}
    for resource in {key[1] for key in {*whole, *found} if found.get(key) != whole.get(key)}:
        rests_on = related(tenant, resource)
        scopes = {one.partition("/providers/")[0] for one in rests_on} | {"/".join(one.split("/")[:3]) for one in rests_on}
        assert named & (rests_on | scopes), resource


def related(tenant: Tenant, resource: str) -> set[str]:
    """Return the folded ids that a verdict about a resource may rest on.

    These are its gateways, their networks with their route tables, connections and sites.

    That is what an auditor would name, worked out from the whole tenant and not from what a run has read.
    """
    gateways = {resource} if resource in tenant.members else set()
    for gateway, members in tenant.members.items():
        for member in members:
            if resource in {_id(member), _end(member, "localNetworkGateway2")}:
                gateways.add(gateway)
    found = {resource, *gateways}
    for gateway in gateways:
        for member in tenant.members[gateway]:
            found |= {_id(member), _end(member, "localNetworkGateway2")}
        for configuration in tenant.resources[gateway]["properties"]["ipConfigurations"]:
            hub = configuration["properties"]["subnet"]["id"].rpartition("/subnets/")[0].lower()
            peerings = tenant.resources[hub]["properties"]["virtualNetworkPeerings"]
            networks = {hub, *(peering["properties"]["remoteVirtualNetwork"]["id"].lower() for peering in peerings)}
            found |= networks | {table for network in networks for table in _tables(tenant, network)}
    return found


def _tables(tenant: Tenant, network: str) -> set[str]:
    subnets = tenant.resources[network]["properties"]["subnets"] if network in tenant.resources else ()
    used = (subnet["properties"].get("routeTable") for subnet in subnets)
    return {str(table["id"]).lower() for table in used if table is not None}


def _id(body: dict[str, Any]) -> str:
    return str(body["id"]).lower()


def _end(body: dict[str, Any], name: str) -> str:
    return str(body["properties"][name]["id"]).lower()
