"""strongSwan's (and Libreswan's) ipsec.conf: sections `conn NAME` with `key=value`, `also=` and `%default` (ipsec.conf(5))."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from s2sguard.collect.device.interface import Found, Gaps, Text
from s2sguard.collect.device.proposals import DEFAULTS, proposals
from s2sguard.collect.device.strongswan import is_any, ranges
from s2sguard.model.selector import TrafficSelector
from s2sguard.model.tunnel import Proposal, SelectorLine, TunnelEnd
from s2sguard.model.value import Maybe, Unknown

_SIGN = re.compile(r"^conn[ \t]+\S", re.MULTILINE)
_MOST_ALSO = 32
_BRANCHES = 1000
_NO_TUNNEL = frozenset({"passthrough", "pass", "drop", "reject"})
_IKEV2 = frozenset({"ikev2", "insist", "yes"})
_INCLUDED = Unknown("it takes settings from a section that is not read")
_STARTS = frozenset({"start", "route", "ondemand", "trap", "up"})


@dataclass(slots=True)
class _Section:
    name: str
    line: int
    settings: dict[str, str] = field(default_factory=dict)
    also: list[str] = field(default_factory=list)


class IpsecConf:
    """Reads ipsec.conf."""

    name = "strongswan-ipsec"

    def recognises(self, text: Text) -> bool:
        """Say whether the text has a section `conn`."""
        return _SIGN.search(text.text) is not None

    def read(self, text: Text, gaps: Gaps) -> Found:
        """Return the tunnel ends: one for each `conn` that is loaded. The file holds no host name."""
        sections = _sections(text, gaps)
        templates = {name for section in sections.values() for name in section.also}
        ends: list[TunnelEnd] = []
        for section in sections.values():
            if section.name == "%default":
                continue
            settings, whole = _resolved(section, sections, gaps)
            if section.name in templates and "auto" not in settings:
                continue  # only there for others
            if settings.get("type", "tunnel").lower() in _NO_TUNNEL:
                gaps.add(section.line, "a policy without a tunnel (passthrough, drop, reject) is left out")
                continue
            ends.append(_end(section, settings, text.file, gaps, whole=whole))
        return Found("", tuple(ends))


def _sections(text: Text, gaps: Gaps) -> dict[str, _Section]:
    found: dict[str, _Section] = {}
    current: _Section | None = None
    for number, written in enumerate(text.lines, 1):
        line = _without_comment(written)
        words = line.split()
        if not words:
            continue
        if not line[0].isspace():
            current = None
            if words[0] == "include":
                gaps.add(number, "an included file is not read", "missing-reference")
            elif words[0] == "conn" and len(words) == 2:
                current = found.setdefault(words[1], _Section(words[1], number))
            elif words[0] not in {"config", "ca", "version", "setup"}:
                gaps.add(number, "text outside of a section")
            continue
        name, equals, value = line.strip().partition("=")
        if current is not None and not equals:
            gaps.add(number, "a line of a section that is no setting")
        elif current is not None and name.strip().lower() == "also":
            current.also.append(value.strip())
        elif current is not None:
            current.settings[name.strip().lower()] = value.strip().strip('"')
    return found


def _without_comment(line: str) -> str:
    return line.split("#", 1)[0].rstrip() if '"' not in line else line.rstrip()


def _resolved(section: _Section, sections: dict[str, _Section], gaps: Gaps) -> tuple[dict[str, str], bool]:
    """Return the settings of a section with those of `also` and `%default` below them, and whether all of these were found."""
    settings: dict[str, str] = dict(sections["%default"].settings) if "%default" in sections else {}
    whole = True
    budget = [_BRANCHES]

    def lay(one: _Section, path: tuple[str, ...]) -> None:
        nonlocal whole
        budget[0] -= 1
        for name in one.also:
            other = sections.get(name)
            if other is None:
                gaps.add(one.line, "`also` names a section that is not in the text", "missing-reference")
                whole = False
            elif name in path or len(path) > _MOST_ALSO or budget[0] <= 0:
                gaps.add(one.line, "sections that take settings from each other in a circle, or too many of them")
                whole = False
            else:
                lay(other, (*path, name))
        settings.update(one.settings)

    lay(section, (section.name,))
    return settings, whole


def _end(section: _Section, settings: dict[str, str], device: str, gaps: Gaps, *, whole: bool) -> TunnelEnd:
    peer = settings.get("right", "%any")
    peers = () if is_any(peer) else tuple(part.strip() for part in peer.split(",") if part.strip())
    if peers and peers[0].startswith("%"):
        peers = ()
    ike = _ike(settings)
    auto = settings.get("auto", "ignore").lower()
    return TunnelEnd(
        name=section.name,
        device=device,
        peers=peers if whole else _INCLUDED,
        lines=_lines(section, settings, peers, gaps) if whole else _INCLUDED,
        ike=ike if whole else _INCLUDED,
        phase_1=_proposals(section, settings, "ike", gaps) if whole else _INCLUDED,
        phase_2=_proposals(section, settings, "esp", gaps) if whole else _INCLUDED,
        starts=(auto in _STARTS) if whole else _INCLUDED,
        answers=(auto != "ignore") if whole else _INCLUDED,
        line=section.line,
    )


def _ike(settings: dict[str, str]) -> Literal["IKEv1", "IKEv2", "any"]:
    if settings.get("keyexchange", "").lower() in _IKEV2 or settings.get("ikev2", "").lower() in _IKEV2:
        return "IKEv2"
    if settings.get("keyexchange", "").lower() == "ikev1" or settings.get("ikev2", "").lower() in {"no", "never"}:
        return "IKEv1"
    return "any"


def _lines(section: _Section, settings: dict[str, str], peers: tuple[str, ...], gaps: Gaps) -> Maybe[tuple[SelectorLine, ...]]:
    left = settings.get("left", "%any")
    own = [_side(text, () if is_any(left) else (left,)) for text in _subnets(settings, "left")]
    far = [_side(text, peers) for text in _subnets(settings, "right")]
    strange = next((side for side in (*own, *far) if isinstance(side, Unknown)), None)
    if strange is not None:
        gaps.add(section.line, strange.reason)
        return strange
    pairs = ((mine, theirs) for mine in own for theirs in far if isinstance(mine, tuple) and isinstance(theirs, tuple))
    return tuple(SelectorLine(own=mine, far=theirs, line=section.line) for mine, theirs in pairs)


def _subnets(settings: dict[str, str], side: str) -> list[str]:
    """Return the subnets of a side: `leftsubnet` is one set, each member of Libreswan's `leftsubnets` a tunnel of its own."""
    several = settings.get(f"{side}subnets", "").strip().strip("{}")
    return several.replace(",", " ").split() or [settings.get(f"{side}subnet", "dynamic")]


def _side(text: str, outer: tuple[str, ...]) -> Maybe[tuple[TrafficSelector, ...]]:
    return ranges([part for part in text.split(",") if part.strip()], outer)


def _proposals(section: _Section, settings: dict[str, str], name: str, gaps: Gaps) -> Maybe[tuple[Proposal, ...]]:
    written = settings.get(name, settings.get("phase2alg", "") if name == "esp" else "")
    found = proposals([part for part in written.split(",") if part.strip()], "DHGroup" if name == "ike" else "PFS")
    if isinstance(found, Unknown) and found != DEFAULTS:
        gaps.add(section.line, found.reason, "not-judged")
    return found
