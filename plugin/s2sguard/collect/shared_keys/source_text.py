"""The text of a script or source file: its commands, its comments, and the values written in it, each with its place.

Nothing is cut out and nothing is joined: every offset is one of the text as it was read, so that lines and columns are right.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from s2sguard.collect.shared_keys.suffixes import BICEP, POWERSHELL, SUFFIXES, TERRAFORM

MAX_LINE: Final = 20_000
"""Characters of a command that are searched; a longer line is data."""

_CONTINUED: Final = re.compile(r"[\\`^][^\S\n]*\r?\n")
_LINE_COMMENT: Final = re.compile(r"(?:^|(?<=\s))(?:#(?!>)|//|(?:rem|::)(?=\s))[^\n]*", re.IGNORECASE | re.MULTILINE)
_HASH_COMMENT: Final = re.compile(r"(?:^|(?<=\s))#(?!>)[^\n]*", re.MULTILINE)
_BLOCK_COMMENTS: Final = (("<#", "#>"), ("/*", "*/"))
_HERE_STRING: Final = re.compile(r"@(?P<quote>['\"])[^\S\n]*\r?\n(?P<text>.{0,4000}?)\r?\n(?P=quote)@", re.DOTALL)
_HEREDOC: Final = re.compile(r"<<[-~]?(?P<word>\w+)[^\S\n]*\r?\n(?P<text>.{0,4000}?)\r?\n[^\S\n]*(?P=word)\b", re.DOTALL)
_QUOTED: Final = re.compile(
    r"""'''(?P<long>.{0,4000}?)'''|\\"(?P<escaped>[^"\\\n]*)\\"|"(?P<double>(?:[^"\\\n]|\\.)*)"|'(?P<single>[^'\n]*)'""",
    re.DOTALL,
)
_BARE: Final = re.compile(r"""(?:\$\{\{[^}\n]{0,300}\}\}|\$\{[^}\n]{0,300}\}|\$\([^)\n]{0,300}\)|[^\s"'`|;&)]){1,300}""")
_SPACE: Final = re.compile(r"[^\S\n]+|[\\`^][^\S\n]*\r?\n")
_BRACKET: Final = re.compile(r"""["'()\[\]{}\\]""")
_LONGEST_GROUP: Final = 2_000
_MOST_SPACES: Final = 20
"""Runs of space and ends of continued lines before a value."""

Form = Literal["quoted", "bare", "group", "map"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A value as it is written: its text without quotes, and the offset where it begins."""

    form: Form
    text: str
    at: int
    literal: bool = False
    """Nothing in it is replaced when the script runs: single quotes, a here-string in them."""


class SourceText:
    """One file; `suffix` says which language it is in, empty for one that is not known."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.suffix = next((suffix for suffix in sorted(SUFFIXES, key=len, reverse=True) if file.lower().endswith(suffix)), "")
        self._lines = [0, *(found.end() for found in re.finditer(r"\n", text))]
        self._comments = sorted(self._comment_spans())
        self._starts = [start for start, _ in self._comments]

    def is_one_of(self, *groups: tuple[str, ...]) -> bool:
        """Say whether the file is in a language of these groups."""
        return any(self.suffix in group for group in groups)

    def position(self, at: int) -> tuple[int, int]:
        """Return line and column of an offset, both counted from 1."""
        line = bisect_right(self._lines, at)
        return line, at - self._lines[line - 1] + 1

    def commented(self, at: int) -> bool:
        """Say whether an offset lies in a comment."""
        index = bisect_right(self._starts, at) - 1
        return index >= 0 and at < self._comments[index][1]

    def _comment_spans(self) -> Iterator[tuple[int, int]]:
        # A Markdown heading and an unknown language's text are prose, as comments are; `//` is part of addresses in scripts.
        with_slashes = self.is_one_of(BICEP, TERRAFORM, (".cmd", ".bat"))
        for found in (_LINE_COMMENT if with_slashes else _HASH_COMMENT).finditer(self.text):
            yield found.span()
        for begin, end in _BLOCK_COMMENTS if self.is_one_of(POWERSHELL, BICEP, TERRAFORM) else ():
            start = self.text.find(begin)
            while start >= 0 and (stop := self.text.find(end, start)) >= 0:
                yield start, stop + len(end)
                start = self.text.find(begin, stop)

    def commands(self) -> Iterator[tuple[int, int]]:
        """Yield start and end of each line; lines that are continued count as one, and a long one is cut."""
        start = 0
        for index, begin in enumerate(self._lines):
            end = self._lines[index + 1] if index + 1 < len(self._lines) else len(self.text)
            line = self.text[max(begin, end - 200) : end]
            if _CONTINUED.search(line) is not None and end - start < MAX_LINE:
                continue
            yield start, min(end, start + MAX_LINE)
            start = end

    def value(self, at: int, *, bare: bool) -> Written | None:
        """Return the value that begins at an offset, after space; None where there is none. `bare`: text needs no quotes."""
        at = self._skip(at)
        for pattern in (_HERE_STRING, _HEREDOC):
            found = pattern.match(self.text, at)
            if found is not None:
                literal = pattern is _HEREDOC or found["quote"] == "'"
                return Written(form="quoted", text=found["text"].strip(), at=found.start("text"), literal=literal)
        found = _QUOTED.match(self.text, at)
        if found is not None and found.lastgroup is not None:
            literal = found.lastgroup in {"single", "long"} and not self.is_one_of(BICEP)
            return Written(form="quoted", text=found[found.lastgroup], at=at, literal=literal)
        first = self.text[at : at + 1]
        if first in {"(", "{", "["} or self.text[at : at + 2] in {"@{", "@("}:
            return self._group(at)
        found = _BARE.match(self.text, at)
        if found is None:
            return None
        text = found[0].rstrip(",")
        return Written(form="bare", text=text, at=at) if bare or text[:1] == "$" or self.is_one_of(TERRAFORM, BICEP) else None

    def _skip(self, at: int) -> int:
        """Return the offset of what comes next: after space and ends of continued lines."""
        for _ in range(_MOST_SPACES):
            found = _SPACE.match(self.text, at)
            if found is None:
                break
            at = found.end()
        return at

    def _group(self, at: int) -> Written:
        """Return what stands in brackets, to the one that closes the first."""
        depth, place, end = 0, at, min(len(self.text), at + _LONGEST_GROUP)
        while (found := _BRACKET.search(self.text, place, end)) is not None:
            place = found.end()
            quoted = _QUOTED.match(self.text, found.start())
            if quoted is not None:
                place = quoted.end()
                continue
            depth += (found[0] in "([{") - (found[0] in ")]}")
            if depth == 0 and found[0] in ")]}":
                break
        else:
            place = end
        form: Form = "group" if self.text[at] == "(" else "map"
        return Written(form=form, text=self.text[at:place], at=at)

    def quoted_in(self, group: Written) -> Iterator[Written]:
        """Yield the quoted texts of a group that are values, not names of members."""
        for found in _QUOTED.finditer(self.text, group.at, group.at + len(group.text)):
            after = self.text[found.end() : found.end() + 20].lstrip()
            if found.lastgroup is not None and not (after[:1] in {":", "="} and after[:2] != "=="):
                literal = found.lastgroup in {"single", "long"} and not self.is_one_of(BICEP)
                yield Written(form="quoted", text=found[found.lastgroup], at=found.start(), literal=literal)
