"""What could not be read, on its way to become a gap. Needs no SDK."""

from __future__ import annotations

from typing import Final

from s2sguard.model.inventory import Gap, GapKind, Source

LIVE: Final = "azure"
"""What stands for the file in the source of everything that was read from Azure; the pointer is the resource's id."""


class Unreadable(Exception):  # noqa: N818  # a value on its way to become a gap
    """Something could not be read: `kind` for reports, `reason` for people."""

    def __init__(self, kind: GapKind, reason: str) -> None:
        super().__init__(reason)
        self.kind: GapKind = kind
        self.reason = reason

    def gap(self, resource: str, what: str) -> Gap:
        """Return the gap this makes about a resource or scope; `what` names the thing that was to be read."""
        return Gap(kind=self.kind, reason=f"{what} could not be read: {self.reason}", source=source_of(resource), resource=resource)


def odd_id() -> Unreadable:
    """Return what is wrong with something whose id is not of the form that Azure documents: nobody can be asked about it."""
    return Unreadable("unavailable", "its id is not of the form that Azure documents")


def source_of(resource_id: str) -> Source:
    """Return the source of something that was read from Azure."""
    return Source(file=LIVE, pointer=resource_id)
