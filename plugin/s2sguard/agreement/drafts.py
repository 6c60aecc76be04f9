"""Drafts of agreements from what is configured: what a partner would have to sign for things to be as they are.

A draft repeats the configuration, mistakes included: it is a question to the partner, not the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias, TypeVar

from s2sguard.agreement.skeleton import last_day
from s2sguard.agreement.written import Draft
from s2sguard.facts.addressing import peer_of, reach_of
from s2sguard.facts.crypto import ALGORITHM_FIELDS, NUMBER_FIELDS
from s2sguard.facts.identity import own_label
from s2sguard.facts.shard import carries_ipsec
from s2sguard.fix.policy import PREFERRED
from s2sguard.fix.ranges import prefixes_of
from s2sguard.model.address import union
from s2sguard.model.agreement import DRAFT_OWNER, DRAFT_TICKET, gcm_fits, is_place
from s2sguard.model.estate import Connection, Estate, Gateway, Prefixes
from s2sguard.model.folding import fold
from s2sguard.model.value import Maybe, Unknown

T = TypeVar("T")
_Ranges: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]

MOST: Final = 256
"""Ranges of one list, and selectors, that an agreement may have (agreements.schema.json)."""
_PHASE_1: Final = {"encryption": "ike_encryption", "integrity": "ike_integrity", "group": "dh_group"}
_PHASE_2: Final = {"encryption": "ipsec_encryption", "integrity": "ipsec_integrity", "pfs": "pfs_group"}
_LIFETIMES: Final = {
    "lifetime_seconds": ("sa_lifetime_seconds", 300, 172799),
    "lifetime_kilobytes": ("sa_data_size_kilobytes", 1024, 2147483647),
}
"""Key of an agreement -> field of a policy, and the bounds of the schema."""
_NO_POLICY: Final = "no custom policy is configured: the algorithms are a proposal"
_NO_EFFECT: Final = "policy-based selectors are off, so the fixed selectors take no effect as they are"
_NOT_FIXED: Final = "no selectors are fixed: the local ranges are all networks of the gateway, so name the ones the partner needs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Undrafted:
    """A connection that no agreement can be drafted for, and why."""

    name: str
    reason: str


class _NoDraftError(Exception):
    """What a draft needs is not known, or cannot be said in one; never leaves this module."""


def drafts_of(estate: Estate, today: date) -> Iterator[Draft | Undrafted]:
    """Yield a draft for each connection of a partner, in the order of the estate."""
    subjects = [(gateway, connection) for gateway in estate.gateways for connection in gateway.connections if _is_subject(connection)]
    names = Counter(fold(connection.name) for _, connection in subjects)
    parties = {(one.partner, own_label(one, one.partner)) for _, one in subjects if isinstance(one.partner, str)}
    labels = Counter(fold(label) for _, label in parties)
    for gateway, connection in subjects:
        try:
            name = connection.name if names[fold(connection.name)] == 1 else connection.id
            yield _draft(connection, gateway, name, labels, today)
        except _NoDraftError as error:
            yield Undrafted(name=connection.name, reason=str(error))


def _is_subject(connection: Connection) -> bool:
    """Say whether a connection is one that the controls hold against an agreement."""
    return carries_ipsec(connection) and connection.trust != "internal" and connection.device is None


def _draft(connection: Connection, gateway: Gateway, name: str, labels: Counter[str], today: date) -> Draft:
    party, site = _known(connection.partner), _known(connection.site)
    if site is None:
        raise _NoDraftError("it has no site")
    peer, prefixes = _known(peer_of(site))["value"], _known(site.prefixes)
    if not peer or not prefixes.texts:
        raise _NoDraftError("its site has no prefix" if peer else "its site has no address")
    if not is_place(peer):
        raise _NoDraftError("its site has neither an address nor a DNS name")
    remarks: list[str] = []
    selectors = _selectors(connection, gateway, prefixes, remarks)
    policy = _policy(connection, remarks)
    if max(len(prefixes.texts), len(selectors), *(len(side) for one in selectors for side in one)) > MOST:
        raise _NoDraftError(f"it has more than {MOST} ranges in one list")
    label = own_label(connection, party)
    return Draft(
        partner=label if labels[fold(label)] == 1 else party,
        connections=(name,),
        peers=(peer,),
        prefixes=tuple(dict.fromkeys(prefixes.texts)),
        selectors=selectors,
        phase_1={key: str(policy[field]) for key, field in _PHASE_1.items()},
        phase_2={**{key: str(policy[field]) for key, field in _PHASE_2.items()}, **_lifetimes(policy)},
        owner=DRAFT_OWNER,
        ticket=DRAFT_TICKET,
        valid_from=today,
        valid_to=last_day(today),
        remarks=tuple(remarks),
    )


def _known(value: Maybe[T]) -> T:
    if isinstance(value, Unknown):
        raise _NoDraftError(value.reason)
    return value


def _selectors(connection: Connection, gateway: Gateway, prefixes: Prefixes, remarks: list[str]) -> tuple[_Ranges, ...]:
    """Return what is fixed; without, every network of the gateway, which is what Azure would offer."""
    fixed = _known(connection.fixed_selectors)
    if fixed:
        if connection.policy_based_selectors is False:
            remarks.append(_NO_EFFECT)
        outside = union([one.selector.remote for one in fixed]) - prefixes.addresses
        if outside:
            raise _NoDraftError(f"remote ranges lie outside the site (S2S-SEL-004): {', '.join(outside.texts())}")
        return tuple(dict.fromkeys((_once(one.local_texts), _once(one.remote_texts)) for one in fixed))
    reach = reach_of(gateway.networks)
    if not reach.covered:
        raise _NoDraftError(reach.doubt or "no selectors are fixed, and no network of the gateway has a prefix in the input")
    remarks.append(_NOT_FIXED)
    return ((tuple(prefixes_of(reach.covered)), _once(prefixes.texts)),)


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _policy(connection: Connection, remarks: list[str]) -> dict[str, str | int | None]:
    """Return the fields of the custom policy; without one, what the control pages recommend."""
    policy = _known(connection.policy)
    if policy is None:
        remarks.append(_NO_POLICY)
        return {field: values[0] for field, values in PREFERRED.items()}
    found: dict[str, str | int | None] = {field: _known(getattr(policy, field)) for field in (*ALGORITHM_FIELDS, *NUMBER_FIELDS)}
    missing = [field for field in ALGORITHM_FIELDS if found[field] is None]
    if missing:
        raise _NoDraftError(f"its custom policy lacks {', '.join(missing)}")
    if not gcm_fits(str(found["ipsec_encryption"]), str(found["ipsec_integrity"])):
        raise _NoDraftError("its custom policy does not pair GCM in phase 2 (S2S-IKE-007)")
    return found


def _lifetimes(policy: Mapping[str, str | int | None]) -> dict[str, str | int]:
    """Return the lifetimes that an agreement may name; another one stays out of it, and is not compared then."""
    found = {key: (policy.get(field), least, most) for key, (field, least, most) in _LIFETIMES.items()}
    return {key: value for key, (value, least, most) in found.items() if isinstance(value, int) and least <= value <= most}
