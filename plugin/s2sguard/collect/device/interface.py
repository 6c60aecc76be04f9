"""What the reader of one vendor looks like from outside, and where it puts what it does not understand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from s2sguard.model.inventory import Gap, GapKind, Source
from s2sguard.model.tunnel import TunnelEnd

MOST_GAPS = 200


class Gaps:
    """The gaps of one file. A reason stands on each line once; after `MOST_GAPS` only their number grows."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: dict[tuple[str, int], Gap] = {}
        self._more = 0

    def add(self, line: int, reason: str, kind: GapKind = "unreadable-value") -> None:
        """Note a gap on a line (0 for the whole file). `reason` never quotes the text."""
        if (reason, line) in self._found:
            return
        if len(self._found) >= MOST_GAPS:
            self._more += 1
            return
        source = Source(file=self._file, line=line) if line else Source(file=self._file)
        self._found[reason, line] = Gap(kind=kind, reason=reason, source=source)

    def all(self) -> tuple[Gap, ...]:
        """Return the gaps in the order of lines."""
        found = sorted(self._found.values(), key=lambda gap: (gap.source.line or 0) if gap.source else 0)
        if self._more:
            reason = f"{self._more} more places were not understood"
            found.append(Gap(kind="unreadable-value", reason=reason, source=Source(file=self._file)))
        return tuple(found)


class Text:
    """The text of a configuration, in lines, with its name."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.lines: Sequence[str] = text.split("\n")


@dataclass(frozen=True, slots=True)
class Found:
    """What one text holds."""

    host: str
    """The device's own name, or empty."""
    ends: tuple[TunnelEnd, ...]
    leaks: str = ""
    """Why packets may pass between its routing tables; empty where the text gives no reason."""


class Vendor(Protocol):
    """One kind of configuration, one file."""

    name: str

    def recognises(self, text: Text) -> bool:
        """Say whether this text is of this kind, from what it names, in time linear in its length."""

    def read(self, text: Text, gaps: Gaps) -> Found:
        """Return what the text holds. Never raises on bad content: that is a gap."""
