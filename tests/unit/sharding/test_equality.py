"""Shards say what the whole inventory says: the same facts, gaps and order, whatever is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from s2sguard.collect.interface import Collected
from s2sguard.collect.merge import merge
from s2sguard.collect.spool import Spool
from s2sguard.facts import FactsOptions, build_document, gaps_of
from s2sguard.facts.document import FactsDocument, GatewayFacts
from s2sguard.facts.estate import doubts_of
from s2sguard.facts.gaps import ranked_gaps
from s2sguard.facts.inspection_facts import PathFacts
from s2sguard.facts.links import clues_of
from s2sguard.model.inventory import Gap, Inventory, fold_id
from s2sguard.sharding.judging import FactRow, _fact_rows
from s2sguard.sharding.packing import value_of
from tests.unit.facts.inventories import OPTIONS, arm_id, connection, gateway, peering, resource, site, subnet, vnet
from tests.unit.facts.test_inspection import inspected, table, to

from .hostile import HostileEstate

pytestmark = pytest.mark.no_cover  # random or exhaustive: counting lines would take most of its time

LISTS = ("gateways", "connections", "sites")


def whole(documents: Sequence[Collected]) -> Inventory:
    """The inventory that one reading of all documents makes."""
    resources, conflicts = merge(resource for document in documents for resource in document.resources)
    return Inventory(resources, [*(gap for document in documents for gap in document.gaps), *conflicts])


def in_shards(documents: Sequence[Collected], options: FactsOptions, together: int) -> tuple[dict[str, list[object]], list[Gap], int]:
    """The facts and gaps of all shards, in the order of the whole, and how many shards there were."""
    rows: list[FactRow] = []
    gaps: list[tuple[tuple[int, int, int], Gap]] = []
    shards = 0
    with Spool(clues_of) as spool:
        for document in documents:
            spool.add(document)
        spool.finish()
        doubts = doubts_of(spool.suspects(), options, spool.count_by_type())
        for shard in spool.shards(together):
            shards += 1
            rows += _fact_rows(build_document(shard.inventory, options, doubts), shard.places)
            found = enumerate(ranked_gaps(shard.inventory))
            gaps += [((rank, shard.places[fold_id(gap.resource or "")], number), gap) for number, (rank, gap) in found]
        rows.sort(key=lambda row: row.order)
        facts = {kind: [value_of(row.text) for row in rows if row.kind == kind] for kind in LISTS}
        return facts, [*spool.gaps, *(gap for _, gap in sorted(gaps, key=lambda pair: pair[0]))], shards


def lists(document: FactsDocument) -> dict[str, object]:
    """The subjects of a document."""
    return {"gateways": document["gateways"], "connections": document["connections"], "sites": document["sites"]}


def what_it_shows(document: FactsDocument) -> Iterator[str]:
    """What of a live run, of diagnostic settings and of live SAs decides something here."""
    touched = [one.get("incomplete_reason", "").startswith("other connections may exist: because") for one in document["gateways"]]
    if any(touched) and not all(touched):
        yield "a gateway not read whole beside others"
    if any("those of another resource are" in one["unknown"].get("ike_log", "") for one in document["gateways"]):
        yield "settings of another"
    if any("ike_log" in one for one in document["gateways"]):
        yield "a log exported"
    if any(path["inbound"]["kind"] != "unknown" for one in document["gateways"] for path in _paths(one)):
        yield "a way that is known"
    if any("observed" in one for one in document["connections"]):
        yield "seen in force"


def _paths(gateway: GatewayFacts) -> list[PathFacts]:
    return gateway["inspection"]["paths"] if "inspection" in gateway else []


@pytest.mark.parametrize("together", [1, 15])
@pytest.mark.parametrize("templates", [False, True])
def test_shards_of_hostile_estates_equal_the_whole(together: int, templates: bool) -> None:  # noqa: FBT001 - a test's parameter
    """Facts, gaps and their order are the same for random estates, and most of these estates really are cut."""
    cut = complete = 0
    drawn: Counter[str] = Counter()
    for seed in range(90):
        documents = HostileEstate(seed, templates=templates).documents()
        inventory = whole(documents)
        facts, gaps, shards = in_shards(documents, OPTIONS, together)
        expected = build_document(inventory, OPTIONS)
        assert lists(expected) == facts, seed
        assert [*inventory.gaps, *gaps_of(inventory)] == gaps, seed
        if shards > 1:
            cut += 1
            drawn.update(what_it_shows(expected))
        complete += any(one["complete"] for one in expected["gateways"])
    assert cut > 30
    assert complete > 6
    shown = {"a gateway not read whole beside others", "settings of another", "a log exported", "seen in force"}
    assert set(drawn) == shown | {"a way that is known"}


def test_every_resource_is_in_one_shard() -> None:
    """Nothing is judged twice and nothing is lost, and each shard has the order of the whole."""
    for seed in range(20):
        documents = HostileEstate(seed).documents()
        with Spool(clues_of) as spool:
            for document in documents:
                spool.add(document)
            spool.finish()
            shards = [shard.inventory.resources for shard in spool.shards()]
            assert spool.count_by_type() == whole(documents).count_by_type()
        expected = {resource.key: place for place, resource in enumerate(whole(documents).resources)}
        found = [[expected[resource.key] for resource in shard] for shard in shards]
        assert sorted(place for shard in found for place in shard) == sorted(expected.values())
        assert [sorted(shard) for shard in found] == found


def test_gateways_that_share_a_site_are_one_shard() -> None:
    """A site's facts are about all gateways that use it, so these come together; another gateway does not."""
    shared = site("red")
    other = {"virtualNetworkGateway1": {"id": gateway("gw2").id}}
    third = {"virtualNetworkGateway1": {"id": gateway("gw3").id}}
    estate = [
        gateway("gw", ipConfigurations=[]),
        gateway("gw2", ipConfigurations=[]),
        gateway("gw3", ipConfigurations=[]),
        shared,
        site("blue"),
        connection("red"),
        connection("own", localNetworkGateway2={"id": shared.id}, **other),
        connection("blue", **third),
    ]
    with Spool(clues_of) as spool:
        spool.add(Collected(resources=estate))
        spool.finish()
        found = [sorted(resource.name for resource in shard.inventory.resources) for shard in spool.shards()]
    assert found == [["gw", "gw2", "own", "red", "red"], ["blue", "blue", "gw3"]]


