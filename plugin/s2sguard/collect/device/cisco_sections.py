"""Cisco IOS text -> sections: a command of the top level with the commands below it.

IOS itself does not look at blanks: a command belongs to the mode that was entered before it. `show running-config` indents by one blank,
people who paste do not always. So an indented line is below the last top-level one, and so is one that starts with a word that only
exists below (the source article prints its access lists that way).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

_ONLY_BELOW = frozenset(
    {
        "permit",
        "deny",
        "remark",
        "set",
        "match",
        "tunnel",
        "peer",
        "pre-shared-key",
        "encryption",
        "encr",
        "integrity",
        "hash",
        "group",
        "prf",
        "keyring",
        "identity",
        "authentication",
        "network-object",
        "group-object",
        "address-family",
        "exit-address-family",
        "member",
        "range",
        "host",
    }
)
_SHORT_BELOW = {("ip", "address"), ("ip", "access-group"), ("vrf", "forwarding"), ("zone-member", "security"), ("ipv6", "traffic-filter")}


@dataclass(slots=True)
class Command:
    """One command: its words in lower case where IOS has keywords, as written where it has names; both are kept."""

    words: tuple[str, ...]
    line: int
    below: list[Command] = field(default_factory=list)

    def starts(self, *words: str) -> bool:
        """Say whether the command starts with these keywords, in any casing."""
        return len(self.words) >= len(words) and all(mine.lower() == word for mine, word in zip(self.words, words, strict=False))

    def after(self, *words: str) -> tuple[str, ...] | None:
        """Return the words behind these keywords, or None if it does not start with them."""
        return self.words[len(words) :] if self.starts(*words) else None

    def first(self, *words: str) -> tuple[str, ...] | None:
        """Return what the last command below says after these keywords: in IOS the last one counts. None if there is none."""
        found = None
        for command in self.below:
            rest = command.after(*words)
            found = rest if rest is not None else found
        return found

    def all(self, *words: str) -> Iterator[tuple[tuple[str, ...], int]]:
        """Yield (words behind these keywords, line) of each command below that starts with them."""
        for command in self.below:
            rest = command.after(*words)
            if rest is not None:
                yield rest, command.line


def sections(lines: list[str] | tuple[str, ...]) -> list[Command]:
    """Return the top-level commands in order. Comments (`!`, `//`, `#`), empty lines and banners are left out."""
    found: list[Command] = []
    again: dict[tuple[str, ...], Command] = {}
    current: Command | None = None
    banner = ""
    for number, line in enumerate(lines, 1):
        if banner:
            banner = "" if banner in line else banner
            continue
        words = tuple(line.split())
        if not words or words[0][0] in "!#" or words[0].startswith("//") or words[0].lower() in {"end", "exit"}:
            continue
        if words[0].lower() == "banner" and len(words) > 2:
            # `banner motd ^C text ... ^C`: whatever lies between is text.
            mark = words[2][:2] if words[2].startswith("^") else words[2][:1]
            banner = mark if line.count(mark) < 2 else ""
            continue
        command = Command(words, number)
        if current is not None and (line[:1].isspace() or _is_below(words, current)):
            current.below.append(command)
        elif words[0].lower() in {"interface", "crypto"} and (known := again.get(words)) is not None:
            current = known  # entered again: the mode is the same
        else:
            current = again[words] = command
            found.append(command)
    return found


def _is_below(words: tuple[str, ...], section: Command) -> bool:
    head = tuple(word.lower() for word in words[:2])
    if head[0] in _ONLY_BELOW or head in _SHORT_BELOW or (head[0].isdecimal() and "access-list" in section.words):
        return True
    interface = section.starts("interface")
    return interface and len(words) == 3 and head in {("crypto", "map"), ("ip", "nat")}
