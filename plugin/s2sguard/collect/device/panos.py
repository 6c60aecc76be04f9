"""PAN-OS: `set` commands or XML, as far as IPsec goes: tunnels with their proxy ids, IKE gateways, crypto profiles."""

from __future__ import annotations

import re
from typing import Literal

from s2sguard.collect.device.algorithms import encryption, group_of, integrity
from s2sguard.collect.device.interface import Found, Gaps, Text
from s2sguard.collect.device.panos_xml import xml_tree
from s2sguard.collect.device.proposals import DEFAULTS
from s2sguard.collect.device.ranges import ANY_V4, selectors
from s2sguard.collect.device.set_lines import set_lines
from s2sguard.collect.device.tree import Node
from s2sguard.model.address import parse_range
from s2sguard.model.selector import ANY_PROTOCOL, TrafficSelector
from s2sguard.model.tunnel import Proposal, SelectorLine, TunnelEnd
from s2sguard.model.value import Maybe, Unknown

_SET = re.compile(r"^[ \t]*set[ \t](?:.*[ \t])?network[ \t]+(?:ike|tunnel)[ \t]", re.MULTILINE)
_XML = re.compile(r"<(?:ike|tunnel|network)[ \t\n>]")
_NO_GATEWAY = Unknown("its IKE gateway is not in the text")
_NO_PROFILE = Unknown("its crypto profile is not in the text, or names an algorithm that is not known")
_STRANGE = Unknown("a proxy id that is not read")
_VERSIONS: dict[str, Literal["IKEv1", "IKEv2", "any"]] = {"ikev2": "IKEv2", "ikev1": "IKEv1", "": "IKEv1", "ikev2-preferred": "any"}


class PanOs:
    """Reads PAN-OS in both forms."""

    name = "pan-os"

    def recognises(self, text: Text) -> bool:
        """Say whether the text sets tunnels or IKE below `network`, or is XML with such elements."""
        is_xml = text.text.lstrip().startswith("<")
        return _XML.search(text.text) is not None if is_xml else _SET.search(text.text) is not None

    def read(self, text: Text, gaps: Gaps) -> Found:
        """Return the host name and the tunnel ends: one for each IPsec tunnel of each `network`."""
        root = xml_tree(text, gaps) if text.text.lstrip().startswith("<") else set_lines(text, gaps)
        networks = _named(root, "network")
        hosts = [node.value("system", "hostname") for node in _named(root, "deviceconfig")]
        host = next((one for one in hosts if one), "")
        ends = [
            _Tunnel(network, tunnel, gaps).end(host or text.file) for network in networks for tunnel in network.children("tunnel", "ipsec")
        ]
        return Found(host, tuple(ends))


def _named(root: Node, word: str) -> list[Node]:
    """Return every node of this name that is not below another one of it: a device has one, Panorama one for each template."""
    found: list[Node] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        for child in reversed(node.below.values()):
            if child.word == word:
                found.append(child)
            else:
                waiting.append(child)
    return found


