"""Configurations written as `set` commands (Junos, PAN-OS) -> a tree."""

from __future__ import annotations

import re

from s2sguard.collect.device.interface import Gaps, Text
from s2sguard.collect.device.tree import MAX_DEPTH, Node, statements

_WORDS = re.compile(r'"((?:[^"\\]|\\.)*)"|\'([^\']*)\'|(\[|\])|([^\s\[\]"\']+)')
_OF_TUNNELS = frozenset({"security", "network", "routing-instances"})


def set_lines(text: Text, gaps: Gaps) -> Node:
    """Return everything the `set` commands leave: a list in brackets is several values; `delete` and `deactivate` take away again."""
    root = Node("", 0)
    for number, line in enumerate(text.lines, 1):
        stripped = line.strip()
        command, _, rest = stripped.partition(" ")
        if command not in {"set", "delete", "deactivate"}:
            if stripped and not stripped.startswith(("#", "/*", "!", "*")):
                gaps.add(number, "a line that is no `set` command")
            continue
        paths = _paths(rest)
        if paths is None:
            gaps.add(number, f"a command of more than {MAX_DEPTH} words", "too-deep")
            continue
        for path in paths:
            if command == "set":
                for statement in statements(path):
                    root.put(statement, number)
            elif path[:1] and path[0] in _OF_TUNNELS and not root.remove(path):
                gaps.add(number, "a command that takes away what is not there")
    return root


def _paths(text: str) -> list[list[str]] | None:
    head: list[str] = []
    several: list[str] | None = None
    for match in _WORDS.finditer(text):
        quoted, single, bracket, word = match.groups()
        if bracket == "[":
            several = []
        elif bracket is None:
            (head if several is None else several).append(quoted if quoted is not None else single if single is not None else word)
        if len(head) > MAX_DEPTH:
            return None
    return [head] if not several else [[*head, word] for word in several]
