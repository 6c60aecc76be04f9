"""What could not be read is unknown in every verdict, and hides nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from s2sguard.audit import silent
from s2sguard.collect.azure.references import Want
from s2sguard.collect.azure.stand_ins import stand_in
from s2sguard.collect.merge import merge
from s2sguard.collect.read import limited
from s2sguard.config import load_config
from s2sguard.evaluate.judging import judge_all
from s2sguard.facts import build_document
from s2sguard.model.arm_types import CONNECTION, GATEWAY, SITE
from s2sguard.model.inventory import Gap, GapKind, Inventory, Resource
from s2sguard.model.value import Unknown
from tests.unit.cli_estate import GATEWAY as VPN
from tests.unit.cli_estate import GROUP, RED, lab
from tests.unit.collect.arm import read

Verdicts = dict[tuple[str, str], str]
HINT = {"properties": {"virtualNetworkGateway1": {"id": VPN}, "connectionType": "IPsec"}, "member": True}


def resources(stage: int) -> list[Resource]:
    """Return the lab as it is read."""
    return merge(read(lab(stage)).resources)[0]


def verdicts(found: list[Resource], *gaps: Gap) -> Verdicts:
    """Return (control, name of the resource) -> status."""
    inventory = Inventory(found, gaps)
    facts = build_document(inventory, load_config(file=None, environ={}).facts_options(date(2026, 6, 1)))
    judged = judge_all(facts, inventory, engine="regopy", opa_url=None, progress=silent)
    return {(verdict.control_id, verdict.resource_name): verdict.status for verdict in judged.verdicts}


def replaced(found: list[Resource], want: Want) -> list[Resource]:
    """Return the resources with a stand-in for one of them."""
    other = stand_in(want, "no permission")
    assert other is not None
    assert want.key in {resource.key for resource in found}
    return [other if resource.key == want.key else resource for resource in found]


@pytest.mark.parametrize("stage", [1, 5])
def test_an_unread_connection_is_unknown_throughout(stage: int) -> None:
    """No control passes or fails an unread connection, and none passes its neighbour's isolation."""
    whole = verdicts(resources(stage))
    found = verdicts(replaced(resources(stage), Want(id=RED, type=CONNECTION, hint=HINT)))
    own = {control: status for (control, name), status in found.items() if name == "to-red"}
    # Its only neighbour is a partner's, so it reaches nothing internal whatever it is.
    assert {"S2S-ISO-006": "pass"} == {control: status for control, status in own.items() if status != "unknown"}
    assert {key for key in whole if key[1] == "to-red"} <= set(found)
    assert "pass" not in {status for (control, name), status in found.items() if control == "S2S-ISO-001" and name == "to-blue"}
    alone = {key: status for key, status in found.items() if key[1] == "to-blue" and not key[0].startswith("S2S-ISO")}
    assert alone == {key: whole[key] for key in alone}


def test_the_partner_of_an_unread_site_is_unknown() -> None:
    """A site's tags say whose a connection is; unread, two open connections may be one partner's, so isolation neither fails nor passes."""
    (site,) = (resource for resource in resources(1) if resource.type == SITE and "red" in resource.name)
    found = verdicts([_untagged(one) for one in replaced(resources(1), Want(id=site.id, type=SITE))])
    assert {"unknown"} == {status for (_, name), status in found.items() if name == site.name}
    assert ("unknown", "unknown") == (found["S2S-ISO-001", "to-red"], found["S2S-ISO-001", "to-blue"])


def _untagged(resource: Resource) -> Resource:
    """Return a connection without tags of its own, so that those of its site count."""
    return replace(resource, tags={}) if resource.type == CONNECTION else resource


def test_nothing_is_made_up() -> None:
    """A connection of which no gateway is known, and a type without stand-ins, get none."""
    assert (None, None) == (stand_in(Want(id=RED, type=CONNECTION), "x"), stand_in(Want(id=VPN, type=GATEWAY), "x"))


def test_a_hint_brings_no_secret() -> None:
    """Whatever a listing says beside the references stays out."""
    hint = {"properties": HINT["properties"] | {"sharedKey": "k", "connectionMode": "InitiatorOnly"}}  # type: ignore[operator]
    made = stand_in(Want(id=RED, type=CONNECTION, hint=hint), "x")
    assert made is not None
    assert ("sharedKey" in made.properties, type(made.properties["connectionMode"])) == (False, Unknown)


GAPS: list[GapKind] = ["forbidden", "vanished", "throttled", "unavailable", "not-registered", "wrong-link", "truncated-listing"]


@pytest.mark.parametrize("kind", GAPS)
def test_a_gap_touches_the_gateway_it_names(kind: GapKind) -> None:
    """A gap about a gateway keeps its isolation from passing; one about something else leaves it as it is."""
    whole = verdicts(resources(5))
    about = verdicts(resources(5), Gap(kind=kind, reason="not read", resource=VPN.upper()))
    elsewhere = verdicts(resources(5), Gap(kind=kind, reason="not read", resource=f"{GROUP}/virtualNetworkGateways/other"))
    assert ("pass", "unknown") == (whole["S2S-ISO-001", "to-red"], about["S2S-ISO-001", "to-red"])
    assert whole == elsewhere


def test_a_gap_about_nothing_touches_everything() -> None:
    """A truncated file names no resource, so every gateway is in doubt, as before."""
    found = verdicts(resources(5), Gap(kind="truncated-listing", reason="more pages"))
    assert found["S2S-ISO-001", "to-red"] == "unknown"


def test_gaps_of_a_snapshot_are_all_kept() -> None:
    """A hundred gateways that could not be read are a hundred gaps: none may be summed up, as each keeps one gateway from passing."""
    gaps = [Gap(kind="throttled", reason="not read", resource=f"{VPN}{number}") for number in range(100)]
    assert gaps == limited(gaps, "snapshot.json")
