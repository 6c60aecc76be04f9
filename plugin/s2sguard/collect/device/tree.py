"""Configurations whose statements are paths of words (Junos, PAN-OS, swanctl.conf) as one tree.

A value is the last word of its path, so a list is a node with several children, in the order they were written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

MAX_DEPTH = 64
"""Levels no real configuration comes near."""


class Node:
    """A word with what is written behind it."""

    __slots__ = ("below", "inherits", "line", "word")

    def __init__(self, word: str, line: int) -> None:
        self.word = word
        self.line = line
        self.below: dict[str, Node] = {}
        self.inherits = False
        """It also takes settings from elsewhere, which are not read."""

    def put(self, words: Sequence[str], line: int) -> Node:
        """Add a path below this node and return its last node; a path of more than `MAX_DEPTH` words is cut there.

        What is written again counts as written last.
        """
        node = self
        for place, word in enumerate(words[:MAX_DEPTH], 1):
            known = node.below.pop(word, None) if place == len(words) else node.below.get(word)
            node = node.below.setdefault(word, known or Node(word, line))
        return node

    def get(self, *words: str) -> Node | None:
        """Return the node at a path, or None."""
        node: Node | None = self
        for word in words:
            node = node.below.get(word) if node is not None else None
        return node

    def value(self, *words: str) -> str:
        """Return the last value written at a path: there the later statement counts. Empty if there is none."""
        node = self.get(*words)
        return next(reversed(node.below), "") if node is not None else ""

    def values(self, *words: str) -> tuple[str, ...]:
        """Return all values written at a path."""
        node = self.get(*words)
        return tuple(node.below) if node is not None else ()

    def children(self, *words: str) -> Iterator[Node]:
        """Yield the nodes below a path."""
        node = self.get(*words)
        yield from (node.below.values() if node is not None else ())

    def remove(self, words: Sequence[str]) -> bool:
        """Take a path away and say whether it was there."""
        node = self.get(*words[:-1])
        return bool(words) and node is not None and node.below.pop(words[-1], None) is not None


_ONE_WORD = frozenset({"local-ip", "remote-ip", "local", "remote", "service"})
_HOLDERS = {"traffic-selector": 2, "proxy-id": 2, "proxy-id-v6": 2, "proxy-identity": 1}
"""Statements that may name both sides behind each other on one line, and how many words they take themselves."""


def statements(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield one path for each setting of a statement: `traffic-selector a local-ip X remote-ip Y` holds two."""
    place = next((place for place, word in enumerate(words) if word in _HOLDERS), None)
    head = 0 if place is None else place + _HOLDERS[words[place]]
    at = head
    while place is not None and at + 1 < len(words) and words[at] in _ONE_WORD:
        yield [*words[:head], *words[at : at + 2]]
        at += 2
    if at == head or at < len(words):
        yield [*words[:head], *words[at:]]