class _Tunnel:
    """One IPsec tunnel and what it refers to."""

    def __init__(self, network: Node, tunnel: Node, gaps: Gaps) -> None:
        self._network, self._tunnel, self._gaps = network, tunnel, gaps
        names = tunnel.values("auto-key", "ike-gateway")
        self._gateway = network.get("ike", "gateway", names[0]) if names else None
        if self._gateway is None:
            gaps.add(tunnel.line, "a tunnel without an IKE gateway in the text", "missing-reference")

    def end(self, device: str) -> TunnelEnd:
        """Return the tunnel end."""
        gateway = self._gateway
        off = self._tunnel.value("disabled") == "yes" or (gateway is not None and gateway.value("disabled") == "yes")
        dynamic = gateway is not None and gateway.get("peer-address", "dynamic") is not None
        peers = (gateway.values("peer-address", "ip") or gateway.values("peer-address", "fqdn")) if gateway is not None else ()
        passive = gateway is not None and gateway.value("protocol-common", "passive-mode") == "yes"
        ike = _NO_GATEWAY if gateway is None else _VERSIONS.get(gateway.value("protocol", "version"), "any")
        return TunnelEnd(
            name=self._tunnel.word,
            device=device,
            peers=_NO_GATEWAY if gateway is None or (not peers and not dynamic) else peers,
            lines=self._lines(),
            ike=ike,
            phase_1=_NO_GATEWAY if gateway is None else self._phase_1(gateway, "ikev1" if ike == "IKEv1" else "ikev2"),
            phase_2=self._phase_2(),
            starts=not (off or dynamic or passive),
            answers=not off,
            vrf=self._table(),
            line=self._tunnel.line,
        )

    def _lines(self) -> Maybe[tuple[SelectorLine, ...]]:
        proxies = [*self._tunnel.children("auto-key", "proxy-id"), *self._tunnel.children("auto-key", "proxy-id-v6")]
        if not proxies:
            whole = selectors(ANY_V4)
            return (SelectorLine(own=whole, far=whole, line=self._tunnel.line),)
        found: list[SelectorLine] = []
        for proxy in proxies:
            protocol = self._protocol(proxy)
            own, far = _range(proxy.value("local"), protocol), _range(proxy.value("remote"), protocol)
            if not own or not far:
                self._gaps.add(proxy.line, _STRANGE.reason)
                return _STRANGE
            found.append(SelectorLine(own=own, far=far, line=proxy.line))
        return tuple(found)

    def _protocol(self, proxy: Node) -> int:
        written = proxy.value("protocol")
        number = proxy.value("protocol", "number")
        if written == "number" and number.isascii() and number.isdecimal() and len(number) <= 3 and int(number) < 256:
            return int(number)
        if written not in {"", "any"}:
            self._gaps.add(proxy.line, "a proxy id for some ports: read as any protocol")
        return ANY_PROTOCOL

    def _table(self) -> str:
        interface = self._tunnel.value("tunnel-interface")
        routers = self._network.children("virtual-router")
        return next((one.word for one in routers if interface and one.get("interface", interface) is not None), "")

    def _phase_1(self, gateway: Node, version: str) -> Maybe[tuple[Proposal, ...]]:
        name = gateway.value("protocol", version, "ike-crypto-profile") or "default"
        profile = self._network.get("ike", "crypto-profiles", "ike-crypto-profiles", name)
        return self._proposal(profile, name, ("encryption",), ("hash",), "DHGroup")

    def _phase_2(self) -> Maybe[tuple[Proposal, ...]]:
        name = self._tunnel.value("auto-key", "ipsec-crypto-profile") or "default"
        profile = self._network.get("ike", "crypto-profiles", "ipsec-crypto-profiles", name)
        return self._proposal(profile, name, ("esp", "encryption"), ("esp", "authentication"), "PFS")

    def _proposal(
        self, profile: Node | None, name: str, ciphers: tuple[str, ...], hashes: tuple[str, ...], prefix: str
    ) -> Maybe[tuple[Proposal, ...]]:
        if profile is None:
            if name == "default":
                return DEFAULTS
            self._gaps.add(self._tunnel.line, _NO_PROFILE.reason, "not-judged")
            return _NO_PROFILE
        encryptions = [encryption(word) for word in profile.values(*ciphers)]
        integrities = [integrity(word) for word in profile.values(*hashes) if word != "none"]
        integrities = integrities or [cipher for cipher in encryptions if cipher and cipher.startswith("GCM")]
        groups = [group_of(word, prefix) for word in profile.values("dh-group") if word != "no-pfs"]
        if not encryptions or None in (*encryptions, *integrities, *groups):
            self._gaps.add(profile.line, _NO_PROFILE.reason, "not-judged")
            return _NO_PROFILE
        return (Proposal(encryption=_known(encryptions), integrity=_known(integrities), groups=_known(groups)),)


def _known(names: list[str | None]) -> tuple[str, ...]:
    return tuple(name for name in names if name is not None)


def _range(text: str, protocol: int) -> tuple[TrafficSelector, ...]:
    read = parse_range(text or "0.0.0.0/0")
    return () if isinstance(read, Unknown) else selectors(read, protocol)
