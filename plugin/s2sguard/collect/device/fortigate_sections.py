"""FortiOS text -> its tables: `config TABLE`, `edit NAME`, `set KEY VALUES`, `next`, `end`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from s2sguard.collect.device.interface import Gaps, Text
from s2sguard.collect.device.tree import MAX_DEPTH

_WORDS = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s"]+)')


@dataclass(slots=True)
class Entry:
    """One `edit`, or a table without any: settings by key."""

    table: str
    name: str
    vdom: str
    line: int
    settings: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def value(self, key: str) -> str:
        """Return the first value of a setting, or empty."""
        return next(iter(self.settings.get(key, ())), "")

    def values(self, key: str) -> tuple[str, ...]:
        """Return all values of a setting."""
        return self.settings.get(key, ())


class Sections:
    """All entries of a text, by table."""

    def __init__(self) -> None:
        self._found: dict[str, dict[tuple[str, str], Entry]] = {}

    def open(self, table: str, name: str, vdom: str, line: int) -> Entry:
        """Return the entry of this name: what is edited again is the same."""
        return self._found.setdefault(table, {}).setdefault((vdom, name), Entry(table, name, vdom, line))

    def entries(self, table: str) -> Iterator[Entry]:
        """Yield the entries of a table in order."""
        yield from (entry for entry in self._found.get(table, {}).values() if entry.name or entry.settings)


def read_sections(text: Text, gaps: Gaps) -> Sections:
    """Return all tables; a table inside an entry is another one, so it does not change that entry."""
    reader = _Reader(gaps)
    for number, line in enumerate(text.lines, 1):
        words = [quoted or word for quoted, word in _WORDS.findall(line)]
        if words and not words[0].startswith("#") and not reader.take(words[0], words[1:], number):
            break
    return reader.end(len(text.lines))


class _Reader:
    """One walk over the lines."""

    def __init__(self, gaps: Gaps) -> None:
        self._gaps = gaps
        self._found = Sections()
        self._open: list[tuple[str, Entry | None]] = []
        self._vdom = ""

    def take(self, command: str, rest: list[str], line: int) -> bool:
        """Take one command and say whether to go on."""
        match command:
            case "config":
                return self._table(" ".join(rest), line)
            case "edit" if self._open and rest:
                self._edit(self._open[-1][0], rest[0], line)
            case "set" | "append" | "unset" if self._open and self._open[-1][1] is not None and rest:
                settings = self._open[-1][1].settings
                before = settings.pop(rest[0], ()) if command != "set" else ()
                if command != "unset":
                    settings[rest[0]] = (*before, *rest[1:])
            case "end" if self._open:
                self._vdom = "" if self._open.pop()[0] == "vdom" else self._vdom
            case "end":
                self._gaps.add(line, "an `end` without a table")
            case "delete" | "rename" | "purge":
                self._gaps.add(line, "a command that takes entries away is not read")
        return True

    def end(self, line: int) -> Sections:
        """Return what was found."""
        if self._open:
            self._gaps.add(line, "the text ends inside a table: truncated?")
        return self._found

    def _table(self, table: str, line: int) -> bool:
        if len(self._open) >= MAX_DEPTH:
            self._gaps.add(line, f"tables inside each other more than {MAX_DEPTH} deep: not read from here", "too-deep")
            return False
        if self._open and self._open[0][0] not in {"vdom", "global"}:
            table = f"{self._open[-1][0]} > {table}"
        self._open.append((table, None if table == "vdom" else self._found.open(table, "", self._vdom, line)))
        return True

    def _edit(self, table: str, name: str, line: int) -> None:
        if table == "vdom":
            self._vdom = name
        else:
            self._open[-1] = (table, self._found.open(table, name, self._vdom, line))
