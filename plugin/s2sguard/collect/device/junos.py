"""Junos: `set` commands or braces, as far as IPsec goes: gateways, proposals, VPNs, traffic selectors, proxy identities.

Statement names are those of the Junos CLI Reference.
"""

from __future__ import annotations

import re
from typing import Literal

from s2sguard.collect.device.algorithms import encryption, group_of, integrity
from s2sguard.collect.device.braces import braces
from s2sguard.collect.device.interface import Found, Gaps, Text
from s2sguard.collect.device.proposals import DEFAULTS
from s2sguard.collect.device.ranges import ANY_V4, selectors
from s2sguard.collect.device.set_lines import set_lines
from s2sguard.collect.device.tree import Node
from s2sguard.model.address import parse_range
from s2sguard.model.selector import ANY_PROTOCOL, TrafficSelector
from s2sguard.model.tunnel import Proposal, SelectorLine, TunnelEnd
from s2sguard.model.value import Maybe, Unknown

_SET = re.compile(r"^[ \t]*set[ \t]+(?:groups[ \t]+\S+[ \t]+)?security[ \t]+(?:ike|ipsec)[ \t]", re.MULTILINE)
_BRACES = re.compile(r"^[ \t]*security[ \t]*\{", re.MULTILINE)
_NO_GATEWAY = Unknown("its IKE gateway is not in the text")
_NO_POLICY = Unknown("its policy or proposals are not in the text")
_STRANGE = Unknown("a traffic selector that is not read")
_BY_POLICY = Unknown("its selectors come from security policies, which are not read")
_VERSIONS: dict[str, Literal["IKEv1", "IKEv2"]] = {"v2-only": "IKEv2", "v1-only": "IKEv1", "": "IKEv1"}


class Junos:
    """Reads Junos in both forms."""

    name = "junos"

    def recognises(self, text: Text) -> bool:
        """Say whether the text sets something of `security ike` or `security ipsec`, or has a section `security`."""
        return _SET.search(text.text) is not None or _BRACES.search(text.text) is not None

    def read(self, text: Text, gaps: Gaps) -> Found:
        """Return the host name and the tunnel ends: one for each VPN."""
        root = set_lines(text, gaps) if _SET.search(text.text) else braces(text, gaps)
        for group in root.children("groups"):
            gaps.add(group.line, "a configuration group: what it adds elsewhere is not read")
        host = root.value("system", "host-name")
        vpns = root.children("security", "ipsec", "vpn")
        return Found(host, tuple(_Vpn(root, vpn, gaps).end(host or text.file) for vpn in vpns))


class _Vpn:
    """One VPN and what it refers to."""

    def __init__(self, root: Node, vpn: Node, gaps: Gaps) -> None:
        self._root, self._vpn, self._gaps = root, vpn, gaps
        self._gateway = root.get("security", "ike", "gateway", vpn.value("ike", "gateway"))
        if self._gateway is None:
            gaps.add(vpn.line, "a VPN without an IKE gateway in the text", "missing-reference")

    def end(self, device: str) -> TunnelEnd:
        """Return the tunnel end."""
        gateway = self._gateway
        dynamic = gateway is not None and gateway.get("dynamic") is not None
        peers = gateway.values("address") if gateway is not None else ()
        if gateway is not None and not peers and not dynamic:
            self._gaps.add(gateway.line, "an IKE gateway without an address")
        return TunnelEnd(
            name=self._vpn.word,
            device=device,
            peers=_NO_GATEWAY if gateway is None or (not peers and not dynamic) else peers,
            lines=self._lines(),
            ike=_NO_GATEWAY if gateway is None else _VERSIONS.get(gateway.value("version"), "any"),
            phase_1=_NO_GATEWAY if gateway is None else self._proposals("ike", gateway.value("ike-policy")),
            phase_2=self._proposals("ipsec", self._vpn.value("ike", "ipsec-policy")),
            starts=not dynamic and not self._vpn.value("establish-tunnels").startswith("responder-only"),
            answers=True,
            vrf=self._table(),
            line=self._vpn.line,
        )

    def _lines(self) -> Maybe[tuple[SelectorLine, ...]]:
        named = [(one.value("local-ip"), one.value("remote-ip"), one.line) for one in self._vpn.children("traffic-selector")]
        proxy = self._vpn.get("ike", "proxy-identity")
        if not named and proxy is not None:
            if proxy.value("service") not in {"", "any"}:
                self._gaps.add(proxy.line, "a proxy identity for one service: read as any protocol")
            named = [(proxy.value("local"), proxy.value("remote"), proxy.line)]
        if not named:
            if self._vpn.value("bind-interface"):
                whole = selectors(ANY_V4)
                return (SelectorLine(own=whole, far=whole, line=self._vpn.line),)
            self._gaps.add(self._vpn.line, _BY_POLICY.reason)
            return _BY_POLICY
        found = [(_range(own), _range(far), line) for own, far, line in named]
        lines = [SelectorLine(own=own, far=far, line=line) for own, far, line in found if own and far]
        if len(lines) < len(found):
            self._gaps.add(next(line for own, far, line in found if not (own and far)), _STRANGE.reason)
            return _STRANGE
        return tuple(lines)

    def _table(self) -> str:
        """Return the routing instance the tunnel interface is in; empty for the device's own."""
        interface = self._vpn.value("bind-interface")
        return next((one.word for one in self._root.children("routing-instances") if one.get("interface", interface)), "")

    def _proposals(self, phase: str, policy_name: str) -> Maybe[tuple[Proposal, ...]]:
        policy = self._root.get("security", phase, "policy", policy_name)
        if policy is None:
            self._gaps.add(self._vpn.line, f"a VPN whose {phase} policy is not in the text", "not-judged")
            return _NO_POLICY
        if policy.get("proposal-set") is not None:
            self._gaps.add(policy.line, "a predefined set of proposals: which they are differs between releases", "not-judged")
            return DEFAULTS
        groups = tuple(group_of(word, "PFS") for word in policy.values("perfect-forward-secrecy", "keys"))
        found = [self._proposal(phase, name, groups) for name in policy.values("proposals")]
        if not found or None in found:
            self._gaps.add(policy.line, "a proposal that is missing, or names an algorithm that is not known", "not-judged")
            return _NO_POLICY
        return tuple(one for one in found if one is not None)

    def _proposal(self, phase: str, name: str, groups: tuple[str | None, ...]) -> Proposal | None:
        node = self._root.get("security", phase, "proposal", name)
        if node is None or node.value("protocol") not in {"", "esp"}:
            return None
        cipher = encryption(node.value("encryption-algorithm"))
        written = node.value("authentication-algorithm")
        hashed = integrity(written) if written else cipher
        if phase == "ike":
            groups = (group_of(node.value("dh-group"), "DHGroup"),)
        if cipher is None or hashed is None or None in groups:
            return None
        return Proposal(encryption=(cipher,), integrity=(hashed,), groups=tuple(one for one in groups if one is not None))


def _range(text: str) -> tuple[TrafficSelector, ...]:
    read = parse_range(text)
    return () if isinstance(read, Unknown) else selectors(read, ANY_PROTOCOL)
