"""What is configured on a connection, held against what was signed with its owner.

Which agreement that is: of those with its partner one that names the connection, else one with the peer of its site, else any
that names no connection. Where nobody says who the partner is, and every site is its own, one that names the connection says it.
Of several that are equally near, one in force counts, and of those the one that began last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from s2sguard.facts.addressing import peer_of
from s2sguard.facts.agreed_ranges import prefix_difference, selector_difference
from s2sguard.facts.agreement_facts import AgreementFacts
from s2sguard.facts.document import ConnectionFacts
from s2sguard.facts.identity import is_own_id, own_label
from s2sguard.model.address import parse_address
from s2sguard.model.agreement import PHASE_1, PHASE_2, Agreement, conflicts
from s2sguard.model.estate import Connection, IpsecPolicy
from s2sguard.model.folding import fold
from s2sguard.model.inventory import fold_id
from s2sguard.model.value import Maybe, Unknown

_LIFETIMES: Final = {"sa_lifetime_seconds": 27000, "sa_data_size_kilobytes": 102400000}
"""Field -> what Azure takes where it is left out (azure.md 4.4)."""
_SAME: Final = {"DHGroup2048": "DHGroup14", "PFS2048": "PFS14"}
"""Two names of group 14 each (azure.md 4.4)."""


class AgreementBook:
    """All agreements that a run was given, found by partner."""

    def __init__(self, agreements: Sequence[Agreement], today: date) -> None:
        """Sort them; `today` is the day that periods are judged by."""
        self._today = today
        self._all = agreements
        self._by_partner: dict[str, list[Agreement]] = defaultdict(list)
        for one in agreements:
            self._by_partner[fold(one.partner)].append(one)
        self._by_connection: dict[str, list[Agreement]] = defaultdict(list)
        for one in agreements:
            for name in one.connections:
                self._by_connection[fold_id(name)].append(one)
        self._clashes: dict[int, list[str]] = {}

    def add(self, facts: ConnectionFacts, connection: Connection) -> None:
        """Add the fact `agreement` of a connection that may be a partner's; internal ones need none."""
        if connection.trust == "internal" or connection.device is not None:
            return
        if isinstance(connection.partner, Unknown):
            facts["unknown"]["agreement"] = connection.partner.reason
            return
        found = self.of(connection)
        if found is not None:
            near = self._near(connection, connection.partner)
            facts["agreement"] = self._compare(found, near, connection, facts["unknown"])
            return
        facts["agreement"] = {"found": False, "label": own_label(connection, connection.partner)}
        own = self._own(connection, connection.partner)
        others = self._of_others(connection, own)
        if own:
            facts["agreement"]["own"] = _labels(own)
        if others:
            facts["agreement"]["others"] = _labels(others)

    def of(self, connection: Connection) -> Agreement | None:
        """Return the agreement that a connection is held against; None where there is none, or its partner is not known."""
        if isinstance(connection.partner, Unknown):
            return None
        near = self._near(connection, connection.partner)
        return max(near, key=lambda one: (one.state(self._today) == "in force", one.valid_from), default=None)

    def _of_others(self, connection: Connection, own: Sequence[Agreement]) -> list[Agreement]:
        """Return the agreements with other partners that speak of a connection without one: perhaps a name is mistyped."""
        peer = _peer(connection)
        found = [*self._naming(connection), *(one for one in self._all if _agreed_place(one, peer))]
        return [one for one in found if one not in own]

    def _own(self, connection: Connection, partner: str) -> list[Agreement]:
        """Return the agreements with the partner of a connection, whatever they are about."""
        label = fold(own_label(connection, partner))
        return [*self._by_partner.get(partner, ()), *(self._by_partner.get(label, ()) if label != partner else ())]

    def _near(self, connection: Connection, partner: str) -> list[Agreement]:
        """Return the agreements that are nearest to a connection, all of them equally near."""
        own = self._own(connection, partner)
        named = [one for one in self._naming(connection) if one in own or is_own_id(connection, partner)]
        rest = [one for one in own if not one.connections]
        peer = _peer(connection)
        peered = [one for one in rest if _agreed_place(one, peer)]
        return named or peered or rest

    def _naming(self, connection: Connection) -> list[Agreement]:
        """Return the agreements that name a connection, by id or by name."""
        found = [one for name in (fold_id(connection.id), fold_id(connection.name)) for one in self._by_connection.get(name, ())]
        return list(dict.fromkeys(found))

    def _compare(self, one: Agreement, near: Sequence[Agreement], connection: Connection, unknown: dict[str, str]) -> AgreementFacts:
        facts: AgreementFacts = {
            "found": True,
            "label": one.label,
            "place": one.place,
            "state": one.state(self._today),
            "valid_from": one.valid_from.isoformat(),
            "valid_to": one.valid_to.isoformat(),
            "peers": list(one.peers),
            "conflicts": [*self._twice(one, near), *self._conflicts(one)],
        }
        peer = _peer(connection)
        values: dict[str, object] = {
            "ends_at": peer if isinstance(peer, Unknown) else [] if _agreed_place(one, peer) else [peer or "no address"],
            "selectors": selector_difference(one, connection),
            "prefixes": prefix_difference(one, connection),
            "algorithms": algorithm_difference(one, connection.policy),
        }
        for name, value in values.items():
            if isinstance(value, Unknown):
                unknown[f"agreement.{name}"] = value.reason
            else:
                facts[name] = value  # type: ignore[literal-required]
        return facts

    def _conflicts(self, one: Agreement) -> list[str]:
        """Return why an agreement cannot hold beside others; worked out once for each."""
        if id(one) not in self._clashes:
            self._clashes[id(one)] = [f"with {other.label}: {reason}" for other in self._all for reason in conflicts(one, other)]
        return self._clashes[id(one)]

    def _twice(self, one: Agreement, near: Iterable[Agreement]) -> list[str]:
        """Return which other agreements are in force for the same connection and say something else."""
        if one.state(self._today) != "in force":
            return []
        return [
            f"with {other.label}: both are in force for this connection and differ ({one.place}, {other.place})"
            for other in near
            if other is not one and other.state(self._today) == "in force" and _terms(other) != _terms(one)
        ]


