"""Just enough Bicep and Terraform to read back what is rendered: not with the writers, and no more of the languages than they use."""

from __future__ import annotations

import json
import re
from typing import Any

_TOKEN = re.compile(
    r"""\s*(?:(?://|\#)[^\n]*|(?P<word>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[A-Za-z_][\w.]*(?:\(\))?(?:\.\w+)*|-?\d+|[{}\[\]:=,@]))"""
)


class _Tokens:
    """The tokens of a text, without comments."""

    def __init__(self, text: str) -> None:
        found = []
        at = 0
        while at < len(text.rstrip()):
            match = _TOKEN.match(text, at)
            assert match is not None, text[at : at + 40]
            found += [match["word"]] if match["word"] else []
            at = match.end()
        self.left = found[::-1]

    def next(self) -> str:
        """Take the next token."""
        return self.left.pop()

    def peek(self) -> str:
        """Look at the next token."""
        return self.left[-1]

    def value(self) -> Any:  # noqa: ANN401 - a literal of any type
        """Read one value of either language; what is no literal is its name in angle brackets."""
        word = self.next()
        if word == "[":
            found = []
            while self.peek() != "]":
                found.append(self.value())
                if self.peek() == ",":
                    self.next()
            self.next()
            return found
        if word == "{":
            return self.members()
        if word[0] in "\"'":
            return json.loads(f'"{word[1:-1]}"')
        if word in {"true", "false"}:
            return word == "true"
        return int(word) if word.lstrip("-").isdigit() else f"<{word}>"

    def members(self) -> dict[str, Any]:
        """Read up to the closing brace: members and, in Terraform, blocks, which may repeat."""
        found: dict[str, Any] = {}
        while self.peek() != "}":
            name = self.next()
            if self.peek() == "{":
                self.next()
                found.setdefault(name, []).append(self.members())
                continue
            assert self.next() in {":", "="}
            found[name] = self.value()
            if self.peek() == ",":
                self.next()
        self.next()
        return found


def bicep_resources(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Return (type, body) of every resource of a Bicep file."""
    tokens = _Tokens(text[text.index("resource ") :])
    found = []
    while tokens.left:
        assert tokens.next() == "resource"
        tokens.next()
        kind = tokens.value().partition("@")[0]
        assert tokens.next() == "="
        found.append((kind, tokens.value()))
    return found


def terraform_resources(text: str) -> dict[str, dict[str, Any]]:
    """Return type -> body of every resource of a Terraform file."""
    tokens = _Tokens(text[text.index("resource ") :])
    found = {}
    while tokens.left:
        assert tokens.next() == "resource"
        kind = tokens.value()
        tokens.value()
        assert tokens.next() == "{"
        found[kind] = tokens.members()
    return found
