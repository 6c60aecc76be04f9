"""What verdicts rest on besides settings."""

from __future__ import annotations

from typing import Any

from s2sguard.model.inventory import Inventory, Resource, Source
from s2sguard.report.notes import notes_of
from tests.unit.report.builders import connection, facts, gateway

RESOURCE = Resource(id="/x", type="T", name="x", properties={}, tags={}, source=Source(file="a.json"))


def test_connections_called_internal_are_listed() -> None:
    """A tag takes a connection out of judgement, so it is named."""
    document = facts([gateway()], [connection("own", "us", trust="internal"), connection("to-red", "red")])
    assert notes_of(Inventory([RESOURCE]), document) == (
        "1 connection called internal by tag or configuration, so not judged as a partner: own",
    )


def test_partners_with_several_connections_are_listed() -> None:
    """A copied tag merges two partners; different sites and peers are a reason to look."""
    same: dict[str, Any] = {"site": "/s1", "peer": {"kind": "public", "value": "1.1.1.1"}}
    other: dict[str, Any] = {"site": "/s2", "peer": {"kind": "public", "value": "2.2.2.2"}}
    group = [
        connection("a", "red", **same),
        connection("b", "red", **other),
        connection("c", "blue", **same),
        connection("d", "blue", **same),
    ]
    assert notes_of(Inventory([RESOURCE]), facts([gateway()], group)) == (
        "partner blue has 2 connections on gw, which are not judged against each other: c, d",
        (
            "partner red has 2 connections on gw, which are not judged against each other: a, b; "
            "their sites and peer addresses differ, so check that it is one partner and not a copied tag"
        ),
    )


def test_a_partner_on_many_gateways_needs_no_remark() -> None:
    """Connections of two gateways are never judged against each other, so one for each is what a fleet looks like."""
    gateways = [gateway("gw-a"), gateway("gw-b")]
    group = [connection("red-a", "red", on="gw-a"), connection("red-b", "red", on="gw-b")]
    assert notes_of(Inventory([RESOURCE]), facts(gateways, group)) == ()


def test_an_ordinary_estate_needs_no_remark() -> None:
    """One connection for each partner is what is expected."""
    document = facts([gateway()], [connection("to-red", "red"), connection("to-blue", "blue")])
    assert notes_of(Inventory([RESOURCE]), document) == ()


def test_an_empty_input_is_remarked() -> None:
    """No resource can mean no permission; no connection means nothing to judge."""
    assert notes_of(Inventory([]), facts([], [])) == (
        "the input holds no resource: an empty listing can also mean that the reader of it lacked permission",
    )
    assert notes_of(Inventory([RESOURCE]), facts([], [])) == ("no VPN connection in 1 resource: nothing to judge between partners",)


def test_files_that_were_not_opened_are_counted() -> None:
    """A folder's other files are named, not forgotten."""
    document = facts([gateway()], [connection("to-red", "red")])
    assert notes_of(Inventory([RESOURCE], (), ["a.tf", "b.md"]), document) == ("2 files passed over, as no inventory by name: a.tf, b.md",)
