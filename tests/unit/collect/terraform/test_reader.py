"""Plans and states as a whole: which resources there are, their ids, parents and places, and what a plan leaves out."""

from __future__ import annotations

from typing import Any

import pytest

from s2sguard.collect.terraform import TerraformReader
from s2sguard.model.inventory import Source
from s2sguard.model.value import Unknown
from tests.unit.collect.terraform.plans import (
    GATEWAY,
    SITE,
    SUBNET,
    SUBSCRIPTION,
    VNET,
    by_id,
    connection,
    kinds,
    only,
    plan,
    planned,
    read,
    refs,
    state,
)

RED = f"{SUBSCRIPTION}/localNetworkGateways/red"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"format_version": "0.1", "planned_values": {}}, True),
        ({"format_version": "1.0", "values": {}}, True),
        ({"terraform_version": "1.9.8", "resource_changes": []}, True),
        ({"version": 4, "terraform_version": "1.9.8", "serial": 3, "lineage": "x", "resources": []}, True),
        ({"format_version": "1.0"}, False),
        ({"values": {}}, False),
        ([{"format_version": "1.0", "values": {}}], False),
        ({"value": [{"type": "Microsoft.Network/connections"}]}, False),
    ],
)
def test_plans_and_states_are_recognised_by_shape(*, value: object, expected: bool) -> None:
    """A plan or state has a version and content; nothing else is taken for one."""
    assert TerraformReader().recognises(value) is expected


def test_a_new_resource_has_its_address_as_id() -> None:
    """A resource that only exists in a plan is identified by its address, and says in which group it will be."""
    found = read(plan(planned(SITE, "red", {"name": "red", "resource_group_name": "rg", "tags": {"partner": "red"}}, unknown={"id": True})))
    (site,) = found.resources
    assert (site.id, site.type, site.name) == (
        "terraform:azurerm_local_network_gateway.red",
        "Microsoft.Network/localNetworkGateways",
        "red",
    )
    assert (site.tags, site.resource_group, site.existing) == ({"partner": "red"}, "rg", False)
    assert site.source == Source(file="plan.json", pointer="/planned_values/root_module/resources/0")
    assert found.gaps == []


def test_a_state_gives_real_ids() -> None:
    """Resources of a state have their ids, also in nested modules, and point to their place."""
    nested = {"address": "module.a", "child_modules": [{"address": "module.a.module.b[0]", "resources": []}]}
    site = planned(SITE, "red", {"id": RED, "name": "red", "address_space": ["10.1.0.0/16"]}, module="module.a.module.b[0]")
    nested["child_modules"][0]["resources"] = [site["planned"]]  # type: ignore[index]
    found = read({"format_version": "1.0", "values": {"root_module": {"child_modules": [nested]}}})
    (resource,) = found.resources
    assert resource.id == RED
    assert resource.properties == {"localNetworkAddressSpace": {"addressPrefixes": ["10.1.0.0/16"]}}
    assert resource.source.pointer == "/values/root_module/child_modules/0/child_modules/0/resources/0"


def test_very_deep_modules_are_read() -> None:
    """Module nesting has no limit that ends in an error."""
    site = planned(SITE, "red", {"id": RED, "name": "red"})
    module: dict[str, Any] = {"resources": [site["planned"]]}
    address = ".".join(["module.m"] * 300)
    for _ in range(300):
        module["address"] = address
        address = address.rpartition(".module.")[0]
        module = {"child_modules": [module]}
    assert [resource.id for resource in read({"format_version": "1.0", "values": {"root_module": module}}).resources] == [RED]


def test_changes_alone_are_enough() -> None:
    """A plan without planned values is read from its changes."""
    value = plan(planned(SITE, "red", {"name": "red", "gateway_address": "192.0.2.1"}, unknown={"id": True}))
    del value["planned_values"]
    (site,) = read(value).resources
    assert site.properties == {"gatewayIpAddress": "192.0.2.1"}
    assert site.source.pointer == "/resource_changes/0"


def test_deletions_are_ids_not_resources() -> None:
    """What a plan deletes is listed by its former id."""
    gone = planned(SITE, "red", {}, change={"actions": ["delete"], "before": {"id": RED, "name": "red"}, "after": None})
    value = plan(gone)
    value["planned_values"] = {"root_module": {}}
    found = read(value)
    assert found.deleted == [RED]
    assert found.resources == []


