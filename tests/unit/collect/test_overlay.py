"""A plan laid over what is deployed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from s2sguard.collect.overlay import overlay
from s2sguard.model.inventory import Gap, Inventory, Resource, Source
from tests.unit.collect.arm import GROUP, a_resource, an_id


def planned(kind: str, name: str, *, group: str | None = "RG-Hub", parent: str | None = None, **properties: object) -> Resource:
    """Return a resource that only exists in a plan."""
    return Resource(
        id=f"terraform:{kind}.{name}",
        type=f"Microsoft.Network/{kind}",
        name=name,
        properties=properties,
        tags={},
        source=Source(file="plan.json"),
        parent=parent,
        resource_group=group,
    )


def deployed(path: str, *, parent: str | None = None, **properties: Any) -> Resource:
    """Return a deployed resource, such as `virtualNetworks/hub/subnets/a`."""
    kind = "/".join(path.split("/")[::2])
    name = path.rsplit("/", 1)[1]
    return replace(a_resource(name, file="live.json", **properties), id=an_id(path), type=f"Microsoft.Network/{kind}", parent=parent)


def names(inventory: Inventory) -> list[tuple[str, object]]:
    """Return name and property `p` of all resources."""
    return [(resource.name, resource.properties.get("p")) for resource in inventory.resources]


def test_the_plan_wins_by_id_and_the_rest_stays() -> None:
    """A resource in both is the planned one, whole; the deployed ones besides it stay."""
    base = Inventory([a_resource("a", p=1, q=1), a_resource("b", p=1)])
    plan = Inventory([a_resource("A", p=2), a_resource("c", p=2)])
    result = overlay(base, plan)
    assert names(result) == [("b", 1), ("A", 2), ("c", 2)]
    assert "q" not in result.resources[1].properties


def test_what_is_deleted_vanishes_with_its_children() -> None:
    """Children go with their parent, and everything with its resource group; names that only start alike stay."""
    base = Inventory([deployed("virtualNetworks/hub"), deployed("virtualNetworks/hub/subnets/s"), deployed("virtualNetworks/hub2")])
    assert names(overlay(base, Inventory([]), [an_id("VirtualNetworks/HUB/")])) == [("hub2", None)]
    assert overlay(base, Inventory([]), [GROUP]).resources == ()


def test_what_is_replaced_is_there_again() -> None:
    """Terraform replaces by deleting and creating: the new one stays."""
    assert names(overlay(Inventory([a_resource("a", p=1)]), Inventory([a_resource("a", p=2)]), [an_id("connections/a")])) == [("a", 2)]


def test_a_reference_does_not_replace_what_is_deployed() -> None:
    """A `data` source knows less than the snapshot."""
    plan = Inventory([a_resource("a", existing=True, p=2), a_resource("b", existing=True, p=2)])
    assert names(overlay(Inventory([a_resource("a", p=1)]), plan)) == [("a", 1), ("b", 2)]


def test_a_planned_resource_takes_the_id_of_the_deployed_one() -> None:
    """Same type, group and name is the same resource; what refers to it in the plan follows."""
    base = Inventory([deployed("virtualNetworkGateways/gw", p=1), deployed("connections/old", p=1)])
    gateway = planned("virtualNetworkGateways", "gw", p=2)
    connection = planned("connections", "new", p=2, virtualNetworkGateway1={"id": gateway.id}, list=[gateway.id, "x"])
    result = overlay(base, Inventory([gateway, connection]))
    assert [resource.id for resource in result.resources] == [an_id("connections/old"), an_id("virtualNetworkGateways/gw"), connection.id]
    assert result.resources[2].properties["virtualNetworkGateway1"] == {"id": an_id("virtualNetworkGateways/gw")}
    assert result.resources[2].properties["list"] == [an_id("virtualNetworkGateways/gw"), "x"]


def test_a_planned_child_is_found_below_its_parent() -> None:
    """Subnets of the same name in two networks are told apart by the network."""
    hub, spoke = deployed("virtualNetworks/hub", p=1), deployed("virtualNetworks/spoke", p=1)
    children = [deployed(f"virtualNetworks/{net.name}/subnets/s", parent=net.id, p=net.name) for net in (hub, spoke)]
    network = planned("virtualNetworks", "spoke", p=2)
    child = planned("virtualNetworks/subnets", "s", parent=network.id, p=2)
    result = overlay(Inventory([hub, spoke, *children]), Inventory([child, network]))
    assert names(result) == [("hub", 1), ("s", "hub"), ("s", 2), ("spoke", 2)]
    assert (result.resources[2].id, result.resources[2].parent) == (
        an_id("virtualNetworks/spoke/subnets/s"),
        an_id("virtualNetworks/spoke"),
    )


def test_without_a_group_nothing_is_guessed() -> None:
    """A planned resource whose group is unknown is added beside what is deployed."""
    assert len(overlay(Inventory([deployed("connections/a")]), Inventory([planned("connections", "a", group=None)])).resources) == 2


def test_two_candidates_are_a_gap() -> None:
    """The same group and name in two subscriptions: nobody can say which is meant."""
    other = replace(deployed("connections/a"), id=an_id("connections/a").replace("1111", "2222"))
    result = overlay(Inventory([deployed("connections/a"), other]), Inventory([planned("connections", "a")]))
    assert (len(result.resources), [gap.kind for gap in result.gaps]) == (3, ["ambiguous-reference"])


def test_gaps_about_what_is_replaced_or_gone_are_dropped() -> None:
    """A gap of a deployed resource says nothing about the planned one; all other gaps stay."""
    a, b, c = (Gap(kind="unreadable-value", reason=name, resource=an_id(f"connections/{name}")) for name in "abc")
    file = Gap(kind="not-json", reason="x")
    base = Inventory([a_resource("a"), a_resource("b"), a_resource("c")], [a, b, c, file], ["x.md"])
    new = Gap(kind="unknown-attribute", reason="y")
    result = overlay(base, Inventory([a_resource("a")], [new], ["y.md"]), [an_id("connections/b")])
    assert (result.gaps, result.ignored) == ((c, file, new), ("x.md", "y.md"))


def test_what_is_deployed_in_full_makes_a_planned_resource_whole() -> None:
    """A gateway the plan leaves as it is shows Terraform's own connections only; the snapshot below it shows all."""
    left_alone = replace(a_resource("gw"), whole=False)
    assert [True] == [found.whole for found in overlay(Inventory([a_resource("gw")]), Inventory([left_alone])).resources]
    assert [False] == [found.whole for found in overlay(Inventory([left_alone]), Inventory([left_alone])).resources]
    assert [False] == [found.whole for found in overlay(Inventory([]), Inventory([left_alone])).resources]


def test_an_estate_that_a_plan_deletes_was_read() -> None:
    """Nothing is left, which is not the same as nothing read."""
    assert overlay(Inventory([a_resource("a")]), Inventory([]), [an_id("connections/a")]).answered
    assert not overlay(Inventory([]), Inventory([])).answered
