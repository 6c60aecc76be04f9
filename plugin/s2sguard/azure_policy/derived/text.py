"""Conflicts and new claims as one line for people; the documents' `reason`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from s2sguard.azure_policy.derived.model import Conflict, NewClaim
from s2sguard.azure_policy.derived.ranges import cidrs
from s2sguard.facts.identity import party_label
from s2sguard.model.address import AddressSet

MOST_NAMES: Final = 4
"""Names or ranges in one line; the lists beside it have all."""


def conflict_text(one: Conflict) -> str:
    """Return who claims the same addresses where, by which resources, and who had them first."""
    who = _few([party_label(partner) for partner in one.partners])
    by = _few([identity.rsplit("/", 1)[-1] for identity in (*one.sites, *one.connections)])
    first = "".join(f"; {party_label(partner)} had {_ranges(addresses)} first" for partner, addresses in one.kept.items())
    return f"{who} claim the same addresses on {one.gateway.rsplit('/', 1)[-1]}: {_ranges(one.addresses)} (by {by}){first}"


def new_claim_text(one: NewClaim) -> str:
    """Return who claims what without having been allowed it, and who had it."""
    taken = f"; {_few([party_label(owner) for owner in one.earlier])} had some of it" if one.earlier else ""
    return f"{party_label(one.partner)} claims {_ranges(one.addresses)}, which is not allowed to it in what is assigned{taken}"


def _ranges(addresses: AddressSet) -> str:
    return _few(cidrs(addresses))


def _few(names: Sequence[str]) -> str:
    names = list(dict.fromkeys(names))
    rest = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return (", " if rest or len(names) > 2 else " and ").join(names[:MOST_NAMES]) + rest
