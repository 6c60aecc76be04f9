"""One line too many: what a far end's mistake of one access-list line brings up and opens."""

from __future__ import annotations

from dataclasses import replace

from s2sguard.collect.device import read_device
from s2sguard.errors import UsageError
from s2sguard.model.tunnel import SelectorLine, TunnelEnd
from s2sguard.model.value import Unknown

_AROUND = "crypto map M 1 ipsec-isakmp\n match address L\nip access-list extended L\n {}\n"
_HINT = 'such as "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255"'


def erring_line(text: str) -> SelectorLine:
    """Return one line of an IOS access list, `permit ip OWN WILDCARD FAR WILDCARD`; raises `UsageError` for what is none."""
    if text.split()[:1] == ["deny"]:
        raise UsageError("--what-if takes a permit line: a deny line is never proposed", hint=_HINT)
    lines = [end.lines for end in read_device(_AROUND.format(" ".join(text.split())), "--what-if").ends]
    if len(lines) != 1 or isinstance(lines[0], Unknown) or len(lines[0]) != 1:
        raise UsageError("--what-if takes one line of a Cisco access list, and this is none that can be read", hint=_HINT)
    return replace(lines[0][0], line=0)


def with_line(end: TunnelEnd, line: SelectorLine) -> TunnelEnd:
    """Return the far end with one more line, the last."""
    return end if isinstance(end.lines, Unknown) else replace(end, lines=(*end.lines, line))
