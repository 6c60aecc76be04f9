"""A file to start from: every key with what it means, and values of the documentation ranges (RFC 5737) that can be read as they are."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from s2sguard.agreement.written import scalar
from s2sguard.model.agreement import NEW_OWNER, NEW_TICKET

YEAR: Final = timedelta(days=364)
"""From the first day to the last one of an agreement for a year."""

_TEXT: Final = """\
# What we and a partner signed. Local is always the Azure side, remote the partner's. No key belongs here.
# `s2sguard config schema agreements` prints the shape for editors; `s2sguard agreement check FILE` reads it.
agreements:
  - partner: {partner}   # as the tag of connections and sites names it, in any casing
    # connections: [to-partner]   # names or ids, where the partner has several connections with different terms
    peers: [198.51.100.7]   # addresses or names of the partner's devices
    prefixes: [10.1.0.0/16]   # what Azure routes to the partner: the prefixes of the site

    # What the partner may reach: the whole encryption domain ...
    local: [172.16.1.0/24]
    # ... or selector by selector, such as one for each spoke (instead of `local`):
    # selectors:
    #   - {{ local: [172.16.100.0/24] }}
    #   - {{ local: [172.16.200.0/24], remote: [10.1.2.0/24] }}   # `remote` lies inside `prefixes`, and is all of them if left out

    # One value each, in Azure's names: Azure offers exactly these.
    phase_1: {{ encryption: AES256, integrity: SHA384, group: ECP384 }}
    phase_2: {{ encryption: GCMAES256, integrity: GCMAES256, pfs: ECP384 }}   # also lifetime_seconds, lifetime_kilobytes

    # Translations, each of one range for another of the same size:
    # nat:
    #   - {{ side: theirs, internal: 192.168.0.0/24, external: 10.1.0.0/24 }}

    owner: "{owner}"
    ticket: "{ticket}"   # with these two as they are it is a draft
    valid_from: {first}   # both days belong to it
    valid_to: {last}
"""


def last_day(first: date) -> date:
    """Return the last day of a year, or the last one there is."""
    return first + YEAR if date.max - first >= YEAR else date.max


def skeleton(partner: str, today: date) -> str:
    """Return the file, in force from today for a year."""
    return _TEXT.format(partner=scalar(partner), first=today, last=last_day(today), owner=NEW_OWNER, ticket=NEW_TICKET)