def test_a_replacement_in_place_keeps_its_id() -> None:
    """A replaced resource with the same name, group and parent has the same ARM id afterwards, so nothing is deleted."""
    before = {"id": RED, "name": "red", "resource_group_name": "rg"}
    change = {"actions": ["delete", "create"], "before": before}
    found = read(plan(planned(SITE, "red", {"name": "red", "resource_group_name": "rg"}, unknown={"id": True}, change=change)))
    assert [resource.id for resource in found.resources] == [RED]
    assert found.deleted == []


def test_a_replacement_with_another_name_is_a_new_resource() -> None:
    """A renamed resource leaves its old id behind."""
    before = {"id": RED, "name": "red", "resource_group_name": "rg"}
    change = {"actions": ["create", "delete"], "before": before}
    found = read(plan(planned(SITE, "red", {"name": "rouge", "resource_group_name": "rg"}, unknown={"id": True}, change=change)))
    assert [resource.id for resource in found.resources] == ["terraform:azurerm_local_network_gateway.red"]
    assert found.deleted == [RED]


def test_a_deposed_object_does_not_delete_the_current_one() -> None:
    """The leftover of an interrupted replacement may share the id of what stays."""
    value = plan(planned(SITE, "red", {"id": RED, "name": "red"}, change={"actions": ["no-op"], "before": {"id": RED}}))
    value["resource_changes"].append(
        {**value["resource_changes"][0], "deposed": "12345678", "change": {"actions": ["delete"], "before": {"id": RED}, "after": None}}
    )
    found = read(value)
    assert ([resource.id for resource in found.resources], found.deleted) == ([RED], [])


def test_a_forgotten_resource_stays_in_azure() -> None:
    """`removed` blocks take a resource out of Terraform's hands, not out of Azure: it is read as only referred to."""
    change = {"actions": ["forget"], "before": {"id": RED, "name": "red", "address_space": ["10.1.0.0/16"]}, "after": None}
    value = plan(planned(SITE, "red", {}, change=change))
    value["planned_values"] = {"root_module": {}}
    (site,) = read(value).resources
    assert (site.id, site.existing) == (RED, True)
    assert site.properties == {"localNetworkAddressSpace": {"addressPrefixes": ["10.1.0.0/16"]}}


def test_data_sources_are_only_referred_to() -> None:
    """A data source is `existing`, and what it does not show is unknown, not Azure's default."""
    gateway = planned(GATEWAY, "hub", {"id": f"{SUBSCRIPTION}/virtualNetworkGateways/gw", "name": "gw", "type": "Vpn"}, mode="data")
    value = plan()
    value["prior_state"] = {"format_version": "1.0", "values": {"root_module": {"resources": [gateway["planned"]]}}}
    (resource,) = read(value).resources
    assert resource.existing is True
    assert resource.properties["gatewayType"] == "Vpn"
    assert resource.properties["disableIPSecReplayProtection"] == Unknown("the data source does not show it")


def test_the_prior_state_of_managed_resources_is_not_read() -> None:
    """Of the state before the plan only data sources count."""
    old = planned(SITE, "old", {"id": RED, "name": "old"})
    value = plan(prior_state={"values": {"root_module": {"resources": [old["planned"]]}}})
    assert read(value).resources == []


def test_a_managed_resource_wins_over_a_data_source_of_it() -> None:
    """One configuration may manage a resource and read it too: that is one resource, managed."""
    managed = planned(SITE, "red", {"id": RED, "name": "red", "gateway_address": "192.0.2.1"}, change={"actions": ["no-op"]})
    copy = planned(SITE, "copy", {"id": RED.upper(), "name": "red"}, mode="data")
    value = plan(managed, prior_state={"values": {"root_module": {"resources": [copy["planned"]]}}})
    (site,) = read(value).resources
    assert (site.existing, site.properties) == (False, {"gatewayIpAddress": "192.0.2.1"})


def test_drift_is_ignored() -> None:
    """What changed outside Terraform is not part of what will be."""
    drift = planned(SITE, "red", {"id": RED, "name": "red"})["change"]
    assert read(plan(resource_drift=[drift])).resources == []


