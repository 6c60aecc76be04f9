"""Address sets as the CIDR prefixes that Azure Policy can compare, and back."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, summarize_address_range

from s2sguard.model.address import AddressSet, parse_range, union
from s2sguard.model.value import Unknown


def cidrs(addresses: AddressSet) -> list[str]:
    """Return the fewest CIDR prefixes that cover exactly these addresses, IPv4 first, in order of address.

    They are the largest prefixes inside the set, so a prefix lies in the set if and only if it lies in one of them:
    what lets a rule test containment prefix by prefix.
    """
    found = [str(net) for first, last in addresses.v4 for net in summarize_address_range(IPv4Address(first), IPv4Address(last))]
    found.extend(str(net) for first, last in addresses.v6 for net in summarize_address_range(IPv6Address(first), IPv6Address(last)))
    return found


def covered(texts: Iterable[str]) -> tuple[AddressSet, list[str]]:
    """Return the addresses that the ranges cover together, and the texts that are no ranges."""
    sets: list[AddressSet] = []
    unreadable: list[str] = []
    for text in texts:
        parsed = parse_range(text)
        if isinstance(parsed, Unknown):
            unreadable.append(text)
        else:
            sets.append(parsed)
    return union(sets), unreadable
