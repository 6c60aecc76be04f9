"""Overlaps between the partners of one gateway, in three values."""

from __future__ import annotations

from collections.abc import Iterable

from s2sguard.facts.addressing import Claim, Found, overlap_facts, overlaps
from s2sguard.facts.document import ConnectionFacts
from s2sguard.facts.identity import party_label
from s2sguard.model.address import AddressSet, union
from s2sguard.model.estate import Connection
from s2sguard.model.value import Maybe, Unknown


class PartnerOverlaps:
    """Overlaps between the claims of one gateway's partner connections; an unknown claim may overlap every other."""

    def __init__(self, claims: Iterable[Maybe[Claim] | None], incomplete: str) -> None:
        listed = list(claims)
        self._incomplete = incomplete
        known = [(index, claim) for index, claim in enumerate(listed) if isinstance(claim, Claim)]
        self._found: dict[int, Found] = {}
        if len(known) > 1:
            found = overlaps([claim for _, claim in known])
            self._found = {index: result for (index, _), result in zip(known, found, strict=True)}
        self._claims = listed
        self._doubts = [claim.reason for claim in listed if isinstance(claim, Unknown)]
        self.any_found = any(count for count, _ in self._found.values())

    def of(self, index: int) -> tuple[Found, int, str]:
        """Return (found, possible, doubt) for one connection."""
        claim = self._claims[index]
        found: Found = self._found.get(index, (0, []))
        if isinstance(claim, Unknown):
            return found, len(self._claims) - 1, claim.reason
        if claim is None:
            return found, 0, ""
        return found, len(self._doubts), self._doubts[0] if self._doubts else self._incomplete

    def put(self, facts: ConnectionFacts, name: str, index: int) -> None:
        """Write the overlap of one connection into its facts."""
        found, possible, doubt = self.of(index)
        facts[name] = overlap_facts(found, possible)  # type: ignore[literal-required]
        if doubt:
            facts["unknown"][name] = doubt


def remote_claim(connection: Connection) -> Maybe[Claim] | None:
    """Return the fixed remote ranges a partner's connection claims; None if it claims none."""
    if connection.trust == "internal":
        return None
    if isinstance(connection.fixed_selectors, Unknown):
        return connection.fixed_selectors
    if not connection.fixed_selectors:
        return None
    return _claim(connection, connection.id, union(element.selector.remote for element in connection.fixed_selectors))


def site_claim(connection: Connection) -> Maybe[Claim] | None:
    """Return the site prefixes a partner's connection claims; None if it claims none."""
    if connection.trust == "internal" or connection.site is None:
        return None
    if isinstance(connection.site, Unknown):
        return connection.site
    prefixes = connection.site.prefixes
    return prefixes if isinstance(prefixes, Unknown) else _claim(connection, connection.site.id, prefixes.addresses)


def _claim(connection: Connection, claim_id: str, addresses: AddressSet) -> Maybe[Claim]:
    if isinstance(connection.partner, Unknown):
        return connection.partner
    return Claim(id=claim_id, party=connection.partner, label=party_label(connection.partner), addresses=addresses)