@pytest.mark.parametrize("more", [{"complete": False}, {"errored": True}, {"deferred_changes": [{"reason": "instance_count_unknown"}]}])
def test_an_incomplete_plan_says_so(more: dict[str, Any]) -> None:
    """`-target`, errors and deferred changes leave resources out: a gap of the kind that makes isolation unknown."""
    assert kinds(read(plan(**more))) == ["truncated-listing"]


def test_a_raw_state_file_gets_a_hint() -> None:
    """A raw state is not read at all: it has another shape, and secrets in it."""
    found = read({"version": 4, "terraform_version": "1.9.8", "serial": 1, "lineage": "x", "resources": [{"psk": "PLANTED"}]})
    assert found.resources == []
    assert [(gap.kind, gap.reason) for gap in found.gaps] == [
        ("unknown-shape", "this is a raw state file; give the output of `terraform show -json` instead")
    ]


@pytest.mark.parametrize("version", ["2.0", "x", 1, None])
def test_another_major_format_version_is_refused(version: object) -> None:
    """Terraform asks readers to refuse major versions they do not know."""
    found = read({**plan(planned(SITE, "red", {"name": "red"})), "format_version": version})
    assert (found.resources, kinds(found)) == ([], ["unknown-shape"])


def test_children_know_their_parent_by_name() -> None:
    """A subnet and a peering name their network; a route names its table."""
    found = read(
        plan(
            planned(VNET, "hub", {"name": "hub", "resource_group_name": "rg", "address_space": ["172.16.1.0/24"]}, unknown={"id": True}),
            planned(
                SUBNET, "s", {"name": "GatewaySubnet", "resource_group_name": "RG", "virtual_network_name": "Hub"}, unknown={"id": True}
            ),
            planned(
                "azurerm_virtual_network_peering",
                "p",
                {"name": "peer", "resource_group_name": "rg", "virtual_network_name": "hub", "use_remote_gateways": True},
                unknown={"id": True},
            ),
            planned("azurerm_route_table", "t", {"name": "t", "resource_group_name": "rg"}, unknown={"id": True}),
            planned(
                "azurerm_route",
                "r",
                {
                    "name": "r",
                    "resource_group_name": "rg",
                    "route_table_name": "t",
                    "address_prefix": "10.0.0.0/8",
                    "next_hop_type": "VirtualAppliance",
                    "next_hop_in_ip_address": "172.16.1.4",
                },
                unknown={"id": True},
            ),
        )
    )
    assert only(found, "GatewaySubnet").parent == "terraform:azurerm_virtual_network.hub"
    assert only(found, "peer").parent == "terraform:azurerm_virtual_network.hub"
    assert only(found, "r").parent == "terraform:azurerm_route_table.t"
    assert only(found, "r").properties == {
        "addressPrefix": "10.0.0.0/8",
        "nextHopType": "VirtualAppliance",
        "nextHopIpAddress": "172.16.1.4",
    }
    assert found.gaps == []


def test_a_parent_name_that_two_networks_have_is_ambiguous() -> None:
    """Two subscriptions may have the same group and name: then the parent cannot be told."""
    vnet = {"name": "hub", "resource_group_name": "rg"}
    subnet = {"name": "s", "resource_group_name": "rg", "virtual_network_name": "hub"}
    found = read(
        plan(
            planned(VNET, "a", vnet, unknown={"id": True}),
            planned(VNET, "b", vnet, unknown={"id": True}),
            planned(SUBNET, "s", subnet, unknown={"id": True}),
        )
    )
    assert only(found, "s").parent is None
    assert kinds(found) == ["ambiguous-reference"]


def test_a_parent_that_is_referred_to_is_preferred_over_its_name() -> None:
    """The reference says which of two equally named networks is meant."""
    vnet = {"name": "hub", "resource_group_name": "rg"}
    subnet = {"name": "s", "resource_group_name": "rg", "virtual_network_name": "hub"}
    expressions = {"virtual_network_name": refs("azurerm_virtual_network.b.name", "azurerm_virtual_network.b")}
    found = read(
        plan(
            planned(VNET, "a", vnet, unknown={"id": True}),
            planned(VNET, "b", vnet, unknown={"id": True}),
            planned(SUBNET, "s", subnet, unknown={"id": True}, expressions=expressions),
        )
    )
    assert only(found, "s").parent == "terraform:azurerm_virtual_network.b"
    assert found.gaps == []


