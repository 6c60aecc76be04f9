"""Gaps of one kind as one entry: forty sites that are missing are one mistake, not forty."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from s2sguard.model.inventory import Gap
from s2sguard.report.names import Names

QUOTED = re.compile(r"`([^`]*)`")
QUOTED_LIST = re.compile(r"`[^`]*`(?:, `[^`]*`)*")
DISAGREEING = re.compile(r"^.* and .*(?= disagree on )")
"""The places of contradicting duplicates, which `places` and `targets` name."""
ENDING = re.compile(r": `([^`]*)`$")


@dataclass(frozen=True, slots=True, kw_only=True)
class GapGroup:
    """Gaps that differ in place, and perhaps in what their reason quotes."""

    kind: str
    gaps: list[Gap] = field(default_factory=list)

    def reason(self) -> str:
        """Return the reason they share, without what stands in `targets`."""
        if len(self.gaps) == 1:
            return ENDING.sub("", self.gaps[0].reason)
        return QUOTED_LIST.sub("`...`", _shared(self.gaps[0])) if self._differ() else ENDING.sub("", self.gaps[0].reason)

    def targets(self) -> list[str]:
        """Return what the reasons end with, or differ in: each once, resource ids by their names."""
        if self.kind == "conflicting-duplicates":
            return self._resources()
        ends = [match[1] for gap in self.gaps if (match := ENDING.search(gap.reason))]
        return _named(ends or [text for gap in self.gaps for text in QUOTED.findall(gap.reason) if self._differ()])

    def places(self) -> list[str]:
        """Return where they are, by file: the place itself where there is one, else how many."""
        files: dict[str, list[str]] = {}
        for gap in self.gaps:
            if gap.source is not None:
                files.setdefault(gap.source.file, []).append(str(gap.source))
        return [places[0] if len(set(places)) == 1 else f"{file} ({len(places)} places)" for file, places in sorted(files.items())]

    def _resources(self) -> list[str]:
        return _named([gap.resource for gap in self.gaps if gap.resource is not None]) if len(self.gaps) > 1 else []

    def _differ(self) -> bool:
        return len({gap.reason for gap in self.gaps}) > 1


def gap_groups(gaps: Iterable[Gap]) -> list[GapGroup]:
    """Return the gaps by kind and reason, the most frequent first."""
    groups: dict[tuple[str, str], GapGroup] = {}
    for gap in gaps:
        groups.setdefault((gap.kind, QUOTED_LIST.sub("``", _shared(gap))), GapGroup(kind=gap.kind)).gaps.append(gap)
    return [groups[key] for key in sorted(groups, key=lambda key: (-len(groups[key].gaps), key))]


def _shared(gap: Gap) -> str:
    return DISAGREEING.sub("several inputs", ENDING.sub("", gap.reason))


def _named(texts: list[str]) -> list[str]:
    names = Names(target=((text, "") for text in texts if text.startswith("/")))
    return list(dict.fromkeys(names[text] if text.startswith("/") else text for text in texts))
