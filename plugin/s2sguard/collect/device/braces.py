"""Junos configurations with braces -> the tree their `set` commands would make."""

from __future__ import annotations

import re

from s2sguard.collect.device.interface import Gaps, Text
from s2sguard.collect.device.tree import MAX_DEPTH, Node, statements

_TOKENS = re.compile(r'/\*.*?\*/|#[^\n]*|"(?:[^"\\]|\\.)*"|[{};\[\]\n]|[^\s{};\[\]"]+', re.DOTALL)


def braces(text: Text, gaps: Gaps) -> Node:
    """Return the tree; what is marked `inactive:` is left out, and what is not closed is a gap."""
    reader = _Reader(gaps)
    for match in _TOKENS.finditer(text.text):
        if not reader.take(match.group()):
            break
    return reader.end()


class _Reader:
    """One walk over the tokens."""

    def __init__(self, gaps: Gaps) -> None:
        self._gaps = gaps
        self._root = Node("", 0)
        self._stack: list[Node | None] = [self._root]
        """The sections that are open; None for one that is inactive."""
        self._line = 1
        self._words: list[str] = []
        self._several: list[str] | None = None

    def take(self, token: str) -> bool:
        """Take one token and say whether to go on."""
        match token:
            case "\n":
                self._line += 1
            case "{":
                if len(self._stack) > MAX_DEPTH:
                    self._gaps.add(self._line, f"sections inside each other more than {MAX_DEPTH} deep: not read from here", "too-deep")
                    return False
                self._stack.append(self._put())
            case "}":
                if len(self._stack) == 1:
                    self._gaps.add(self._line, "a closing brace without an opening one")
                else:
                    self._stack.pop()
                self._words = []
            case ";":
                self._put()
            case "[":
                self._several = []
            case "]":
                pass
            case _ if token.startswith(("/*", "#")):
                self._line += token.count("\n")
            case _:
                self._line += token.count("\n")
                word = token[1:-1] if token.startswith('"') else token
                (self._words if self._several is None else self._several).append(word)
        return True

    def end(self) -> Node:
        """Return the tree."""
        if len(self._stack) > 1 or self._words:
            self._gaps.add(self._line, "the text ends in the middle of a section: truncated?")
        return self._root

    def _put(self) -> Node | None:
        words, several = self._words, self._several
        self._words, self._several = [], None
        top = self._stack[-1]
        if words and words[0] in {"inactive:", "protect:", "replace:", "delete:"}:
            if words[0] != "inactive:":
                self._gaps.add(self._line, "a mark before a statement that is not read")
            return None
        if top is None:
            return None
        if len(words) > MAX_DEPTH:
            self._gaps.add(self._line, f"a statement of more than {MAX_DEPTH} words", "too-deep")
            return None
        if several:
            for word in several:
                top.put([*words, word], self._line)
            return top
        *before, last = statements(words)
        for statement in before:
            top.put(statement, self._line)
        return top.put(last, self._line)
