"""What every inventory reader looks like from outside: a parsed JSON document in, resources and gaps out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from s2sguard.model.inventory import Gap, InputFile, Resource, SharedKey

InputFormat: TypeAlias = Literal["auto", "arm", "template", "terraform", "snapshot"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One decoded and parsed JSON file. `value` is unredacted: readers take what they need and drop secrets."""

    file: str
    value: object
    read: InputFile | None = None
    """The bytes it was parsed from, where they are those of a file or of standard input."""


@dataclass(slots=True)
class Collected:
    """What one reader found in one document, in the order it is written."""

    resources: list[Resource] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    """Ids a plan deletes: with `--with` they vanish from the inventory below it."""
    shared_keys: list[SharedKey] = field(default_factory=list)
    answered: bool = False
    """True for a whole plan or state: that it holds none of our resources is an answer, where an empty listing may lack permission."""

    def extend(self, other: Collected) -> None:
        """Append what another reader found."""
        self.resources.extend(other.resources)
        self.gaps.extend(other.gaps)
        self.deleted.extend(other.deleted)
        self.shared_keys.extend(other.shared_keys)


class Reader(Protocol):
    """One kind of input, one file."""

    format: InputFormat

    def recognises(self, value: object) -> bool:
        """Say whether this parsed JSON is of this kind, from its shape alone."""

    def read(self, document: Document) -> Collected:
        """Turn the document into resources. Never raises on bad content: that is a gap."""
