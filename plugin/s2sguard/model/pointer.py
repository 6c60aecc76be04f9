"""JSON pointers (RFC 6901): where in a document something is written."""

from __future__ import annotations


def pointer_to(pointer: str, *steps: str | int) -> str:
    """Return the pointer some steps below another one; the empty one is the whole document."""
    return pointer + "".join(f"/{step}" if isinstance(step, int) else "/" + step.replace("~", "~0").replace("/", "~1") for step in steps)