def _labels(found: Iterable[Agreement]) -> list[str]:
    return list(dict.fromkeys(one.label for one in found))


def _terms(one: Agreement) -> tuple[object, ...]:
    return one.prefixes.addresses, tuple(each.selector for each in one.selectors), one.algorithms, frozenset(map(_place, one.peers))


def _peer(connection: Connection) -> Maybe[str]:
    """Return where the far end answers, empty for nowhere."""
    site = connection.site
    if isinstance(site, Unknown):
        return site
    peer = Unknown("it has no site") if site is None else peer_of(site)
    return peer if isinstance(peer, Unknown) else peer["value"]


def _agreed_place(one: Agreement, peer: Maybe[str]) -> bool:
    """Say whether a place is one of the agreed ones, by address or by name; what is unknown is not."""
    return isinstance(peer, str) and _place(peer) in {_place(text) for text in one.peers}


def _place(text: str) -> object:
    """Return an address, or a DNS name as it counts: without case and without the root's dot (RFC 4343, RFC 1034 section 3.1)."""
    return parse_address(text) or fold(text.strip()).removesuffix(".")


def algorithm_difference(one: Agreement, policy: Maybe[IpsecPolicy | None]) -> Maybe[list[str]]:
    """Return what differs in the custom policy, one clause for each field; unknown where nothing does and something is not known."""
    if isinstance(policy, Unknown):
        return policy
    if policy is None:
        return ["there is no custom IPsec policy, so Azure offers its default algorithms"]
    found: list[str] = []
    doubt: Unknown | None = None
    for field in (*PHASE_1, *PHASE_2, *_LIFETIMES):
        wanted, value = getattr(one.algorithms, field), getattr(policy, field)
        if isinstance(value, Unknown):
            doubt = doubt or (None if wanted is None else Unknown(f"{field}: {value.reason}"))
            continue
        has = _LIFETIMES.get(field) if value is None else value
        if wanted is not None and _SAME.get(str(has), str(has)) != _SAME.get(str(wanted), str(wanted)):
            found.append(f"{field} is {'missing' if has is None else has}, agreed {wanted}")
    return doubt if doubt is not None and not found else found
