"""How much one page shows. Whatever is left out is counted and said, so the size of a report does not grow with the estate.

The numbers are what a browser on an ordinary laptop opens at once, and a person still reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from s2sguard.report.printable import printable

MOST_SINGLE: Final = 40
"""Parties of a matrix that shows each by itself; more are grouped."""
MOST_CLASSES: Final = 16
"""Groups of a matrix; the last one takes all that are left."""
MOST_MEMBERS: Final = 200
"""Names listed for one group, and resources listed for one control."""
MOST_GATEWAY_ROWS: Final = 1000
MOST_GAP_GROUPS: Final = 200
MOST_FILES: Final = 1000
MOST_NOTES: Final = 500
MOST_OPTIONS: Final = 1000
"""Values of one filter; a partner beyond is still found by the text filter."""
MOST_LINES: Final = 12
"""Sites drawn in one picture; more are grouped."""
MOST_RANGES: Final = 8
"""Ranges drawn along one axis of a plane."""
MOST_PAST: Final = 60
"""Earlier runs drawn in the trend."""
TEXT_LIMIT: Final = 1500
"""Characters of one message; a longer one loses its middle."""


@dataclass(slots=True, kw_only=True)
class Budget:
    """What is left of the things a page can only hold so many of; the worst comes first and takes what it needs."""

    gateways: int = 60
    """Gateways with a section of their own."""
    cells: int = 16_000
    """Cells of all matrices."""
    planes: int = 120
    """Planes of all gateways."""
    planes_each: int = 24
    """Planes of one gateway."""
    connections: int = 2500
    """Rows of all tables of connections."""
    findings: int = 4000
    """Findings with an entry of their own."""

    def take(self, what: str, wanted: int) -> int:
        """Return how many of the wanted ones there is room for, and take it."""
        left: int = getattr(self, what)
        given = min(left, wanted)
        setattr(self, what, left - given)
        return given


def shown(text: str) -> str:
    """Return text from outside as the page shows it: on one line, nothing invisible, and not longer than a person reads."""
    return printable(text, limit=TEXT_LIMIT)
