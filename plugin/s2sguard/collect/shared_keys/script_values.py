"""What a value in a script stands for: a text that is written there, or a reference that is followed inside the file."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Final

from s2sguard.collect.shared_keys.handling import Judged, clear, judge_text, protected
from s2sguard.collect.shared_keys.source_text import SourceText, Written
from s2sguard.collect.shared_keys.suffixes import BICEP, POWERSHELL, TERRAFORM, YAML

ELSEWHERE: Final = "it is not written in this file"
_DEEPEST: Final = 8
_LONGEST_STATEMENT: Final = 1_000

_ASSIGNED: Final = re.compile(
    r"(?:^|;)[^\S\n]*(?:(?:export|local|readonly|declare|set|var)[^\S\n]+)?(?:\[[\w.]+\][^\S\n]*)?"
    r"\$?(?:(?:env|script|global):)?(?P<name>[A-Za-z_]\w*)[^\S\n]*=(?!=)",
    re.MULTILINE | re.IGNORECASE,
)
_PARAMETER: Final = re.compile(r"(?P<secure>@secure\(\)\s*(?:@[^\n]*\n\s*)*)?\bparam\s+(?P<name>\w+)\s+string\b", re.IGNORECASE)
_REFERENCE: Final = re.compile(r"\$(?:\{)?(?:(?:env|script|global):)?(?P<name>[A-Za-z_]\w*)\}?", re.IGNORECASE)
_OR_ELSE: Final = re.compile(r"\$\{(?P<name>\w+):?[-=](?P<text>[^${}]+)\}")
_LOCAL: Final = re.compile(r"(?:\$\{)?\s*local\.(?P<name>\w+)\s*\}?")
_IDENTIFIER: Final = re.compile(r"[A-Za-z_]\w*")
_SECURE_STRING: Final = re.compile(r"ConvertTo-SecureString\b(?P<rest>[^;|\n]{0,500})", re.IGNORECASE)
_ARGUMENT: Final = re.compile(r"""(?:^|(?<=\s))(?P<value>"[^"\n]*"|'[^'\n]*'|\$[\w:]+|(?!-)[^\s"'()$-][^\s"'()]*)""")
_REPLACED: Final = {
    "shell": re.compile(r"\$[A-Za-z_{(\d@*#?]|`"),
    "powershell": re.compile(r"\$[A-Za-z_{(]"),
    "declared": re.compile(r"\$\{|%\{"),
}
"""What is replaced inside a text, by language."""


class Resolver:
    """Judges values of one file; each assignment of a variable counts, as nothing here is run."""

    def __init__(self, source: SourceText) -> None:
        self._source = source
        self._assigned: dict[str, list[int]] = defaultdict(list)
        for found in _ASSIGNED.finditer(source.text):
            if not source.commented(found.start("name")):
                self._assigned[self._folded(found["name"])].append(found.end())
        self._known: dict[str, int | None] = {}
        """Variables that were followed: where one is given a text; None also while it is being followed, so that a circle ends."""
        self._parameters: dict[str, tuple[int, bool]] = {}
        if source.is_one_of(BICEP):
            for found in _PARAMETER.finditer(source.text):
                self._parameters[found["name"]] = found.start("name"), found["secure"] is not None

    def _folded(self, name: str) -> str:
        """Return a variable's name for comparing: PowerShell and cmd ignore case."""
        return name.lower() if self._source.is_one_of(POWERSHELL, (".cmd", ".bat")) else name

    def judge(self, value: Written, depth: int = 0) -> tuple[int, Judged | None]:
        """Return the offset of what is at fault, and how the key written there is handled; None where it is no key."""
        secure = _SECURE_STRING.search(value.text) if value.form == "group" else None
        if secure is not None:
            return self._secured(secure, value.at, value.at, depth)
        if value.form not in {"quoted", "bare"}:
            first = next(self._source.quoted_in(value), None)
            # `("a" + "b")` is a text; a command in brackets is not.
            joined = first is not None and not re.sub(r"""["'][^"'\n]*["']|[()+\s]""", "", value.text)
            return self.judge(first, depth + 1) if joined and first is not None else (value.at, protected(ELSEWHERE))
        name = self._reference(value)
        if name is not None:
            return self._followed(name, value.at, depth)
        fallback = _OR_ELSE.fullmatch(value.text)
        text = fallback["text"] if fallback is not None else self._text(value)
        return value.at, protected(ELSEWHERE) if text is None else judge_text(text)

    def _reference(self, value: Written) -> str | None:
        """Return the name that a value consists of; None where it is something else."""
        if self._source.is_one_of(TERRAFORM):
            found = _LOCAL.fullmatch(value.text)
        elif self._source.is_one_of(BICEP):
            found = _IDENTIFIER.fullmatch(value.text) if value.form == "bare" else None
            return found[0] if found else None
        else:
            found = _REFERENCE.fullmatch(value.text)
        return found["name"] if found else None

    def _followed(self, name: str, at: int, depth: int) -> tuple[int, Judged | None]:
        """Return what the assignments of a variable give, the first one in clear text if there is one."""
        if name in self._parameters:
            where, secure = self._parameters[name]
            if not secure:
                return where, clear(f"parameter {name} is not secure, so Azure keeps its value in the deployment history")
        key = self._folded(name)
        if key not in self._known:
            self._known[key] = None
            self._known[key] = self._first_text(key, depth)
        given = self._known[key]
        return (at, protected(ELSEWHERE)) if given is None else (given, clear(f"variable {name} is given a text in this file"))

    def _first_text(self, key: str, depth: int) -> int | None:
        """Return where a variable is first given a text."""
        for begin in self._assigned.get(key, ()) if depth < _DEEPEST else ():
            where, judged = self._given(begin, depth)
            if judged is not None and judged.handling == "clear-text":
                return where
        return None

    def _given(self, begin: int, depth: int) -> tuple[int, Judged | None]:
        """Return what one assignment gives."""
        statement = self._source.text[begin : begin + _LONGEST_STATEMENT].partition("\n")[0]
        secure = _SECURE_STRING.search(statement)
        if secure is not None and statement.lstrip().lower().startswith("convertto-securestring"):
            return self._secured(secure, begin, begin, depth)
        value = self._source.value(begin, bare=not self._source.is_one_of(POWERSHELL, TERRAFORM, BICEP))
        return self.judge(value, depth + 1) if value is not None else (begin, None)

    def _secured(self, found: re.Match[str], base: int, at: int, depth: int) -> tuple[int, Judged | None]:
        """Return what `ConvertTo-SecureString` is given: its first argument that is no option."""
        argument = _ARGUMENT.search(found["rest"])
        if argument is None:
            # `'text' | ConvertTo-SecureString`: the text comes before it.
            before = Written(form="group", text=found.string[: found.start()], at=base)
            first = next(self._source.quoted_in(before), None)
            return self.judge(first, depth + 1) if first is not None else (at, protected(ELSEWHERE))
        value = self._source.value(base + found.start("rest") + argument.start("value"), bare=True)
        return self.judge(value, depth + 1) if value is not None else (at, protected(ELSEWHERE))

    def _text(self, value: Written) -> str | None:
        """Return the text that a value is; None where it is a reference or is put together when the script runs."""
        text = value.text
        if value.form == "bare" and not (text.startswith("<") and text.endswith(">")) and self._is_code(text):
            return None
        if value.literal or text.startswith(("${{", "$((")):
            return text
        pattern = self._replaced()
        # Azure DevOps writes `$(name)` and GitHub `${{ name }}` in YAML: judged as tokens.
        return None if pattern.search(text) is not None and not (self._source.is_one_of(YAML) and text.startswith("$(")) else text

    def _is_code(self, text: str) -> bool:
        """Say whether a text without quotes is a reference or begins something else than a text."""
        return self._source.is_one_of(TERRAFORM, BICEP) or text[:1] in {"@", "(", "[", "{", "!", "&", "*", "|", ">"}

    def _replaced(self) -> re.Pattern[str]:
        if self._source.is_one_of(TERRAFORM, BICEP):
            return _REPLACED["declared"]
        return _REPLACED["powershell" if self._source.is_one_of(POWERSHELL) else "shell"]


__all__ = ["ELSEWHERE", "Resolver"]
