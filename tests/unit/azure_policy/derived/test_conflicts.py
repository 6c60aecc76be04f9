"""Addresses that several partners claim: who is named, who keeps them, and that nobody gains by a claim."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address, ip_network

from hypothesis import given, settings
from hypothesis import strategies as st

from s2sguard.azure_policy.derived import Derivation, derive
from s2sguard.azure_policy.derived.assigned import Assigned, by_scope
from s2sguard.azure_policy.derived.conflicts import shared
from s2sguard.azure_policy.derived.drift import compare
from s2sguard.azure_policy.derived.model import Registry
from s2sguard.azure_policy.derived.ranges import cidrs, covered
from s2sguard.azure_policy.derived.registry import registry_of
from s2sguard.azure_policy.derived.view import look
from s2sguard.model.address import AddressSet
from tests.unit.azure_policy.derived_estate import OPTIONS, Node, arm_id, connection, denied_by, gateway, inventory, site

GW, OTHER = (arm_id("virtualNetworkGateways", name) for name in ("gw", "other"))
NAMES = ("red", "blue", "green")
Claims = Mapping[str, list[str]]
PREFIXES = st.lists(st.sampled_from([f"10.0.0.{start}/{bits}" for bits in (32, 31, 30) for start in range(0, 8, 4)]), max_size=3)
ESTATES = st.dictionaries(st.sampled_from(NAMES), PREFIXES)


def estate(near: Claims, elsewhere: Claims | None = None) -> list[Node]:
    """Return two gateways, and a site and a connection for each partner of each."""
    bodies = [*gateway("gw", "172.16.0.0/24"), *gateway("other", "172.17.0.0/24")]
    for end, partners in ((GW, near), (OTHER, elsewhere or {})):
        for name, prefixes in partners.items():
            label = f"{name}-{end[-2:]}"
            bodies.append(site(f"site-{label}", *prefixes, partner=name))
            bodies.append(connection(f"to-{label}", gateway=end, site=bodies[-1]["id"]))
    return bodies


def facts(bodies: list[Node]) -> Registry:
    """Return everything that is known of an estate."""
    view = look(inventory(bodies), OPTIONS)
    return registry_of(view, "", view.grounds)


def after(bodies: list[Node], earlier: list[Node] | None = None) -> Derivation:
    """Return what is derived from an estate when another was assigned before."""
    return derive(inventory(bodies), OPTIONS, "subscription", facts(earlier) if earlier is not None else None)


def values(found: Derivation, name: str) -> dict[str, AddressSet]:
    """Return the ranges of a parameter by partner, of the first gateway where they have one."""
    texts: dict[str, list[str]] = {}
    for entry in found.assignments[0].parameters[name]["value"]:
        if entry.get("gateway", GW.lower()) == GW.lower():
            texts.setdefault(entry["partner"], []).append(entry["range"])
    return {partner: covered(written)[0] for partner, written in texts.items()}


def written(found: Derivation, name: str) -> dict[str, list[str]]:
    """Return the same as prefixes."""
    return {partner: cidrs(addresses) for partner, addresses in values(found, name).items()}


BEFORE = estate({"red": ["10.1.0.0/16"], "blue": ["10.2.0.0/16"]}, {"red": ["10.1.0.0/16"]})
TAKEN = estate({"red": ["10.1.0.0/16"], "blue": ["10.1.64.0/18"]}, {"red": ["10.1.0.0/16"]})


def test_what_two_partners_claim_is_allowed_to_neither() -> None:
    """Facts alone do not say whose a range is: it stays in use by both, which refuses both, and is allowed to nobody."""
    found = after(TAKEN)
    (conflict,) = found.conflicts
    assert (GW, ("blue", "red"), ["10.1.64.0/18"], {}) == (conflict.gateway, conflict.partners, cidrs(conflict.addresses), conflict.kept)
    assert ("site-blue-gw", "site-red-gw") == tuple(one.rsplit("/", 1)[-1] for one in conflict.sites)
    assert () == conflict.connections
    assert {"red": ["10.1.0.0/18", "10.1.128.0/17"]} == written(found, "allowedRanges")
    assert {"red": ["10.1.0.0/16"], "blue": ["10.1.64.0/18"]} == written(found, "partnerRanges")


def test_who_had_a_range_keeps_it() -> None:
    """With what is assigned, the partner that had the range is refused nothing, and the other one is refused the range."""
    found = after(TAKEN, BEFORE)
    (conflict,) = found.conflicts
    assert {"red": ["10.1.64.0/18"]} == {partner: cidrs(addresses) for partner, addresses in conflict.kept.items()}
    assert {"red": ["10.1.0.0/16"], "blue": ["10.2.0.0/16"]} == written(found, "allowedRanges")
    assert {"red": ["10.1.0.0/16"]} == written(found, "partnerRanges")
    refused = {one["name"]: denied for one in TAKEN if (denied := denied_by(one, found))}
    assert {"site-blue-gw": {"S2S-ADR-001"}} == refused
    assert {"S2S-ISO-003", "S2S-SEL-004"} == denied_by(
        connection("new", gateway=GW, site="", remote=["10.1.64.0/24"], partner="blue"), found
    )
    assert set() == denied_by(connection("new", gateway=GW, site="", remote=["10.1.64.0/24"], partner="red"), found)


def test_the_same_range_on_two_gateways_is_no_conflict() -> None:
    """Partners of different gateways never meet."""
    assert () == after(estate({"red": ["10.1.0.0/16"]}, {"blue": ["10.1.0.0/16"]})).conflicts


def test_our_own_site_conflicts_with_nobody() -> None:
    """An internal tunnel claims nothing."""
    bodies = estate({"red": ["10.1.0.0/16"], "blue": ["10.1.64.0/18"]})
    ours = [one | {"tags": one["tags"] | {"trust": "internal"}} if "blue" in one["name"] else one for one in bodies]
    assert () == after(ours).conflicts


def test_a_fixed_range_conflicts_as_a_prefix_does() -> None:
    """A connection that claims by its fixed remote ranges is named."""
    new = connection("new", gateway=GW, site="", remote=["10.1.0.0/24"], partner="blue")
    (conflict,) = after([*BEFORE, new]).conflicts
    assert (("site-red-gw",), ("new",)) == tuple(
        tuple(one.rsplit("/", 1)[-1] for one in ids) for ids in (conflict.sites, conflict.connections)
    )


def test_a_range_that_changed_hands_is_a_new_claim_with_its_owner() -> None:
    """Where the one who had a range gave it up, the other one's claim is no conflict; it is named, and not allowed."""
    found = after(estate({"red": ["10.9.0.0/16"], "blue": ["10.1.64.0/18"]}), BEFORE)
    assert () == found.conflicts
    new = [(one.partner, cidrs(one.addresses), one.earlier) for one in found.new_claims]
    assert [("blue", ["10.1.64.0/18"], ("red",)), ("red", ["10.9.0.0/16"], ())] == new
    assert {"red": ["10.1.0.0/16"], "blue": ["10.2.0.0/16"]} == written(found, "allowedRanges")


