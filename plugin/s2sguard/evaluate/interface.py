"""What every Rego engine looks like from outside: JSON in, raw results out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypedDict


class ControlResult(TypedDict):
    """What one control says about one facts document (an element of `data.s2sguard.main.results`).

    Each finding has the texts `msg`, `control` and `resource`; in `warn` a `kind`, `unknown` or `advice`;
    a `severity` only where it differs from its control's. Controls may add `witness`, `witnesses` and `pairs`.
    They stay plain objects until `join` has checked them.
    """

    control: str
    applies: list[str]
    deny: list[dict[str, object]]
    warn: list[dict[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineInfo:
    """What the report says about the engine."""

    name: str
    version: str


class Engine(Protocol):
    """One way to run the pack. Loading happens when it is opened; an engine is used by one thread.

    An engine raises `EngineError` for anything but a complete answer: undefined is not clean.
    """

    chunk_size: int
    """Connections per document this engine is best given (facts: engines.md)."""

    @property
    def info(self) -> EngineInfo:
        """Name and version."""

    def evaluate(self, document: bytes) -> list[ControlResult]:
        """Judge one facts document, given as valid JSON, within the engine's deadline."""

    def close(self) -> None:
        """Release processes, sockets and memory."""
