"""FortiOS: `config vpn ipsec phase1-interface` and `phase2-interface` with their selectors, and the addresses they name.

Defaults are those of the FortiOS CLI Reference: IKEv1, any x any.
"""

from __future__ import annotations

import re
from typing import Literal

from s2sguard.collect.device.algorithms import group_of
from s2sguard.collect.device.fortigate_objects import Addresses, subnet_of
from s2sguard.collect.device.fortigate_sections import Entry, Sections, read_sections
from s2sguard.collect.device.interface import Found, Gaps, Text
from s2sguard.collect.device.proposals import DEFAULTS, proposals
from s2sguard.collect.device.ranges import ANY_V4, ANY_V6, selectors
from s2sguard.model.address import AddressSet, parse_range
from s2sguard.model.selector import ALL_PORTS, ANY_PROTOCOL
from s2sguard.model.tunnel import Proposal, SelectorLine, TunnelEnd
from s2sguard.model.value import Maybe, Unknown

_SIGN = re.compile(r"^[ \t]*config[ \t]+vpn[ \t]+ipsec[ \t]+phase[12]", re.MULTILINE)
_VERSIONS: dict[str, Literal["IKEv1", "IKEv2"]] = {"2": "IKEv2", "1": "IKEv1", "": "IKEv1"}
_STRANGE = Unknown("a phase 2 selector that is not read")
_NO_PHASE_2 = Unknown("the text holds no phase 2 for it")
_NO_PEER = Unknown("the text names no peer")


class FortiGate:
    """Reads FortiOS."""

    name = "fortios"

    def recognises(self, text: Text) -> bool:
        """Say whether the text configures a phase of IPsec the way FortiOS does."""
        return _SIGN.search(text.text) is not None

    def read(self, text: Text, gaps: Gaps) -> Found:
        """Return the host name and the tunnel ends: one for each phase 1, with the selectors of its phases 2."""
        sections = read_sections(text, gaps)
        host = next((entry.value("hostname") for entry in sections.entries("system global") if entry.value("hostname")), "")
        addresses = Addresses(sections, gaps)
        ends: list[TunnelEnd] = []
        for suffix in ("-interface", ""):
            second = list(sections.entries(f"vpn ipsec phase2{suffix}"))
            for first in sections.entries(f"vpn ipsec phase1{suffix}"):
                mine = [one for one in second if one.value("phase1name") == first.name and one.vdom == first.vdom]
                ends.append(_end(first, mine, addresses, sections, host or text.file, gaps))
        return Found(host, tuple(ends))


def _end(first: Entry, second: list[Entry], addresses: Addresses, sections: Sections, device: str, gaps: Gaps) -> TunnelEnd:
    dynamic = first.value("type") == "dynamic"
    peer = first.value("remotegw-ddns") if first.value("type") == "ddns" else first.value("remote-gw")
    if not second:
        gaps.add(first.line, _NO_PHASE_2.reason)
    if not peer and not dynamic:
        gaps.add(first.line, "a phase 1 without a peer")
    return TunnelEnd(
        name=first.name,
        device=device,
        peers=() if dynamic else (peer,) if peer and peer != "0.0.0.0" else _NO_PEER,  # noqa: S104 - the text's way to say none
        lines=_lines(second, addresses, gaps),
        ike=_VERSIONS.get(first.value("ike-version"), Unknown("a version that is not read")),
        phase_1=_proposals([first], "DHGroup", gaps),
        phase_2=_proposals(second, "PFS", gaps),
        starts=not dynamic and first.value("passive-mode") != "enable",
        answers=True,
        vrf=_table(first, sections),
        line=first.line,
    )


def _table(first: Entry, sections: Sections) -> str:
    """Return virtual domain and VRF of the tunnel; empty for the device's own."""
    interface = next((one for one in sections.entries("system interface") if one.name == first.name), None)
    number = interface.value("vrf") if interface is not None else ""
    return " ".join(part for part in (first.vdom, f"vrf {number}" if number not in {"", "0"} else "") if part)


def _proposals(entries: list[Entry], prefix: str, gaps: Gaps) -> Maybe[tuple[Proposal, ...]]:
    found: list[Proposal] = []
    for entry in entries:
        written = entry.values("dhgrp")
        groups = tuple(group for word in written if (group := group_of(word, prefix)) is not None)
        if entry.value("pfs") == "disable":
            groups = ()
        elif len(groups) < len(written):
            gaps.add(entry.line, "a group that is not known", "not-judged")
            return Unknown("a group in the text is not known")
        read = proposals(entry.values("proposal"), prefix, groups)
        if isinstance(read, Unknown):
            if read != DEFAULTS:
                gaps.add(entry.line, read.reason, "not-judged")
            return read
        if not written and entry.value("pfs") != "disable":
            return DEFAULTS
        found += read
    return tuple(found) or DEFAULTS


def _lines(second: list[Entry], addresses: Addresses, gaps: Gaps) -> Maybe[tuple[SelectorLine, ...]]:
    found: list[SelectorLine] = []
    for entry in second:
        own, far = _side(entry, "src", addresses), _side(entry, "dst", addresses)
        protocol, ports = _upper(entry)
        if isinstance(own, Unknown) or isinstance(far, Unknown) or protocol is None or ports is None:
            gaps.add(entry.line, _STRANGE.reason)
            return _STRANGE
        line = SelectorLine(own=selectors(own, protocol, (ports[0],)), far=selectors(far, protocol, (ports[1],)), line=entry.line)
        found.append(line)
    return tuple(found) or _NO_PHASE_2


def _upper(entry: Entry) -> tuple[int | None, tuple[tuple[int, int], tuple[int, int]] | None]:
    numbers = [entry.value(name) or "0" for name in ("protocol", "src-port", "dst-port")]
    if not all(word.isascii() and word.isdecimal() and len(word) <= 5 for word in numbers):
        return None, None
    protocol, source, destination = (int(word) for word in numbers)
    if protocol > 255 or max(source, destination) > ALL_PORTS[1]:
        return None, None
    ports = ((source, source) if source else ALL_PORTS, (destination, destination) if destination else ALL_PORTS)
    return protocol or ANY_PROTOCOL, ports


def _side(entry: Entry, side: str, addresses: Addresses) -> Maybe[AddressSet]:
    kind = entry.value(f"{side}-addr-type") or "subnet"
    if kind in {"name", "name6"}:
        return addresses.get(entry.value(f"{side}-name" if kind == "name" else f"{side}-name6"), entry.line)
    if kind in {"range", "range6"}:
        end = "" if kind == "range" else "6"
        return parse_range(f"{entry.value(f'{side}-start-ip{end}')}-{entry.value(f'{side}-end-ip{end}')}")
    if kind == "ip":
        return parse_range(entry.value(f"{side}-start-ip"))
    if kind == "subnet6":
        written = entry.value(f"{side}-subnet6")
        return parse_range(written) if written else ANY_V6
    return subnet(entry.values(f"{side}-subnet")) if kind == "subnet" else _STRANGE


def subnet(words: tuple[str, ...]) -> Maybe[AddressSet]:
    """Read `10.0.0.0 255.0.0.0` or `10.0.0.0/8`; all of IPv4 where nothing is written."""
    if not words:
        return ANY_V4
    return subnet_of(words, _STRANGE)
