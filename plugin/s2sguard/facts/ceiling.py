"""What a connection can be made to carry: the ceiling, why it is open, and what Azure proposes.

The **ceiling** is the largest set of selectors the far end can bring about.
It is any x any unless the connection is hardened: then exactly the fixed selectors (article, stage 4).
Every reason that keeps it open has a name, so that reports and fixes can speak of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from s2sguard.facts.given import Assumptions
from s2sguard.model.address import ANY, AddressSet, parse_range, union
from s2sguard.model.estate import Connection, Gateway, IpsecPolicy
from s2sguard.model.inventory import fold_id
from s2sguard.model.selector import ANY_SELECTOR, Selector
from s2sguard.model.value import Maybe, Unknown

OPEN_REASONS = {
    "policy-based-selectors-off": "policy-based selectors are off",
    "no-custom-policy": "there is no custom IPsec policy",
    "no-fixed-selectors": "there are no fixed selectors",
    "responder-allowed": "its mode lets the partner start",
    "ikev1": "the protocol is IKEv1, for which connection mode means nothing",
    "policy-based-gateway": "the gateway is policy-based, for which connection mode means nothing",
    "nat-rules": "NAT rules and policy-based selectors exclude each other",
    "tunnel-interface": "it is a tunnel interface, which carries whatever is routed into it",
    "assume-peer-child-sa-accepted": "assumed: the peer may widen inside an established IKE SA",
    "assume-answer-not-clipped": "assumed: Azure accepts an answer wider than its proposal",
    "assume-fallback-with-fixed": "assumed: Azure falls back to any x any when fixed selectors fail",
}
"""Reason -> one clause for people, in the order in which a ceiling lists them."""

OPEN = (ANY_SELECTOR,)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The largest set of selectors: `OPEN`, or the fixed ones; with the reasons that keep it open."""

    selectors: tuple[Selector, ...]
    reasons: tuple[str, ...] = ()
    observed: bool = False
    """It is what is in force, not what may be brought about."""

    @property
    def is_open(self) -> bool:
        """Say whether any packet fits."""
        return self.selectors is OPEN


def ceiling_of(connection: Connection, vpn_type: Maybe[str], assumptions: Assumptions) -> Maybe[Ceiling]:
    """Return the ceiling of an IPsec connection; unknown when only something unknown decides whether it is hardened."""
    reasons: list[str] = []
    doubt: Unknown | None = None
    for reason, holds in _conditions(connection, vpn_type, assumptions):
        if isinstance(holds, Unknown):
            doubt = doubt or holds
        elif not holds:
            reasons.append(reason)
    if reasons:
        return Ceiling(OPEN, tuple(reasons))
    if doubt is not None:
        return doubt
    fixed = connection.fixed_selectors
    return fixed if isinstance(fixed, Unknown) else Ceiling(tuple(element.selector for element in fixed))


def device_ceiling(selectors: tuple[Selector, ...]) -> Ceiling:
    """Return the ceiling of a tunnel of a device, in one direction."""
    return Ceiling(OPEN, ("tunnel-interface",)) if selectors == OPEN else Ceiling(selectors)


def _conditions(connection: Connection, vpn_type: Maybe[str], assumptions: Assumptions) -> Iterator[tuple[str, Maybe[bool]]]:
    """Yield (reason the ceiling is open if this does not hold, does it hold)."""
    yield "policy-based-selectors-off", connection.policy_based_selectors
    yield "no-custom-policy", _exists(connection.policy)
    yield "no-fixed-selectors", _exists(connection.fixed_selectors)
    yield "responder-allowed", _is(connection.mode, "InitiatorOnly")
    yield "ikev1", _is(connection.protocol, "IKEv2")
    yield "policy-based-gateway", _is(vpn_type, "RouteBased")
    nat = _exists(connection.nat_rules)
    yield "nat-rules", nat if isinstance(nat, Unknown) else not nat
    yield "assume-peer-child-sa-accepted", assumptions["peer_child_sa"] == "refused"
    yield "assume-answer-not-clipped", assumptions["answer_clipped"]
    yield "assume-fallback-with-fixed", assumptions["no_fallback_with_fixed"]


def _exists(value: Maybe[IpsecPolicy | tuple[object, ...] | None]) -> Maybe[bool]:
    if isinstance(value, Unknown):
        return value
    return value is not None and value != ()


