"""Planned ids: unique in one plan, not in all of them."""

from __future__ import annotations

from dataclasses import replace

from s2sguard.collect.interface import Collected
from s2sguard.collect.plan_ids import tell_apart
from s2sguard.model.inventory import Gap
from tests.unit.collect.arm import a_resource

HUB = "terraform:azurerm_virtual_network.hub"
SUBNET = f"{HUB}/subnets/s"


def a_plan(file: str, prefix: str) -> Collected:
    """Return a plan with a network, its subnet, and a resource with a real id that refers to the network."""
    network = replace(a_resource("hub", file=file, prefix=prefix), id=HUB)
    subnet = replace(a_resource("s", file=file, prefix=prefix), id=SUBNET, parent=HUB)
    other = a_resource("c", file=file, deep=[{"id": HUB}, SUBNET])
    return Collected(resources=[network, subnet, other], gaps=[Gap(kind="unreadable-value", reason="x", resource=HUB)])


def test_one_address_in_two_plans_is_two_resources() -> None:
    """All planned ids of plans that clash get their file, and every reference follows."""
    documents = [a_plan("a.json", "10.0.0.0/16"), a_plan("b.json", "10.1.0.0/16"), Collected()]
    tell_apart(documents)
    for document, file in zip(documents, ("a.json", "b.json"), strict=False):
        network, subnet, other = document.resources
        assert (network.id, subnet.id, subnet.parent) == (f"{HUB}@{file}", f"{SUBNET}@{file}", f"{HUB}@{file}")
        assert other.properties == {"deep": [{"id": f"{HUB}@{file}"}, f"{SUBNET}@{file}"]}
        assert [gap.resource for gap in document.gaps] == [f"{HUB}@{file}"]


def test_the_same_plan_twice_stays_one() -> None:
    """Plans that agree on what they share keep their ids and merge."""
    documents = [a_plan("a.json", "10.0.0.0/16"), a_plan("b.json", "10.0.0.0/16")]
    before = [list(document.resources) for document in documents]
    tell_apart(documents)
    assert [document.resources for document in documents] == before
