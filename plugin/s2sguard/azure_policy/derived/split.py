"""One registry as the parameters of as many assignments as it takes.

Every assignment at a scope is evaluated, and one deny is enough. So "overlaps some foreign range" may be spread over
any number of assignments, each with up to 100 ranges. "Lies in none of the own ranges" may not: all ranges of a partner,
or all networks of a gateway, have to be in one assignment. What has more than 100 is left out of that one test, and named.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from s2sguard.azure_policy.derived.limits import MOST_ENTRIES
from s2sguard.azure_policy.derived.model import NotExpressed, Parameters, Registry
from s2sguard.azure_policy.derived.ranges import cidrs
from s2sguard.facts.identity import party_label

Entry: TypeAlias = dict[str, str]
Group: TypeAlias = tuple[str, list[Entry]]
"""What the entries are about (a partner or a gateway), and the entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """The parameters of each assignment, and what does not fit."""

    parts: tuple[Parameters, ...]
    not_expressed: tuple[NotExpressed, ...]


def split(registry: Registry, scope: str) -> Split:
    """Return the parameters for one scope; none where there is no gateway to judge anything by."""
    if not registry.gateways:
        return Split(parts=(), not_expressed=())
    claims = pack(_claim_groups(registry))
    allowed_groups, too_many_allowed = _fitting(_allowed_groups(registry))
    network_groups = _network_groups(registry)
    whole_networks, too_many_networks = _fitting(network_groups)
    allowed, networks = pack(allowed_groups), pack(network_groups)
    judged = registry.network_gateways - {name for name, _ in too_many_networks}
    silent = judged - {name for name, _ in whole_networks}
    count = max(len(claims), len(allowed), len(networks), 1)
    parts = []
    for number in range(count):
        ranges = _at(networks, number)
        # A gateway without any known network is judged once, by nothing: no local range is its own.
        here = ({entry["gateway"] for entry in ranges} & judged) | (silent if number == 0 else set())
        parts.append(_parameters(registry, _at(claims, number), _at(allowed, number), ranges, here))
    missing = [
        *(_refusal("S2S-SEL-004", "partner", group, scope) for group in too_many_allowed),
        *(_refusal("S2S-SEL-005", "gateway", group, scope) for group in too_many_networks),
    ]
    return Split(parts=tuple(parts), not_expressed=tuple(missing))


def pack(groups: Iterable[Group]) -> list[list[Entry]]:
    """Return lists of at most 100 entries; a group stays together where it fits into one list, and is spread where it does not."""
    bins: list[list[Entry]] = []
    for _, entries in groups:
        if len(entries) > MOST_ENTRIES:
            bins.extend(entries[start : start + MOST_ENTRIES] for start in range(0, len(entries), MOST_ENTRIES))
            continue
        room = next((one for one in bins if len(one) + len(entries) <= MOST_ENTRIES), None)
        if room is None:
            bins.append(list(entries))
        else:
            room.extend(entries)
    return bins


def _fitting(groups: Sequence[Group]) -> tuple[list[Group], list[Group]]:
    fit = [group for group in groups if len(group[1]) <= MOST_ENTRIES]
    return fit, [group for group in groups if len(group[1]) > MOST_ENTRIES]


def _at(bins: Sequence[list[Entry]], number: int) -> list[Entry]:
    return bins[number] if number < len(bins) else []


def _claim_groups(registry: Registry) -> list[Group]:
    return [
        (partner, [{"range": text, "partner": partner, "gateway": gateway} for text in cidrs(addresses)])
        for (gateway, partner), addresses in sorted(registry.claims.items(), key=lambda item: (item[0][1], item[0][0]))
    ]


def _allowed_groups(registry: Registry) -> list[Group]:
    return [
        (partner, [{"range": text, "partner": partner} for text in cidrs(addresses)])
        for partner, addresses in sorted(registry.allowed.items())
    ]


def _network_groups(registry: Registry) -> list[Group]:
    return [
        (gateway, [{"range": text, "gateway": gateway} for text in cidrs(addresses)])
        for gateway, addresses in sorted(registry.networks.items())
    ]


def _refusal(control: str, kind: str, group: Group, scope: str) -> NotExpressed:
    name, entries = group
    label = party_label(name)
    what = f"the ranges of partner {label}" if kind == "partner" else f"the address space behind gateway {label}"
    return NotExpressed(
        control=control,
        subject=name,
        kind="partner" if kind == "partner" else "gateway",
        scope=scope,
        needs=len(entries),
        limit=MOST_ENTRIES,
        reason=f"{what} must be in one assignment and take {len(entries)} entries; a value count goes through {MOST_ENTRIES}",
    )


def _parameters(
    registry: Registry, claims: list[Entry], allowed: list[Entry], networks: list[Entry], network_gateways: Iterable[str]
) -> Parameters:
    values: dict[str, object] = {
        "partnerRanges": claims,
        "allowedRanges": allowed,
        "networkRanges": networks,
        "partners": sorted(registry.partners),
        "gateways": sorted(registry.gateways),
        "networkGateways": sorted(network_gateways),
        "partnerOf": dict(sorted(registry.partner_of.items())),
        "trustOf": dict(sorted(registry.trust_of.items())),
        "sitePartner": dict(sorted(registry.site_partner.items())),
        "siteTrust": dict(sorted(registry.site_trust.items())),
        "siteGateways": {site: sorted(gateways) for site, gateways in sorted(registry.site_gateways.items())},
        "siteOverlaps": {site: list(gateways) for site, gateways in sorted(registry.site_overlaps.items())},
        "siteNetworkOverlaps": {site: list(gateways) for site, gateways in sorted(registry.site_network_overlaps.items())},
        "partnerTag": registry.partner_tag,
        "trustTag": registry.trust_tag,
    }
    return {name: {"value": value} for name, value in values.items()}