def _is(value: Maybe[str], wanted: str) -> Maybe[bool]:
    return value if isinstance(value, Unknown) else value == wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One thing Azure offers when it initiates, in order."""

    step: int
    why: str
    selectors: tuple[Selector, ...]
    """One child SA each; empty where something it is made of is not known."""


def offers(connection: Connection, gateway: Gateway, routed: Maybe[AddressSet]) -> tuple[Offer, ...]:
    """Return what Azure proposes as initiator, in order (article: default behaviour and its footnote; azure.md 4.1).

    Microsoft does not publish this order; the article observed it, and it decides nothing but explanations.
    """
    if connection.mode == "ResponderOnly":
        return (Offer(step=1, why="responder only: Azure never initiates", selectors=()),)
    effective = connection.policy_based_selectors is True and not isinstance(connection.policy, Unknown) and connection.policy is not None
    fixed = connection.fixed_selectors
    if effective and not isinstance(fixed, Unknown) and fixed:
        return (Offer(step=1, why="fixed selectors", selectors=tuple(element.selector for element in fixed)),)
    anything = ("any x any", (ANY_SELECTOR,))
    matrix = ("hub and spoke prefixes with site prefixes", _matrix(_reach(gateway, hub_only=False), routed))
    hub = ("hub prefixes with site prefixes", _matrix(_reach(gateway, hub_only=True), routed))
    steps = (matrix, anything) if effective else (anything, matrix, hub)
    return tuple(Offer(step=number, why=why, selectors=selectors) for number, (why, selectors) in enumerate(steps, 1))


def _reach(gateway: Gateway, *, hub_only: bool) -> Maybe[AddressSet]:
    members: list[AddressSet] = []
    for network in gateway.networks[: 1 if hub_only else None]:
        if network.uses_gateway is False:
            continue
        if isinstance(network.addresses, Unknown) or isinstance(network.uses_gateway, Unknown):
            return Unknown(f"network {network.name} cannot be read")
        members.append(network.addresses)
    return union(members)


def _matrix(local: Maybe[AddressSet], remote: Maybe[AddressSet]) -> tuple[Selector, ...]:
    if isinstance(local, Unknown) or isinstance(remote, Unknown):
        return ()
    return tuple(Selector(near, far) for near in _ranges(local) for far in _ranges(remote) if bool(near.v4) == bool(far.v4))


def _ranges(addresses: AddressSet) -> list[AddressSet]:
    """Return each prefix or range of a set as a set of its own."""
    return [found for text in addresses.texts() if isinstance(found := parse_range(text), AddressSet)]


def routed_bounds(connection: Connection, gateway: Gateway) -> tuple[AddressSet, AddressSet, str]:
    """Return what the gateway routes into this connection (the site `S` of design section 4): at least, at most, and why they differ.

    Its prefixes; *any* with BGP, or when it is the gateway's default site; with NAT, external instead of internal mappings.
    On a virtual hub, as much of that as the hub's routes carry from other connections.
    """
    at_least, at_most, doubt = _site_bounds(connection, gateway)
    passage = connection.passage
    if passage is None or passage.certain:
        return at_least, at_most, doubt
    possible = at_most & passage.possible
    return AddressSet(), possible, (passage.doubt or doubt) if possible else ""


def _site_bounds(connection: Connection, gateway: Gateway) -> tuple[AddressSet, AddressSet, str]:
    routed = _prefixes(connection, gateway)
    for widens in (connection.bgp, _is_default_site(connection, gateway)):
        if widens is True:
            return ANY, ANY, ""
    doubts = [value.reason for value in (connection.bgp, _is_default_site(connection, gateway), routed) if isinstance(value, Unknown)]
    at_least = AddressSet() if isinstance(routed, Unknown) else routed
    return (at_least, ANY, doubts[0]) if doubts else (at_least, at_least, "")


def _is_default_site(connection: Connection, gateway: Gateway) -> Maybe[bool]:
    default = gateway.default_site_id
    if isinstance(default, Unknown):
        return default
    return bool(default) and (connection.site_id if isinstance(connection.site_id, Unknown) else fold_id(connection.site_id) == default)


def _prefixes(connection: Connection, gateway: Gateway) -> Maybe[AddressSet]:
    site = connection.site
    if isinstance(site, Unknown):
        return site
    if site is None:
        return AddressSet()
    return site.prefixes if isinstance(site.prefixes, Unknown) else _translate(site.prefixes.addresses, connection, gateway)


def _translate(addresses: AddressSet, connection: Connection, gateway: Gateway) -> Maybe[AddressSet]:
    """Replace what ingress NAT rules hide by what they show (azure.md 4.7: IngressSnat translates the site's addresses)."""
    rules = connection.nat_rules
    if not rules:
        return addresses
    if isinstance(rules, Unknown):
        return rules
    known_rules = {rule.key: rule for rule in gateway.nat_rules}
    for key in rules:
        rule = known_rules.get(key)
        if rule is None or isinstance(rule.mode, Unknown):
            return Unknown("a NAT rule of the connection is not in the input")
        if rule.mode != "IngressSnat":
            continue
        if isinstance(rule.internal, Unknown):
            return rule.internal
        if isinstance(rule.external, Unknown):
            return rule.external
        addresses = (addresses - rule.internal) | rule.external
    return addresses