def test_a_parent_outside_the_plan_is_a_gap() -> None:
    """A subnet of a network that is elsewhere cannot be placed."""
    found = read(plan(planned(SUBNET, "s", {"name": "s", "resource_group_name": "rg", "virtual_network_name": "x"}, unknown={"id": True})))
    assert (only(found, "s").parent, kinds(found)) == (None, ["missing-reference"])


def test_a_real_child_id_names_the_parent() -> None:
    """Once a child exists, its id says where it belongs."""
    subnet = planned(SUBNET, "s", {"id": f"{SUBSCRIPTION}/virtualNetworks/hub/subnets/s", "name": "s"})
    assert only(read(state(subnet)), "s").parent == f"{SUBSCRIPTION}/virtualNetworks/hub"


def test_inline_subnets_and_routes_are_children() -> None:
    """Blocks of a network or route table that are resources in ARM become resources."""
    vnet = {"name": "hub", "subnet": [{"name": "GatewaySubnet", "address_prefix": "172.16.1.0/27", "id": ""}]}
    table = {
        "name": "t",
        "route": [{"name": "all", "address_prefix": "0.0.0.0/0", "next_hop_type": "Internet", "next_hop_in_ip_address": ""}],
    }
    found = read(plan(planned(VNET, "hub", vnet, unknown={"id": True}), planned("azurerm_route_table", "t", table, unknown={"id": True})))
    subnet = by_id(found, "terraform:azurerm_virtual_network.hub/subnets/GatewaySubnet")
    assert (subnet.type, subnet.parent) == ("Microsoft.Network/virtualNetworks/subnets", "terraform:azurerm_virtual_network.hub")
    assert subnet.properties == {"addressPrefix": "172.16.1.0/27"}
    assert subnet.source.pointer == "/planned_values/root_module/resources/0/values/subnet/0"
    route = by_id(found, "terraform:azurerm_route_table.t/routes/all")
    assert route.properties == {"addressPrefix": "0.0.0.0/0", "nextHopType": "Internet"}


def test_a_subnet_listed_twice_is_read_once() -> None:
    """The provider lists every subnet inside its network too, also one that the plan deletes."""
    vnet_id = f"{SUBSCRIPTION}/virtualNetworks/hub"
    inline = [{"id": f"{vnet_id}/subnets/{name}", "name": name, "address_prefixes": ["10.0.0.0/24"]} for name in ("kept", "gone")]
    own = {"id": f"{vnet_id}/subnets/kept", "name": "kept", "virtual_network_name": "hub", "address_prefixes": ["10.0.1.0/24"]}
    delete = {"actions": ["delete"], "before": {"id": f"{vnet_id}/subnets/gone"}, "after": None}
    value = plan(
        planned(VNET, "hub", {"id": vnet_id, "name": "hub", "subnet": inline}, change={"actions": ["no-op"]}),
        planned(SUBNET, "kept", own, change={"actions": ["update"]}),
        planned(SUBNET, "gone", {}, change=delete),
    )
    value["planned_values"]["root_module"]["resources"].pop()
    found = read(value)
    subnets = [resource for resource in found.resources if resource.type.endswith("/subnets")]
    assert [(subnet.name, subnet.properties) for subnet in subnets] == [("kept", {"addressPrefixes": ["10.0.1.0/24"]})]


def _associated(**association: object) -> dict[str, Any]:
    unknown = {"id": True, "subnet_id": True, "route_table_id": True}
    expressions = {
        "subnet_id": refs("azurerm_subnet.s.id", "azurerm_subnet.s"),
        "route_table_id": refs("azurerm_route_table.t.id", "azurerm_route_table.t"),
        **association,
    }
    return plan(
        planned(VNET, "hub", {"name": "hub", "resource_group_name": "rg"}, unknown={"id": True}),
        planned(
            SUBNET,
            "s",
            {"name": "s", "resource_group_name": "rg", "virtual_network_name": "hub"},
            unknown={"id": True, "route_table_id": True},
        ),
        planned("azurerm_route_table", "t", {"name": "t"}, unknown={"id": True}),
        planned("azurerm_subnet_route_table_association", "a", {}, unknown=unknown, expressions=expressions),
    )


def test_an_association_gives_the_subnet_its_route_table() -> None:
    """Terraform keeps the route table of a subnet in a resource of its own."""
    found = read(_associated())
    assert only(found, "s").properties["routeTable"] == {"id": "terraform:azurerm_route_table.t"}
    assert found.gaps == []


