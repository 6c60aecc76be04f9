"""strongSwan's swanctl.conf: `connections { NAME { ... children { NAME { local_ts, remote_ts } } } }`.

The grammar is strongSwan's own settings language (strongswan.conf(5)); no maintained library reads it.
"""

from __future__ import annotations

import re
from typing import Literal

from s2sguard.collect.device.interface import Found, Gaps, Text
from s2sguard.collect.device.proposals import DEFAULTS, proposals
from s2sguard.collect.device.strongswan import is_any, ranges
from s2sguard.collect.device.tree import MAX_DEPTH, Node
from s2sguard.model.tunnel import Proposal, SelectorLine, TunnelEnd
from s2sguard.model.value import Maybe, Unknown

_SIGN = re.compile(r"^[ \t]*connections[ \t]*(?:\{|$)", re.MULTILINE)
_PIECES = re.compile(r'#[^\n]*|\n|[{}]|(?:"(?:[^"\\]|\\.)*"|[^\s{}#"]|[ \t])+|"', re.DOTALL)
_INHERITED = Unknown("its section takes settings from other sections, which are not read")
_VERSIONS: dict[str, Literal["IKEv1", "IKEv2", "any"]] = {"1": "IKEv1", "2": "IKEv2", "0": "any", "": "any"}
_NO_TUNNEL = frozenset({"pass", "drop"})


class Swanctl:
    """Reads swanctl.conf."""

    name = "strongswan-swanctl"

    def recognises(self, text: Text) -> bool:
        """Say whether the text has a section `connections`."""
        return _SIGN.search(text.text) is not None and "{" in text.text

    def read(self, text: Text, gaps: Gaps) -> Found:
        """Return the tunnel ends: one for each child, in order. The file holds no host name."""
        root = parse(text.text, gaps)
        ends: list[TunnelEnd] = []
        for connection in root.children("connections"):
            children = list(connection.children("children"))
            if not children:
                gaps.add(connection.line, "a connection without children has no selectors")
            ends += [_end(connection, child, text.file, gaps) for child in children if _carries(child, gaps)]
        return Found("", tuple(ends))


def parse(text: str, gaps: Gaps) -> Node:
    """Return the sections as a tree; a setting is a node with its value below it."""
    reader = _Reader(gaps)
    for match in _PIECES.finditer(text):
        if not reader.take(match.group()):
            break
    return reader.end()


class _Reader:
    """One walk over the pieces of a text."""

    def __init__(self, gaps: Gaps) -> None:
        self._gaps = gaps
        self._stack = [Node("", 0)]
        self._line = 1
        self._before = ""

    def take(self, piece: str) -> bool:
        """Take one piece and say whether to go on."""
        match piece:
            case "{":
                if len(self._stack) > MAX_DEPTH:
                    self._gaps.add(self._line, f"sections inside each other more than {MAX_DEPTH} deep: not read from here", "too-deep")
                    return False
                self._open()
            case "}":
                self._setting()
                if len(self._stack) == 1:
                    self._gaps.add(self._line, "a closing brace without an opening one")
                else:
                    self._stack.pop()
            case "\n":
                # A name and its brace may stand on two lines; a setting may not.
                if "=" in self._before or self._before.split()[:1] == ["include"]:
                    self._setting()
                self._line += 1
            case '"':
                self._gaps.add(self._line, "a quotation mark that is not closed")
            case _ if not piece.startswith("#"):
                self._before += piece
                self._line += piece.count("\n")
        return True

    def end(self) -> Node:
        """Return the tree."""
        self._setting()
        if len(self._stack) > 1:
            self._gaps.add(self._stack[-1].line, "a section that is not closed: truncated?")
        return self._stack[0]

    def _open(self) -> None:
        name, colon, _ = self._before.strip().partition(":")
        self._before = ""
        node = self._stack[-1].put((name.strip(),), self._line)
        node.inherits = node.inherits or bool(colon)
        if colon:
            self._gaps.add(self._line, "a section that takes settings from other sections, which are not read")
        self._stack.append(node)

    def _setting(self) -> None:
        text, self._before = self._before.strip(), ""
        name, equals, value = text.partition("=")
        if equals:
            node = self._stack[-1].put((name.strip(),), self._line)
            node.below.clear()  # the last one counts
            node.put((value.strip().strip('"'),), self._line)
        elif text.split()[:1] == ["include"]:
            self._gaps.add(self._line, "an included file is not read", "missing-reference")
            if len(self._stack) > 1:
                self._stack[-1].inherits = True
        elif text:
            self._gaps.add(self._line, "text that is neither a section nor a setting")


def _carries(child: Node, gaps: Gaps) -> bool:
    if child.value("mode") in _NO_TUNNEL:
        gaps.add(child.line, "a child that is a policy without a tunnel (pass, drop) is left out")
        return False
    return True


def _list(node: Node, *names: str) -> list[str]:
    return [part.strip() for part in node.value(*names).split(",") if part.strip()]


def _end(connection: Node, child: Node, device: str, gaps: Gaps) -> TunnelEnd:
    own, far = _list(connection, "local_addrs"), [one for one in _list(connection, "remote_addrs") if not is_any(one)]
    inherited = connection.inherits or child.inherits
    ike = _VERSIONS.get(connection.value("version"), Unknown("a version that is not read"))
    action = child.value("start_action")
    return TunnelEnd(
        name=f"{connection.word} {child.word}",
        device=device,
        peers=_INHERITED if connection.inherits else tuple(far),
        lines=_INHERITED if inherited else _lines(child, own, far, gaps),
        ike=_INHERITED if connection.inherits else ike,
        phase_1=_INHERITED if connection.inherits else _proposals(connection, "proposals", "DHGroup", gaps),
        phase_2=_INHERITED if inherited else _proposals(child, "esp_proposals", "PFS", gaps),
        starts=_INHERITED if inherited else any(word in action for word in ("start", "trap")),
        answers=True,
        line=child.line,
    )


def _lines(child: Node, own: list[str], far: list[str], gaps: Gaps) -> Maybe[tuple[SelectorLine, ...]]:
    mine = ranges(_list(child, "local_ts") or ["dynamic"], own)
    theirs = ranges(_list(child, "remote_ts") or ["dynamic"], far)
    for side in (mine, theirs):
        if isinstance(side, Unknown):
            gaps.add(child.line, side.reason)
            return side
    return () if isinstance(mine, Unknown) or isinstance(theirs, Unknown) else (SelectorLine(own=mine, far=theirs, line=child.line),)


def _proposals(node: Node, name: str, prefix: str, gaps: Gaps) -> Maybe[tuple[Proposal, ...]]:
    found = proposals(_list(node, name), prefix)
    if isinstance(found, Unknown) and found != DEFAULTS:
        gaps.add(node.line, found.reason, "not-judged")
    return found
