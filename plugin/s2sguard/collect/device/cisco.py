"""Cisco IOS and IOS-XE: crypto maps, tunnel interfaces with IPsec protection, their access lists, profiles and routing tables.

Command names and defaults are those of the Cisco IOS Security Command Reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from s2sguard.collect.device.cisco_acl import AccessLists, selector_lines
from s2sguard.collect.device.cisco_crypto import Algorithms
from s2sguard.collect.device.cisco_interfaces import Interfaces
from s2sguard.collect.device.cisco_leaks import leaks_of
from s2sguard.collect.device.cisco_objects import ObjectGroups
from s2sguard.collect.device.cisco_sections import Command, sections
from s2sguard.collect.device.interface import Found, Gaps, Text
from s2sguard.collect.device.ranges import ANY_V4, ANY_V6, selectors
from s2sguard.model.address import ANY
from s2sguard.model.selector import TrafficSelector
from s2sguard.model.tunnel import Passage, SelectorLine, TunnelEnd
from s2sguard.model.value import Maybe, Unknown

_SIGNS = re.compile(
    r"^[ \t]*(?:crypto[ \t]+(?:map|isakmp|ikev2|ipsec|keyring|dynamic-map|gdoi)[ \t]|ip[ \t]+access-list[ \t]+(?:extended|standard)[ \t]"
    r"|tunnel[ \t]+protection[ \t]+ipsec[ \t])",
    re.MULTILINE | re.IGNORECASE,
)
_NOBODY = Unknown("the text names no peer")
_NO_LIST = Unknown("the text names no access list for it")
_NO_PROFILE = Unknown("its IPsec profile is not in the text")
_GRE = 47


class Cisco:
    """Reads IOS and IOS-XE."""

    name = "cisco-ios"

    def recognises(self, text: Text) -> bool:
        """Say whether the text has commands that only IOS writes."""
        return _SIGNS.search(text.text) is not None

    def read(self, text: Text, gaps: Gaps) -> Found:
        """Return the host name and the tunnel ends: map entries in order, then tunnel interfaces."""
        commands = sections(list(text.lines))
        host = next((rest[0] for one in commands if (rest := one.after("hostname"))), "")
        router = _Router(commands, host or text.file, gaps)
        return Found(host, tuple(router.ends()), leaks_of(commands, router.interfaces))


class _Router:
    """One configuration with everything its tunnels refer to."""

    def __init__(self, commands: Sequence[Command], device: str, gaps: Gaps) -> None:
        self._commands, self._device, self._gaps = commands, device, gaps
        self._lists = AccessLists(commands, ObjectGroups(commands, gaps), gaps)
        self._algorithms = Algorithms(commands, gaps)
        self.interfaces = Interfaces(commands, self._lists, gaps)
        self._carriers: dict[str, list[Command]] = {}
        for interface in self.interfaces.by_name.values():
            for rest, _ in interface.all("crypto", "map"):
                if rest:
                    self._carriers.setdefault(rest[0], []).append(interface)

    def ends(self) -> Iterator[TunnelEnd]:
        """Yield all tunnel ends."""
        for command in self._commands:
            rest = command.after("crypto", "map")
            if rest and len(rest) > 1:
                yield from self._entry(command, rest)
        for interface in self.interfaces.by_name.values():
            protection = interface.first("tunnel", "protection", "ipsec")
            if protection:
                yield self._tunnel(interface, protection)

    def _entry(self, command: Command, rest: tuple[str, ...]) -> Iterator[TunnelEnd]:
        name, number, kind = rest[0], rest[1], tuple(word.lower() for word in rest[2:])
        if number.lower() == "local-address":
            return
        if not number.isdecimal() or (kind and kind[0] not in {"ipsec-isakmp", "gdoi"}):
            self._gaps.add(command.line, "a crypto map command that is not read", "unknown-attribute")
            return
        if kind[:1] == ("gdoi",):
            self._gaps.add(command.line, "group keys (GDOI, GET VPN): its selectors come from a key server, not from this text")
            return
        if kind[1:2] != ("dynamic",):
            yield from self._applied(command, f"{name} {number}", name, dynamic=False)
            return
        wanted = rest[4] if len(rest) > 4 else ""
        dynamic = [one for one in self._commands if (words := one.after("crypto", "dynamic-map")) and words[0] == wanted]
        if not dynamic:
            self._gaps.add(command.line, "a dynamic crypto map that is not in the text", "missing-reference")
        for one in dynamic:
            yield from self._applied(one, f"{name} {number} {' '.join(one.words[2:])}", name, dynamic=True)

    def _applied(self, command: Command, name: str, map_name: str, *, dynamic: bool) -> Iterator[TunnelEnd]:
        """Yield the entry once for each interface its map is on; once without one where the text shows none."""
        carriers = self._carriers.get(map_name, [])
        if not carriers:
            if self.interfaces.by_name:
                self._gaps.add(command.line, "this crypto map is on no interface of the text", "not-judged")
            yield self._map_end(command, name, None, dynamic=dynamic)
        for interface in carriers:
            label = name if len(carriers) == 1 else f"{name} on {' '.join(interface.words[1:])}"
            yield self._map_end(command, label, interface, dynamic=dynamic)

    def _map_end(self, command: Command, name: str, interface: Command | None, *, dynamic: bool) -> TunnelEnd:
        peers = tuple(rest[0] for rest, _ in command.all("set", "peer") if rest)
        if not peers and not dynamic:
            self._gaps.add(command.line, "a crypto map entry without a peer")
        ike = self._ike(command)
        transforms = command.first("set", "transform-set") or ()
        return TunnelEnd(
            name=name,
            device=self._device,
            peers=peers if peers or dynamic else _NOBODY,
            lines=self._lines(command.first("match", "address"), command.line, dynamic=dynamic),
            ike=ike,
            phase_1=self._algorithms.phase_1(ike),
            phase_2=self._algorithms.phase_2(transforms, command.first("set", "pfs"), command.line),
            starts=not dynamic,
            answers=True,
            habit="own-line",
            vrf=self._inner_vrf(command) or (self.interfaces.vrf(interface) if interface is not None else ""),
            line=command.line,
            passage=self.interfaces.passage(interface, command, routed=False)
            if interface is not None
            else Passage(interface="", routed=None, dynamic=False),
        )

    def _lines(self, named: tuple[str, ...] | None, line: int, *, dynamic: bool = False) -> Maybe[tuple[SelectorLine, ...]]:
        if not named:
            if dynamic:  # without a list it takes what the peer asks for
                return _any_lines(line, ANY_V4, ANY_V6)
            self._gaps.add(line, "a crypto map entry without an access list")
            return _NO_LIST
        entries = self._lists.get(named[-1], line)
        return entries if isinstance(entries, Unknown) else tuple(selector_lines(entries))

    def _ike(self, command: Command) -> Literal["IKEv1", "IKEv2"]:
        # Without an IKEv2 profile, IOS negotiates with ISAKMP.
        return "IKEv2" if command.first("set", "ikev2-profile") else "IKEv1"

    def _inner_vrf(self, command: Command) -> str:
        """Return the table a profile puts packets into (`ivrf`, `vrf`); empty if it does not say."""
        for kind, word in (("ikev2", "ivrf"), ("isakmp", "vrf")):
            named = command.first("set", f"{kind}-profile")
            for one in self._commands if named else ():
                rest = one.after("crypto", kind, "profile")
                if named and rest and rest[0] == named[0] and (found := one.first(word)):
                    return found[0]
        return ""

    def _tunnel(self, interface: Command, protection: tuple[str, ...]) -> TunnelEnd:
        by_list = protection[:2] if protection[0].lower() == "policy" else ()
        profile = self._profile(interface, protection, by_list=bool(by_list))
        ike = Unknown(_NO_PROFILE.reason) if profile is None else self._ike(profile)
        mode = tuple(word.lower() for word in interface.first("tunnel", "mode") or ())
        far = interface.first("tunnel", "destination")
        peers = (far[0],) if far and far[0].lower() != "dynamic" else ()
        plain = mode[:1] == ("ipsec",)
        virtual = interface.words[1].lower().startswith("virtual-template")
        encapsulated = not plain and not virtual
        pfs = profile.first("set", "pfs") if profile is not None else None
        transforms = (profile.first("set", "transform-set") or ()) if profile is not None else ()
        asks = profile is not None and any(one.starts("responder-only") for one in profile.below)
        return TunnelEnd(
            name=" ".join(interface.words[1:]),
            device=self._device,
            peers=peers,
            lines=self._tunnel_lines(interface, mode, peers, encapsulated=encapsulated),
            ike=ike,
            phase_1=ike if isinstance(ike, Unknown) else self._algorithms.phase_1(ike),
            phase_2=_NO_PROFILE if profile is None else self._algorithms.phase_2(transforms, pfs, profile.line),
            starts=bool(peers) and not asks and not _is_down(interface),
            answers=not _is_down(interface),
            vrf=self.interfaces.vrf(interface),
            line=interface.line,
            passage=self.interfaces.passage(interface, interface, routed=True, encapsulated=encapsulated),
        )

    def _profile(self, interface: Command, protection: tuple[str, ...], *, by_list: bool) -> Command | None:
        named = interface.first("tunnel", "protection", "ipsec", "profile") if by_list else protection[1:]
        for one in self._commands:
            rest = one.after("crypto", "ipsec", "profile")
            if named and rest and rest[0] == named[0]:
                return one
        self._gaps.add(interface.line, "an IPsec profile that is not in the text", "missing-reference")
        return None

    def _tunnel_lines(
        self, interface: Command, mode: tuple[str, ...], peers: tuple[str, ...], *, encapsulated: bool
    ) -> Maybe[tuple[SelectorLine, ...]]:
        policy = interface.first("tunnel", "protection", "ipsec", "policy")
        if policy:
            entries = self._lists.get(policy[-1], interface.line)
            return entries if isinstance(entries, Unknown) else tuple(selector_lines(entries))
        if encapsulated:
            self._gaps.add(
                interface.line, "GRE inside IPsec: what travels inside has any address; the outer addresses are not read", "not-judged"
            )
            protocol = _GRE
            return (
                (SelectorLine(own=selectors(ANY_V4, protocol), far=selectors(ANY_V4, protocol), line=interface.line),) if peers else _NOBODY
            )
        sets = {"ipv6": (ANY_V6,), "dual-overlay": (ANY_V4, ANY_V6)}.get(mode[1] if len(mode) > 1 else "", (ANY_V4,))
        return _any_lines(interface.line, *sets)


def _is_down(interface: Command) -> bool:
    return any(one.words[0].lower() == "shutdown" for one in interface.below)


def _any_lines(line: int, *families: object) -> tuple[SelectorLine, ...]:
    whole: tuple[TrafficSelector, ...] = selectors(ANY)
    wanted = {4 if one is ANY_V4 else 6 for one in families}
    ranges = [one for one in whole if one.version in wanted]
    return tuple(SelectorLine(own=(one,), far=(one,), line=line) for one in ranges)
