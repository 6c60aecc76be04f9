"""What of an input was not read at all, for commands that print no report."""

from __future__ import annotations

import sys

from s2sguard.errors import InputError
from s2sguard.model.inventory import Inventory
from s2sguard.report.outcome import WHOLE_FILE
from s2sguard.report.printable import printable

_SHOWN = 5


def check_anything_read(inventory: Inventory) -> None:
    """Raise InputError where no resource was read and there may be some: no finding means nothing then."""
    if not inventory.resources and not inventory.answered:
        raise InputError(
            "no resource was read, so there is nothing to judge", hint="`s2sguard scan` on the same input says what is missing"
        )


def unread(inventory: Inventory) -> tuple[str, ...]:
    """Return one line for each input that was not read as a whole, safe to print, and what to do."""
    gaps = [gap for gap in inventory.gaps if gap.kind in WHOLE_FILE]
    lines = [printable(f"{gap.source}: {gap.reason}" if gap.source is not None else gap.reason) for gap in gaps[:_SHOWN]]
    if len(gaps) > _SHOWN:
        lines.append(f"and {len(gaps) - _SHOWN} more; `s2sguard scan` lists them")
    return tuple(lines)


def say_unread(inventory: Inventory) -> bool:
    """Print what was not read to standard error and say whether there was anything."""
    lines = unread(inventory)
    for line in lines:
        print(f"error: an input was not read: {line}", file=sys.stderr)
    return bool(lines)
