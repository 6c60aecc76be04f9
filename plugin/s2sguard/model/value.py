"""A value that may not be knowable.

An *omitted* property has Azure's default and is known.
What cannot be resolved (an expression without a value, `known after apply`, a contradiction) is `Unknown`.
The two are never mixed up: neither `None` nor a missing key stands for either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that exists in Azure, or will, but cannot be read from this input.

    `reason` is a short lowercase phrase for people, such as "known only after apply".
    It never quotes input text, so it can be printed anywhere.
    """

    reason: str


Maybe: TypeAlias = T | Unknown
"""A known value of type `T`, or `Unknown`."""