@pytest.mark.parametrize("planned", [False, True])
def test_what_inspects_is_found_in_networks_of_other_shards(planned: bool) -> None:  # noqa: FBT001 - a test's parameter
    """The spoke, its route table, and a firewall in a peered network are looked at in the gateway's shard, and owned by others.

    In a plan a subnet's id does not tell its network.
    """
    place = "terraform:azurerm_subnet.firewall" if planned else f"{arm_id('virtualNetworks', 'transit')}/subnets/AzureFirewallSubnet"
    firewall = resource("azureFirewalls", "central", {"ipConfigurations": [{"subnet": {"id": place}, "privateIPAddress": "172.20.0.4"}]})
    back = table("rt-spoke", to("172.20.0.4", "0.0.0.0/0"), disableBgpRoutePropagation=True)
    estate = [one for one in inspected() if "rt-" not in one.id and "azureFirewalls" not in one.id]
    estate += [
        *table("rt-gateway", to("172.20.0.4", "172.17.0.0/16")),
        *back,
        vnet("transit", "172.20.0.0/24"),
        peering("hub", "transit"),
        replace(subnet("transit", "AzureFirewallSubnet", "172.20.0.0/26"), id=place),
        firewall,
    ]
    facts, _, shards = in_shards([Collected(resources=estate)], OPTIONS, 1)
    expected = build_document(Inventory(estate), OPTIONS)
    assert shards > 3
    assert lists(expected) == facts
    (path,) = _paths(expected["gateways"][0])
    assert [path["inbound"]["via"], path["back"]["via"]] == ["central", "central"]


@pytest.mark.parametrize(("address", "kind"), [("172.20.0.4", "appliance"), ("172.20.0.68", "unknown")])
def test_where_an_appliance_may_stand_is_found_in_networks_of_other_shards(address: str, kind: str) -> None:
    """The subnets of a peered network that another shard owns decide whether one stands at an address."""
    estate = [one for one in inspected() if "rt-" not in one.id]
    estate += [
        *table("rt-gateway", to(address, "172.17.0.0/16")),
        *table("rt-spoke", to(address, "0.0.0.0/0"), disableBgpRoutePropagation=True),
        vnet("transit", "172.20.0.0/24"),
        peering("hub", "transit"),
        subnet("transit", "nva", "172.20.0.0/26"),
    ]
    facts, _, shards = in_shards([Collected(resources=estate)], OPTIONS, 1)
    expected = build_document(Inventory(estate), OPTIONS)
    assert shards > 3
    assert lists(expected) == facts
    assert [path["inbound"]["kind"] for path in _paths(expected["gateways"][0])] == [kind]
