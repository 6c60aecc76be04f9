"""Reading what was seen of a connection: answers of `getIkeSas`, in any casing and with any spelling of a range.

Microsoft documents neither the keys nor the form of a selector (azure.md 4.9): azure-powershell's parser has two casings.
A value that cannot be made out is unknown, and never left out: it may be the one that is too wide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from ipaddress import ip_network
from typing import Final

from s2sguard.facts.read_connection import ALGORITHMS, spelled
from s2sguard.facts.reading import Properties
from s2sguard.model.address import AddressSet, parse_range, union
from s2sguard.model.inventory import Resource
from s2sguard.model.observation import ChildSa, IkeSa, Observation
from s2sguard.model.selector import Selector
from s2sguard.model.value import Maybe, Unknown

_STRANGE: Final = Unknown("the answer about its IKE SAs has an unknown form")
_NOT_A_SELECTOR: Final = Unknown("a live selector is written in an unknown form")
_NOT_SAID: Final = Unknown("the answer about its IKE SAs does not say it")
_CHILDREN: Final = ("quickmodesas", "quickmodesa")
_GROUPS: Final = {"1": "DHGroup1", "2": "DHGroup2", "14": "DHGroup14", "19": "ECP256", "20": "ECP384", "24": "DHGroup24"}
"""IANA's numbers (transform type 4) in Azure's words (azure.md 4.4)."""
_WORDS: Final = re.compile(r"startaddress\s+(\S+)\s+endaddress\s+([^\s,]+)", re.IGNORECASE)
_RANGE: Final = re.compile(r"([0-9A-Fa-f.:]+)\s*(?:-|\.\.|\s+to\s+)\s*([0-9A-Fa-f.:]+)")
_MASKED: Final = re.compile(r"(\d+(?:\.\d+){3})\s*/\s*(\d+(?:\.\d+){3})")


def observation_of(resources: Iterable[Resource]) -> Maybe[Observation | None]:
    """Return what the observations of one connection show together; None without any."""
    found = list(resources)
    if not found:
        return None
    sas: list[IkeSa] = []
    with_algorithms = False
    for resource in found:
        properties = Properties(resource.properties)
        listed = properties.items("ikesas")
        if isinstance(listed, Unknown):
            return listed
        if not properties.has("ikesas"):
            return _STRANGE
        from_log = properties.flag("withoutalgorithms") is True
        for one in listed:
            sa = _ike_sa(one, from_log=from_log)
            if isinstance(sa, Unknown):
                return sa
            sas.append(sa)
        with_algorithms = with_algorithms or not from_log
    return Observation(sas=tuple(sas), with_algorithms=with_algorithms)


def _ike_sa(value: object, *, from_log: bool) -> Maybe[IkeSa]:
    if not isinstance(value, Mapping):
        return value if isinstance(value, Unknown) else _STRANGE
    sa = Properties(value)
    children: list[ChildSa] = []
    for name in _CHILDREN:
        listed = sa.items(name)
        if isinstance(listed, Unknown):
            return listed
        for one in listed:
            if not isinstance(one, Mapping):
                return _STRANGE
            children.append(_child_sa(Properties(one)))
    return IkeSa(
        by_peer=None if from_log else _by_peer(sa),
        ike_encryption=_algorithm(sa, "encryption"),
        ike_integrity=_algorithm(sa, "integrity"),
        dh_group=_group(sa, "dhgroup"),
        children=tuple(children),
    )


def _child_sa(sa: Properties) -> ChildSa:
    local, remote = (_side(sa.items(f"{side}trafficselectors")) for side in ("local", "remote"))
    selector = local if isinstance(local, Unknown) else remote if isinstance(remote, Unknown) else Selector(local, remote)
    pfs = _group(sa, "pfsgroupid") if sa.has("pfsgroupid") else _group(sa, "pfsgroup")
    return ChildSa(
        selector=selector,
        by_peer=_by_peer(sa),
        ipsec_encryption=_algorithm(sa, "encryption"),
        ipsec_integrity=_algorithm(sa, "integrity"),
        # The main mode's word for a group is not the quick mode's: PFS14 and DHGroup14 are one group.
        pfs_group=pfs if isinstance(pfs, Unknown) else pfs.replace("DHGroup", "PFS"),
    )


def _by_peer(sa: Properties) -> Maybe[bool]:
    if not sa.has("issainitiator"):
        return _NOT_SAID
    mine = sa.flag("issainitiator")
    return mine if isinstance(mine, Unknown) else not mine


def _algorithm(sa: Properties, name: str) -> Maybe[str]:
    value = spelled(sa.text(name), ALGORITHMS)
    return value or _NOT_SAID


def _group(sa: Properties, name: str) -> Maybe[str]:
    number = sa.get(name)
    if isinstance(number, int) and not isinstance(number, bool):
        return _GROUPS.get(str(number), str(number))
    value = _algorithm(sa, name)
    return value if isinstance(value, Unknown) else _GROUPS.get(value, value)


def _side(members: Maybe[tuple[object, ...]]) -> Maybe[AddressSet]:
    """Return the addresses of one side. A side without any range is a form we do not know, not an empty one."""
    if isinstance(members, Unknown):
        return members
    found = [_range(member) for member in members]
    unknown = next((one for one in found if isinstance(one, Unknown)), None)
    if unknown is not None or not found:
        return unknown or _NOT_A_SELECTOR
    return union(one for one in found if isinstance(one, AddressSet))


def _range(member: object) -> Maybe[AddressSet]:
    if isinstance(member, Mapping):
        written = Properties(member)
        ends = [written.text(name) or written.text(other) for name, other in (("startaddress", "start"), ("endaddress", "end"))]
        text = "-".join(end for end in ends if isinstance(end, str))
    else:
        text = member.strip(" []()\"'") if isinstance(member, str) else ""
    if words := _WORDS.search(text):
        text = f"{words[1]}-{words[2]}"
    elif masked := _MASKED.fullmatch(text):
        text = _prefix(masked[1], masked[2])
    elif ends_written := _RANGE.fullmatch(text):
        text = f"{ends_written[1]}-{ends_written[2]}"
    found = parse_range(text)
    return _NOT_A_SELECTOR if isinstance(found, Unknown) else found


def _prefix(address: str, mask: str) -> str:
    try:
        return str(ip_network(f"{address}/{mask}", strict=False))
    except ValueError:
        return ""