def test_a_partner_whose_ranges_did_not_fit_is_allowed_what_it_claimed() -> None:
    """Without allowed ranges in what is assigned, though listed as a partner, its claims there say what it had."""
    earlier = facts(BEFORE)
    lean = Registry(claims=earlier.claims, partners=earlier.partners)
    found = derive(inventory(TAKEN), OPTIONS, "subscription", lean)
    assert {"red": ["10.1.0.0/16"], "blue": ["10.2.0.0/16"]} == written(found, "allowedRanges")


@settings(max_examples=150)
@given(
    st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(["10.0.0.0/30", "10.0.0.2/31", "10.0.0.8/29", "::/127", "::1/128"])))
)
def test_shared_addresses_are_found_exactly(sets: dict[str, list[str]]) -> None:
    """Each address that two or more sets hold is listed once, by exactly those that hold it."""
    found = shared({name: covered(texts)[0] for name, texts in sets.items()})
    held = {name: {one for text in texts for one in ip_network(text)} for name, texts in sets.items()}
    truth = {one: names for one in set().union(*held.values()) if len(names := tuple(name for name in sets if one in held[name])) > 1}
    assert truth == {ip_address(str(one)): names for names, both in found.items() for text in cidrs(both) for one in ip_network(text)}


@settings(max_examples=100)
@given(ESTATES, ESTATES)
def test_fresh_parameters_never_drift(near: Claims, elsewhere: Claims) -> None:
    """What was derived from an estate differs from it in nothing, conflicts or not: those are named beside the differences."""
    bodies = estate(near, elsewhere)
    fresh = [
        Assigned(name=one.name, scope=one.scope, values={name: value["value"] for name, value in one.parameters.items()})
        for one in after(bodies).assignments
    ]
    assert () == compare(by_scope(fresh), look(inventory(bodies), OPTIONS))


@settings(max_examples=100)
@given(ESTATES, ESTATES, ESTATES)
def test_nobody_gains_by_a_claim(before: Claims, now: Claims, elsewhere: Claims) -> None:
    """With what is assigned, nobody is allowed more, and nobody loses a claim that it alone had there."""
    bodies = estate(now, elsewhere)
    earlier = facts(estate(before, elsewhere))
    found = derive(inventory(bodies), OPTIONS, "subscription", earlier)
    allowed, claims = values(found, "allowedRanges"), values(found, "partnerRanges")
    assert {} == {partner: one for partner, one in allowed.items() if one - earlier.allowed[partner]}
    fresh = {partner: one for (end, partner), one in facts(bodies).claims.items() if end == GW.lower()}
    had = {partner: one for (end, partner), one in earlier.claims.items() if end == GW.lower()}
    for partner, now_claimed in fresh.items():
        kept = now_claimed & had.get(partner, AddressSet())
        for other in fresh:
            if other != partner:
                kept -= had.get(other, AddressSet())
        assert not kept - claims.get(partner, AddressSet())
        assert not kept - allowed.get(partner, AddressSet()) or partner in elsewhere
        assert not any(kept.meets(claims.get(other, AddressSet())) for other in fresh if other != partner)