def test_an_association_with_an_unknown_table_leaves_the_table_unknown() -> None:
    """A table that cannot be told is unknown, never none."""
    found = read(_associated(route_table_id=refs("local.table")))
    assert isinstance(only(found, "s").properties["routeTable"], Unknown)
    assert kinds(found) == ["unreadable-value"]


def test_an_association_with_a_subnet_elsewhere_is_a_gap() -> None:
    """A subnet that the plan does not hold cannot get its table."""
    away = planned(
        "azurerm_subnet_route_table_association", "a", {"subnet_id": "/subscriptions/x/subnets/s", "route_table_id": "/subscriptions/x/t"}
    )
    assert kinds(read(plan(away))) == ["missing-reference"]


def test_a_deleted_association_takes_the_route_table_away() -> None:
    """The subnet's own attribute still shows the table the plan takes away."""
    subnet_id = f"{SUBSCRIPTION}/virtualNetworks/hub/subnets/s"
    subnet = planned(SUBNET, "s", {"id": subnet_id, "name": "s", "route_table_id": "/t", "address_prefix": "10.0.0.0/24"})
    delete = {"actions": ["delete"], "before": {"id": subnet_id, "subnet_id": subnet_id, "route_table_id": "/t"}, "after": None}
    value = plan(subnet, planned("azurerm_subnet_route_table_association", "a", {}, change=delete))
    value["planned_values"]["root_module"]["resources"].pop()
    found = read(value)
    assert only(found, "s").properties == {"addressPrefix": "10.0.0.0/24"}
    assert found.deleted == []


def test_vpn_types_that_are_not_read_are_reported_once() -> None:
    """A VPN resource of a type without a map is a gap; resources that carry no partner traffic are not."""
    found = read(
        plan(
            planned("azurerm_point_to_site_vpn_gateway", "a", {"name": "a"}),
            planned("azurerm_point_to_site_vpn_gateway", "b", {"name": "b"}),
            planned("azurerm_storage_account", "c", {"name": "c"}),
        )
    )
    assert [(gap.kind, gap.reason) for gap in found.gaps] == [("unsupported-type", "azurerm_point_to_site_vpn_gateway is not read")]


def test_the_same_address_twice_is_a_contradiction() -> None:
    """Two resources cannot have one address; the first is used."""
    value = plan(connection("red"), connection("red", {"connection_mode": "InitiatorOnly"}))
    found = read(value)
    assert len(found.resources) == 1
    assert kinds(found) == ["conflicting-duplicates"]


@pytest.mark.parametrize(("actions", "whole"), [(["create"], True), (["delete", "create"], True), (["no-op"], False), (["update"], False)])
def test_only_what_a_plan_creates_is_whole(actions: list[str], whole: bool) -> None:  # noqa: FBT001
    """What was there before may have connections that this configuration does not manage."""
    found = read(plan(planned(GATEWAY, "gw", {"name": "gw"}, change={"actions": actions})))
    assert whole == only(found, "gw").whole


def test_two_addresses_for_one_resource_are_both_there() -> None:
    """Which of two descriptions of one connection will hold is decided where duplicates are merged, not by their order."""
    same = f"{SUBSCRIPTION}/connections/c"
    first = connection("c", {"id": same, "connection_mode": "InitiatorOnly"}, block_name="a")
    second = connection("c", {"id": same, "connection_mode": "Default"}, block_name="b")
    found = read(plan(first, second))
    assert [resource.properties["connectionMode"] for resource in found.resources] == ["InitiatorOnly", "Default"]


def test_subnets_known_only_after_apply_are_unknown() -> None:
    """Blocks that cannot be seen may hold a Route Server's subnet."""
    later = planned(VNET, "hub", {"name": "hub"}, unknown={"subnet": True}, expressions={"subnet": refs("var.subnets")})
    assert only(read(plan(later)), "hub").properties["subnets"] == Unknown("known only after apply")


def test_a_deletion_without_an_id_is_a_gap() -> None:
    """What cannot be told from what stays is not forgotten in silence."""
    gone = {"actions": ["delete"], "before": {"name": "gw"}, "after": None}
    found = read({"format_version": "1.2", "resource_changes": [planned(GATEWAY, "gw", {}, change=gone)["change"]]})
    assert ([], ["unreadable-value"]) == (found.deleted, kinds(found))
